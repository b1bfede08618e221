#pragma once

#include <string>
#include <vector>

#include "rig/record/condition.h"
#include "rig/v1/record.pb.h"

namespace rig {

// All other attempts of the record's scenario in the evidence that have ended on the same
// condition, by falling number. Numbers say nothing of the order: one that was removed is given
// again.
std::vector<v1::RunRecord> EarlierAttempts(const std::string& evidence,
                                           const v1::RunRecord& record);

// Why a run is FLAKY: an attempt on the same condition came to another verdict. Empty: it is not.
// `retried`: names of the attempts of the same night; of these a rig error disagrees, too. One of
// an earlier night does not: the rig was mended since, and nobody retried until it passed.
std::string Disagreement(const v1::RunRecord& record, const std::vector<v1::RunRecord>& earlier,
                         const std::vector<std::string>& retried);

// Makes a flaky run no pass: verdict INCONCLUSIVE where it was PASS, of the run and of its checks,
// so that no requirement counts as verified by it; the reasons say why.
void MarkFlaky(const std::string& why, v1::RunRecord& record);

}  // namespace rig

#pragma once

#include <map>
#include <string>
#include <vector>

#include "rig/agreement/allowances.h"
#include "rig/v1/agreement.pb.h"
#include "rig/v1/record.pb.h"

namespace rig {

// What one bench left behind: the newest attempt of each of its runs.
struct EvidenceSide {
  std::vector<std::string> evidence;  // folders
  std::vector<v1::RunRecord> records;
  // Run → which earlier attempts on the same inputs came to another verdict, where some did.
  std::map<std::string, std::string> flaky;
  std::vector<std::string> unreadable;  // run folders, with why
  v1::AgreementSide told;
};

// Takes the newest attempt of each device, scenario and firmware variant from evidence folders;
// rig errors and interrupted runs are attempts as others are. Errors: NOT_FOUND for a folder
// without runs.
Result<EvidenceSide> LoadSide(const std::vector<std::string>& evidence);

// Where two runs of one scenario differ, check by check: verdicts, margins and margins in time,
// each difference against the expanded uncertainty of both sides and what is allowed beside it.
// Runs on other inputs, rig errors, and numbers that are none are NOT_COMPARABLE, never equal.
v1::ComparedRun CompareRuns(const v1::RunRecord& left, const v1::RunRecord& right,
                            Allowances& allowances);

// All runs of both sides; of one that is flaky its newest attempt is no word to agree on. The
// outcome is the worst of all; UNKNOWN when nothing was compared.
v1::AgreementReport CompareSides(const EvidenceSide& left, const EvidenceSide& right,
                                 Allowances& allowances);

}  // namespace rig

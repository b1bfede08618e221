#pragma once

#include <string>
#include <vector>

#include "reports/reports.h"
#include "rig/v1/agreement.pb.h"

namespace rig {

// What `rig agree` found: a row per margin that does not plainly agree (`all`: every one), per
// check or run that could not be compared; and a page that stands alone.
TextTable AgreementTable(const v1::AgreementReport& report, bool all);
std::string AgreementHtml(const v1::AgreementReport& report);
// Counts, what was compared by verdict alone, idle allowances, files nobody could read.
std::vector<std::string> AgreementSummary(const v1::AgreementReport& report);

}  // namespace rig

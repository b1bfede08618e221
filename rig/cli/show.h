#pragma once

#include <string>

#include "rig/v1/record.pb.h"

namespace rig {

// A run for people: identity, checks with margins, where the evidence is.
void ShowRun(const v1::RunRecord& record, const std::string& evidence);

// A night for people: scenarios, holes in the coverage, changes, totals.
void ShowNight(const v1::NightRecord& night);

// The kill table.
void ShowQualification(const v1::Qualification& qualification);

}  // namespace rig

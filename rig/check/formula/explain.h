#pragma once

#include <string>
#include <vector>

#include "rig/check/formula/deciding_path.h"
#include "rig/v1/record.pb.h"

namespace rig::check {

// What the deciding comparison measured, as seen from the root: the margin is positive where it
// speaks for the formula. Unknown unless the path ends at a comparison.
v1::Quantity MeasuredAt(const Evaluator& evaluator, const std::vector<Place>& path);

// One sentence each: expected, seen, when, by how much.
// Where acceptance ends under a guard band: that limit, moved by the uncertainty towards the
// passing side; 0 where there is none.
double AcceptanceLimitAt(const Evaluator& evaluator, const std::vector<Place>& path);

std::string ExplainPass(const Evaluator& evaluator, const std::vector<Place>& path);
std::string ExplainFail(const Evaluator& evaluator, const std::vector<Place>& path);
std::string ExplainStraddle(const Evaluator& evaluator, const std::vector<Place>& path);
std::string ExplainUnknown(const Evaluator& evaluator, const std::vector<Place>& path);

// "42.31 s"
std::string ShowTime(std::int64_t ns);

}  // namespace rig::check

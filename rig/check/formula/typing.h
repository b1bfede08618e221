#pragma once

#include <span>

#include "rig/base/result.h"
#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/lexer.h"

namespace rig::check {

// Checks a new node over typed children and fills dimension, constant and depth. Channels of unit
// "1" where a condition is needed become flags. `at`: where the operator stands, `places`: where
// each child begins. Errors: INVALID_ARGUMENT "column N: what, expected what".
Status CheckTypes(Node& node, std::size_t at, std::span<const std::size_t> places);

// Turns a bare channel of unit "1" into a flag. Errors: as above, for any other value.
Status AsCondition(std::shared_ptr<Node>& node, std::size_t place);

// Makes of "time_since(a) <= 5 s" what it means: "once[0 s, 5 s] a". Errors: as above.
Status CompareElapsed(Node& comparison, std::size_t at);

// A constant as a time bound, in whole nanoseconds. `token`: where it stands. Errors: as above.
Result<Duration> ToBound(const Node& node, const Token& token);

}  // namespace rig::check

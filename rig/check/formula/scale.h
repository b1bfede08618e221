#pragma once

#include <cstddef>

#include "rig/base/result.h"
#include "rig/check/formula/formula_node.h"

namespace rig::check {

// Tells temperatures, points of a scale, from their differences: a channel in K and a number in °C
// are points, the difference of two and a number in K are none. Sets the node's scale.
//
// Errors: INVALID_ARGUMENT with the column `at` where the two are mixed up: 0.3 °C is 273.45
// K, 36.7 K is -236 °C, and a check against those would pass whatever happens.
Status CheckScale(Node& node, std::size_t at);

// Whether a comparison, also one with hysteresis, is of temperatures.
bool ComparesPoints(const Node& comparison);

}  // namespace rig::check

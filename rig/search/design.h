#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rig/base/result.h"

// Where to look in the unit cube: designs of experiments. Deterministic in their seed.
namespace rig {

using Point = std::vector<double>;  // one coordinate per dimension, each in [0, 1]

// All combinations of `points` equally spaced values per dimension, ends included; the last
// dimension varies fastest. Errors: INVALID_ARGUMENT for no dimension or fewer than 2 points;
// RESOURCE_EXHAUSTED for more than a million combinations.
Result<std::vector<Point>> GridPoints(std::size_t dimensions, std::size_t points);

// Latin hypercube: each dimension cut into `runs` equal strata, one point in each, at random within
// it, the strata of the dimensions paired at random. Source: McKay, Beckman and Conover 1979.
std::vector<Point> LatinHypercube(std::size_t dimensions, std::size_t runs, std::uint64_t seed);

// Independent, uniform. The first n points do not depend on how many are asked for.
std::vector<Point> RandomPoints(std::size_t dimensions, std::size_t runs, std::uint64_t seed);

}  // namespace rig

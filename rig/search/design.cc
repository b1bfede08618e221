#include "rig/search/design.h"

#include <fmt/format.h>

#include <numeric>
#include <utility>

#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr std::size_t kMostGridPoints = 1'000'000;

// 0 to n - 1 in random order (Fisher and Yates).
std::vector<std::size_t> Shuffled(std::size_t n, RandomStream& random) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) {
    const auto other = static_cast<std::size_t>(random.Uniform() * static_cast<double>(i));
    std::swap(order[i - 1], order[other]);
  }
  return order;
}

}  // namespace

Result<std::vector<Point>> GridPoints(std::size_t dimensions, std::size_t points) {
  if (dimensions == 0) {
    return MakeError(Code::kInvalidArgument, "a grid over nothing; expected at least one range");
  }
  if (points < 2) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("a grid of {} points per range; expected at least 2", points));
  }
  std::size_t total = 1;
  for (std::size_t i = 0; i < dimensions; ++i) {
    if (total > kMostGridPoints / points) {
      return MakeError(Code::kResourceExhausted,
                       fmt::format("a grid of {}^{} points; expected at most {}", points,
                                   dimensions, kMostGridPoints));
    }
    total *= points;
  }
  std::vector<Point> grid(total, Point(dimensions));
  for (std::size_t i = 0; i < total; ++i) {
    std::size_t rest = i;
    for (std::size_t d = dimensions; d-- > 0; rest /= points) {
      grid[i][d] = static_cast<double>(rest % points) / static_cast<double>(points - 1);
    }
  }
  return grid;
}

std::vector<Point> LatinHypercube(std::size_t dimensions, std::size_t runs, std::uint64_t seed) {
  RandomStream random(seed, "latin_hypercube");
  std::vector<Point> design(runs, Point(dimensions));
  for (std::size_t d = 0; d < dimensions; ++d) {
    const std::vector<std::size_t> strata = Shuffled(runs, random);
    for (std::size_t i = 0; i < runs; ++i) {
      design[i][d] =
          (static_cast<double>(strata[i]) + random.Uniform()) / static_cast<double>(runs);
    }
  }
  return design;
}

std::vector<Point> RandomPoints(std::size_t dimensions, std::size_t runs, std::uint64_t seed) {
  RandomStream random(seed, "random_points");
  std::vector<Point> design(runs, Point(dimensions));
  for (Point& point : design) {
    for (double& coordinate : point) coordinate = random.Uniform();
  }
  return design;
}

}  // namespace rig

#include "rig/search/design.h"

#include <gtest/gtest.h>

#include <set>

namespace rig {
namespace {

TEST(DesignTest, AGridHasEveryCombinationAndBothEnds) {
  const auto grid = GridPoints(2, 3);
  ASSERT_TRUE(grid);
  EXPECT_EQ(std::set<Point>(grid->begin(), grid->end()).size(), 9u);
  EXPECT_EQ(grid->front(), (Point{0, 0}));
  EXPECT_EQ((*grid)[1], (Point{0, 0.5}));
  EXPECT_EQ(grid->back(), (Point{1, 1}));
}

TEST(DesignTest, RefusesAGridOfNothingOrWithoutEnd) {
  EXPECT_EQ(GridPoints(0, 3).error().code, Code::kInvalidArgument);
  EXPECT_EQ(GridPoints(2, 1).error().code, Code::kInvalidArgument);
  EXPECT_EQ(GridPoints(40, 10).error().code, Code::kResourceExhausted);
}

TEST(DesignTest, ALatinHypercubeHasOnePointInEachStratumOfEachDimension) {
  const std::size_t runs = 50;
  const auto design = LatinHypercube(3, runs, 5);
  for (std::size_t d = 0; d < 3; ++d) {
    std::set<int> strata;
    for (const Point& point : design) strata.insert(static_cast<int>(point[d] * runs));
    EXPECT_EQ(strata.size(), runs) << d;
  }
}

TEST(DesignTest, TheDimensionsOfALatinHypercubeAreNotPairedInOrder) {
  int same = 0;
  for (const Point& point : LatinHypercube(2, 100, 1)) {
    same += static_cast<int>(point[0] * 100) == static_cast<int>(point[1] * 100) ? 1 : 0;
  }
  EXPECT_LT(same, 10);
}

TEST(DesignTest, RandomPointsFillTheCubeEvenly) {
  int low = 0;
  for (const Point& point : RandomPoints(1, 10'000, 3)) {
    ASSERT_TRUE(point[0] >= 0 && point[0] < 1);
    low += point[0] < 0.25 ? 1 : 0;
  }
  EXPECT_NEAR(low, 2500, 200);  // over four standard deviations
}

TEST(DesignTest, RandomPointsAreTheSameForTheSameSeedWhateverTheirNumber) {
  const auto few = RandomPoints(2, 10, 3);
  auto many = RandomPoints(2, 20, 3);
  many.resize(10);
  EXPECT_EQ(few, many);
  EXPECT_NE(few, RandomPoints(2, 10, 4));
}

}  // namespace
}  // namespace rig

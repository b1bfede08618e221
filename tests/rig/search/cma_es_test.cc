#include "rig/search/cma_es.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace rig {
namespace {

using Function = std::function<double(const Point&)>;

// Functions of the literature have their optimum moved to (0.3, ...) and [-5, 5] mapped to [0, 1].
double Coordinate(double x) { return 10 * (x - 0.3); }

double Sphere(const Point& x) {
  double sum = 0;
  for (const double c : x) sum += Coordinate(c) * Coordinate(c);
  return sum;
}

double Rosenbrock(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = Coordinate(x[i]) + 1;
    const double b = Coordinate(x[i + 1]) + 1;
    sum += 100 * (a * a - b) * (a * a - b) + (a - 1) * (a - 1);
  }
  return sum;
}

double Rastrigin(const Point& x) {
  double sum = 0;
  for (const double c : x) {
    const double y = Coordinate(c);
    sum += y * y + 10 * (1 - std::cos(2 * 3.141592653589793 * y));
  }
  return sum;
}

// Evaluations until a value below `target`; `budget` when there was none.
template <typename Search>
std::size_t EvaluationsUntil(Search search, const Function& f, double target, std::size_t budget) {
  std::size_t evaluations = 0;
  while (evaluations < budget) {
    std::vector<double> values;
    for (const Point& point : search.Ask()) {
      values.push_back(f(point));
      ++evaluations;
      if (values.back() < target) return evaluations;
    }
    search.Tell(values);
  }
  return budget;
}

CmaEs Single(std::size_t n, std::uint64_t seed) { return CmaEs(Point(n, 0.5), {.seed = seed}); }

// N. Hansen, The CMA Evolution Strategy: A Comparing Review (2006): of the order of 10^3 and
// less for the sphere, 10^4 for Rosenbrock's function in 10 dimensions, at 1e-10.
TEST(CmaEsTest, NeedsAboutAThousandEvaluationsForASphereInFiveDimensions) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto n = EvaluationsUntil(Single(5, seed), Sphere, 1e-10, 20'000);
    EXPECT_GT(n, 300u) << seed;
    EXPECT_LT(n, 1500u) << seed;
  }
}

TEST(CmaEsTest, FollowsTheCurvedValleyOfRosenbrock) {
  int solved = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    solved += EvaluationsUntil(Single(5, seed), Rosenbrock, 1e-10, 8'000) < 8'000 ? 1 : 0;
  }
  EXPECT_GE(solved, 8);  // Rosenbrock has a second, local minimum from 4 dimensions on
}

TEST(CmaEsTest, RestartsWithGrowingPopulationsFindTheLowestOfManyMinima) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_LT(EvaluationsUntil(RestartedCmaEs(3, {.seed = seed}), Rastrigin, 1e-8, 60'000), 60'000u)
        << seed;
  }
}

TEST(CmaEsTest, FindsAMinimumOnTheBorder) {
  const auto corner = [](const Point& x) { return x[0] + 2 * x[1] + 3 * x[2]; };
  EXPECT_LT(EvaluationsUntil(Single(3, 1), corner, 1e-3, 2'000), 2'000u);
}

TEST(CmaEsTest, StaysInTheCube) {
  CmaEs search(Point{0.99, 0.01}, {.sigma = 5, .seed = 3});
  for (int i = 0; i < 50; ++i) {
    std::vector<double> values;
    for (const Point& point : search.Ask()) {
      for (const double c : point) EXPECT_TRUE(c >= 0 && c <= 1) << c;
      values.push_back(point[0]);
    }
    search.Tell(values);
  }
}

TEST(CmaEsTest, DependsOnTheOrderOfValuesOnly) {
  CmaEs plain = Single(3, 7);
  CmaEs scaled = Single(3, 7);
  for (int i = 0; i < 20; ++i) {
    std::vector<double> values;
    std::vector<double> logs;
    const std::vector<Point> asked = plain.Ask();
    ASSERT_EQ(asked, scaled.Ask());
    for (const Point& point : asked) {
      values.push_back(Sphere(point));
      logs.push_back(std::log(Sphere(point)));
    }
    plain.Tell(values);
    scaled.Tell(logs);
  }
}

TEST(CmaEsTest, TakesWhatIsNoNumberForTheWorst) {
  const auto half = [](const Point& x) {
    return x[0] < 0.4 ? std::numeric_limits<double>::quiet_NaN() : x[0];
  };
  EXPECT_LT(EvaluationsUntil(Single(2, 1), half, 0.401, 2'000), 2'000u);
}

TEST(CmaEsTest, StopsOnAPlateau) {
  CmaEs search = Single(2, 1);
  search.Tell(std::vector<double>(search.Ask().size(), 1.0));
  EXPECT_EQ(search.stopped(), "three quarters of a population are equal");
}

TEST(CmaEsTest, StopsWhereItDoesNotGetBetter) {
  CmaEs search(Point{0.5, 0.5}, {.seed = 1, .smallest_gain = 0.1, .patience = 3});
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(search.stopped(), "");
    std::vector<double> values;
    for (const Point& point : search.Ask()) values.push_back(5 + 0.01 * point[0]);
    search.Tell(values);
  }
  EXPECT_EQ(search.stopped(), "no gain in 3 generations");
}

TEST(RestartedCmaEsTest, LooksAroundFirstAndAgainWithTwiceThePopulation) {
  RestartedCmaEs search(2, {.seed = 1});
  const std::size_t around = search.Ask().size();
  EXPECT_EQ(around, 12u);
  search.Tell(std::vector<double>(around, 1.0));
  EXPECT_EQ(search.Ask().size(), 6u);
  search.Tell(std::vector<double>(6, 1.0));
  EXPECT_EQ(search.restarts(), 1u);
  EXPECT_EQ(search.Ask().size(), 24u);
}

// Three quarters of the cube say nothing, and there are two minima of which one is deep enough.
TEST(RestartedCmaEsTest, FindsASmallDeepHollowInFewEvaluations) {
  const auto hollows = [](const Point& x) {
    const double shallow = std::hypot(x[0] - 0.8, x[1] - 0.8) / 0.25 + 0.2;
    const double deep = std::hypot(x[0] - 0.2, x[1] - 0.3) / 0.25 - 0.1;
    return std::min({1.0, shallow, deep});
  };
  int few = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const RestartedCmaEs search(
        2,
        {.sigma = 0.2, .seed = seed, .smallest_step = 0.01, .smallest_gain = 0.01, .patience = 4});
    few += EvaluationsUntil(search, hollows, 0.0, 500) < 120 ? 1 : 0;
  }
  EXPECT_GE(few, 15);  // at random: 0.2 % of the cube, 350 in the median
}

TEST(CmaEsTest, WorksInOneDimension) {
  EXPECT_LT(EvaluationsUntil(Single(1, 1), Sphere, 1e-8, 1'000), 1'000u);
}

}  // namespace
}  // namespace rig

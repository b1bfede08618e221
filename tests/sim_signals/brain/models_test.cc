// The models' steps against tight ones, and their stability.
#include <gtest/gtest.h>

#include <cmath>

#include "sim_signals/brain/epileptor.h"
#include "sim_signals/brain/jansen_rit.h"
#include "sim_signals/brain/seizure.h"

namespace rig {
namespace {

// The Epileptor of Jirsa et al. 2014 again, straight from the paper, in steps of a hundredth of
// ours: slopes with libm-free arithmetic, so only the step differs.
struct TightEpileptor {
  std::array<double, 5> s;
  std::array<double, 5> Slope(const std::array<double, 5>& y, double z) const {
    const double f1 =
        y[0] < 0 ? y[0] * y[0] * y[0] - 3 * y[0] * y[0] : (y[2] - 0.6 * (z - 4) * (z - 4)) * y[0];
    const double f2 = y[2] < -0.25 ? 0 : 6 * (y[2] + 0.25);
    return {y[1] - f1 - z + 3.1, 1 - 5 * y[0] * y[0] - y[1],
            -y[3] + y[2] - y[2] * y[2] * y[2] + 0.45 + 2 * y[4] - 0.3 * (z - 3.5), (f2 - y[3]) / 10,
            -0.01 * (y[4] - 0.1 * y[0])};
  }
  void Step(double z) {
    constexpr int kParts = 200;
    const double h = 0.09 / kParts;
    for (int n = 0; n < kParts; ++n) {
      std::array<double, 5> middle = Slope(s, z);
      for (int i = 0; i < 5; ++i) middle[i] = s[i] + 0.5 * h * middle[i];
      const auto slope = Slope(middle, z);
      for (int i = 0; i < 5; ++i) s[i] += h * slope[i];
    }
  }
};

TEST(EpileptorTest, StaysAtRest) {
  Epileptor model;
  const double rest = model.observed();
  EXPECT_NEAR(rest, 0.96, 0.01);
  for (int i = 0; i < 60'000; ++i) model.StepMillisecond({});
  EXPECT_NEAR(model.observed(), rest, 1e-12);
}

TEST(EpileptorTest, AgreesWithATightSolutionOverTheFirstDischarges) {
  Epileptor model;
  // The rest of Slope at z = 4.3, by bisection of x^3 + 2 x^2 + 0.2.
  double low = -3.0, high = -1.5;
  for (int i = 0; i < 100; ++i) {
    const double x = 0.5 * (low + high);
    (x * x * x + 2 * x * x + 0.2 < 0 ? low : high) = x;
  }
  TightEpileptor tight{{low, 1 - 5 * low * low, 0.0, 0.0, 0.1 * low}};
  double a = -2.0, b = -1.0;
  for (int i = 0; i < 100; ++i) {
    const double x = 0.5 * (a + b);
    (x - x * x * x + 0.45 + 0.2 * low - 0.24 > 0 ? a : b) = x;
  }
  tight.s[2] = a;
  for (int i = 0; i < 1000; ++i) {
    model.StepMillisecond({.z = Epileptor::kFirstZ});
    tight.Step(Epileptor::kFirstZ);
    ASSERT_NEAR(model.observed(), tight.s[2] - tight.s[0], 0.01) << i;  // of 4
  }
}

TEST(EpileptorTest, LeavesRestAndDischargesOverTheRangeOfASeizureAndNotBeyond) {
  for (const double z : {Epileptor::kFirstZ, 2.9, 3.3, 3.6, Epileptor::kLastZ}) {
    Epileptor model;
    double largest = -9.0, smallest = 9.0;
    for (int i = 0; i < 20'000; ++i) {
      model.StepMillisecond({.z = z, .push = Epileptor::HoldingCurrent(z)});
      if (i < 10'000) continue;
      largest = std::max(largest, model.observed());
      smallest = std::min(smallest, model.observed());
    }
    EXPECT_GT(largest - smallest, 1.2) << z;
    for (int i = 0; i < 1000; ++i) model.StepMillisecond({});
    const double quiet = model.observed();
    model.StepMillisecond({});
    EXPECT_NEAR(model.observed(), quiet, 1e-3) << z;
  }
}

// A step that was too long would blow up at rest, where the decay is fastest.
TEST(EpileptorTest, ForgetsADisturbanceAtRest) {
  Epileptor model;
  const double rest = model.observed();
  for (int i = 0; i < 5; ++i) model.StepMillisecond({.push = -20.0});
  EXPECT_GT(std::abs(model.observed() - rest), 0.1);
  for (int i = 0; i < 20'000; ++i) model.StepMillisecond({});
  EXPECT_NEAR(model.observed(), rest, 1e-6);
}

// Wherever in its cycle it is pushed on, and whatever the noise: what the truth calls a seizure
// discharges.
TEST(SeizureFocusTest, DischargesUntilItsEndHoweverItIsPushedOn) {
  v1::SeizureCourse course;
  course.set_duration(20'000'000'000);
  const SeizureSchedule schedule = SeizureSchedule::Create(course).value();
  for (std::uint64_t key = 1; key <= 50; ++key) {
    SeizureFocus focus(schedule, 1e-3, key);
    for (std::uint64_t i = 0; i < 2000 + 13 * key; ++i) focus.StepMillisecond();
    focus.Shorten(std::chrono::seconds(12));
    for (int i = 0; i < 1000; ++i) focus.StepMillisecond();
    double line = 0.0;
    for (double before = focus.volts(); focus.seizing(); before = focus.volts()) {
      focus.StepMillisecond();
      line += std::abs(focus.volts() - before);
    }
    ASSERT_GT(line, 4 * 5e-3) << key;  // 5 mV a second; at rest none
  }
}

TEST(JansenRitTest, SettlesUnderASteadyInputWhereItsEquationsVanish) {
  JansenRit column;
  for (int i = 0; i < 20'000; ++i) column.StepMillisecond(0.0);
  const double settled = column.potential_mv();
  // y0 = A/a S(y1 - y2), y1 = A/a C2 S(C1 y0), y2 = B/b C4 S(C3 y0): a fixed point by iteration.
  const auto firing = [](double v) { return 5.0 / (1.0 + std::exp(0.56 * (6.0 - v))); };
  double v = 0.0;
  for (int i = 0; i < 1000; ++i) {
    const double y0 = 0.0325 * firing(v);
    v += 0.1 * (0.0325 * 108 * firing(135 * y0) - 0.44 * 33.75 * firing(33.75 * y0) - v);
  }
  EXPECT_NEAR(settled, v, 1e-9);
}

}  // namespace
}  // namespace rig

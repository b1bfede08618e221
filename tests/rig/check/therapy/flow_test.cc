#include "rig/check/therapy/flow.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rig::therapy {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kRate = 25e-6 / 3600;  // 25 mL/h in m3/s
const RunTime kEnd = AtNanoseconds(0) + std::chrono::hours(2);

RunTime T(double s) { return AtNanoseconds(static_cast<std::int64_t>(s * 1e9)); }

// A volume given each second, as a function of the second.
template <typename F>
check::Steps Volume(F at, int until_s = 7200) {
  check::Steps steps;
  for (int s = 0; s <= until_s; ++s) check::Append(steps, check::At(T(s)), at(s));
  return steps;
}

TEST(AnalyseFlowTest, FindsNoErrorInAPerfectFlow) {
  const auto flow = AnalyseFlow(Volume([](int s) { return kRate * s; }), kEnd, kRate, {});
  ASSERT_TRUE(flow);
  ASSERT_EQ(flow->trumpet.size(), 5u);
  for (const TrumpetPoint& point : flow->trumpet) {
    EXPECT_NEAR(point.highest, 0, 1e-9);
    EXPECT_NEAR(point.lowest, 0, 1e-9);
  }
  EXPECT_NEAR(flow->mean_error, 0, 1e-9);
  ASSERT_EQ(flow->start_up.size(), 240u);
  EXPECT_NEAR(flow->start_up[0], kRate, 1e-15);
}

TEST(AnalyseFlowTest, FindsAConstantErrorInEveryWindow) {
  const auto flow = AnalyseFlow(Volume([](int s) { return 0.97 * kRate * s; }), kEnd, kRate, {});
  ASSERT_TRUE(flow);
  for (const TrumpetPoint& point : flow->trumpet) {
    EXPECT_NEAR(point.highest, -0.03, 1e-9);
    EXPECT_NEAR(point.lowest, -0.03, 1e-9);
  }
  EXPECT_NEAR(flow->mean_error, -0.03, 1e-9);
}

// One bolus of 1 min's flow within the second hour: every window that holds it is over by
// 1 min / window, every other is exact.
TEST(AnalyseFlowTest, DilutesABolusWithTheLengthOfTheWindow) {
  const auto flow = AnalyseFlow(
      Volume([](int s) { return kRate * s + (s >= 5000 ? kRate * 60 : 0); }), kEnd, kRate, {});
  ASSERT_TRUE(flow);
  const double expected[] = {1.0 / 2, 1.0 / 5, 1.0 / 11, 1.0 / 19, 1.0 / 31};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(flow->trumpet[i].highest, expected[i], 1e-9);
    EXPECT_NEAR(flow->trumpet[i].lowest, 0, 1e-9);
  }
  EXPECT_NEAR(flow->mean_error, 1.0 / 60, 1e-9);
}

// A ripple of period 5 min, V = r (t + a sin(2 pi t / 300)): over 5 min it cancels; over 2 min the
// extreme is 2 a sin(2 pi / 5) / 120 at the best phase, which samples at 30 s come close to.
TEST(AnalyseFlowTest, CancelsARippleOverWholePeriods) {
  const double a = 10;
  const auto flow =
      AnalyseFlow(Volume([&](int s) { return kRate * (s + a * std::sin(2 * M_PI * s / 300)); }),
                  kEnd, kRate, {});
  ASSERT_TRUE(flow);
  EXPECT_NEAR(flow->trumpet[1].highest, 0, 1e-9);
  EXPECT_NEAR(flow->trumpet[1].lowest, 0, 1e-9);
  const double extreme = 2 * a * std::sin(2 * M_PI / 5) / 120;
  EXPECT_NEAR(flow->trumpet[0].highest, extreme, 1e-9);
  EXPECT_NEAR(flow->trumpet[0].lowest, -extreme, 1e-9);
}

TEST(AnalyseFlowTest, LooksAtTheSecondHourOnlyAndShowsTheFirst) {
  const auto late = [](int s) { return s < 600 ? 0.0 : kRate * (s - 600); };
  const auto flow = AnalyseFlow(Volume(late), kEnd, kRate, {});
  ASSERT_TRUE(flow);
  EXPECT_NEAR(flow->trumpet[0].lowest, 0, 1e-9);
  EXPECT_EQ(flow->start_up[19], 0);
  EXPECT_NEAR(flow->start_up[20], kRate, 1e-15);
}

TEST(AnalyseFlowTest, RefusesATraceThatIsTooShort) {
  const auto flow = AnalyseFlow(Volume([](int s) { return kRate * s; }, 7000), T(7000), kRate, {});
  ASSERT_FALSE(flow);
  EXPECT_EQ(flow.error().code, Code::kOutOfRange);
}

TEST(AnalyseFlowTest, RefusesAGapAndAVolumeThatStartsAgain) {
  const auto gap = [](int s) { return s > 100 && s < 110 ? std::nan("") : kRate * s; };
  EXPECT_EQ(AnalyseFlow(Volume(gap), kEnd, kRate, {}).error().code, Code::kDataLoss);
  const auto reset = [](int s) { return kRate * (s < 4000 ? s : s - 4000); };
  EXPECT_EQ(AnalyseFlow(Volume(reset), kEnd, kRate, {}).error().code, Code::kDataLoss);
  EXPECT_EQ(AnalyseFlow({}, kEnd, kRate, {}).error().code, Code::kDataLoss);
}

TEST(LargestReverseFlowTest, IsTheFarthestFallBelowWhatHadFlowed) {
  const check::Steps turns = Volume([](int s) { return kRate * (s < 4000 ? s : 8000 - s); });
  const auto reverse = LargestReverseFlow(turns, kEnd, T(3000), T(5000));
  ASSERT_TRUE(reverse);
  EXPECT_NEAR(reverse->volume, 1000 * kRate, 1e-15);
  EXPECT_EQ(reverse->at, T(5000));
  EXPECT_EQ(LargestReverseFlow(turns, kEnd, T(0), T(3000))->volume, 0);
}

TEST(AnalyseFlowTest, RefusesTimingThatIsNone) {
  const check::Steps volume = Volume([](int s) { return kRate * s; });
  FlowTiming timing;
  EXPECT_FALSE(AnalyseFlow(volume, kEnd, 0, timing));
  EXPECT_FALSE(AnalyseFlow(volume, kEnd, std::nan(""), timing));
  timing.windows = {seconds(45)};
  EXPECT_EQ(AnalyseFlow(volume, kEnd, kRate, timing).error().code, Code::kInvalidArgument);
  timing.windows = {minutes(61)};
  EXPECT_FALSE(AnalyseFlow(volume, kEnd, kRate, timing));
  timing.windows = {};
  EXPECT_FALSE(AnalyseFlow(volume, kEnd, kRate, timing));
}

TEST(VolumeBetweenTest, IsTheDifference) {
  const check::Steps volume = Volume([](int s) { return kRate * s; });
  EXPECT_NEAR(*VolumeBetween(volume, kEnd, T(100), T(200)), 100 * kRate, 1e-15);
  EXPECT_FALSE(VolumeBetween(volume, kEnd, T(200), T(100)));
  EXPECT_FALSE(VolumeBetween(volume, kEnd, T(7100), T(7300)));
}

}  // namespace
}  // namespace rig::therapy

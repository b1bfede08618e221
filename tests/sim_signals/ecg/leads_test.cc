// Twelve leads of one heart.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

std::vector<double> Lead(const BodyCourse& course, const std::string& lead) {
  return Render(*Make(PlayFrom("ecg: {lead: " + lead + "}"), EcgContext(&course)), 20 * 500).values;
}

class EinthovenTest : public testing::TestWithParam<const char*> {};

TEST_P(EinthovenTest, HoldsToRounding) {
  const BodyCourse course = CourseOf(std::string(GetParam()));
  const auto i = Lead(course, "i"), ii = Lead(course, "ii"), iii = Lead(course, "iii");
  const auto avr = Lead(course, "avr"), avl = Lead(course, "avl"), avf = Lead(course, "avf");
  for (std::size_t n = 0; n < i.size(); ++n) {
    constexpr double kRounding = 1e-17;  // of values around 1 mV: some units of the last place
    ASSERT_NEAR(ii[n], i[n] + iii[n], kRounding);
    ASSERT_NEAR(avr[n] + avl[n] + avf[n], 0.0, kRounding);
    ASSERT_NEAR(avf[n], 0.5 * (ii[n] + iii[n]), kRounding);
  }
}

INSTANTIATE_TEST_SUITE_P(Rhythms, EinthovenTest,
                         testing::Values("rhythm: {sinus: {rate: 72 bpm}}",
                                         "rhythm: {ventricular_tachycardia: {}}",
                                         "rhythm: {ventricular_fibrillation: {}}",
                                         "rhythm: {atrial_fibrillation: {}}",
                                         "rhythm: {asystole: {}}"));

TEST(LeadsTest, RGrowsOverThePrecordialLeadsAndSShrinks) {
  // R/S below 1 in V1 and above 1 in V6 in every normal adult; V1 looks from the front.
  const BodyCourse course = CourseOf("rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}");
  const auto v1 = Lead(course, "v1"), v6 = Lead(course, "v6"), avr = Lead(course, "avr");
  EXPECT_LT(Largest(v1) / -Smallest(v1), 1.0);
  EXPECT_GT(Largest(v6) / -Smallest(v6), 1.0);
  EXPECT_GT(-Smallest(avr), Largest(avr));
}

TEST(LeadsTest, IntervalsAreThoseOfANormalAdult) {
  // At 60 bpm: P before R by 120 to 200 ms, T after it by 200 to 360 ms.
  const BodyCourse course = CourseOf("rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}");
  const auto ii = Lead(course, "ii");
  const auto largest_between = [&](int from_ms, int to_ms) {  // relative to the R peak at 2.4 s
    const auto begin = ii.begin() + (2400 + from_ms) / 2;
    return 2 * (std::max_element(begin, ii.begin() + (2400 + to_ms) / 2) - begin) + from_ms;
  };
  EXPECT_NEAR(largest_between(-300, -80), -170, 25);
  EXPECT_NEAR(largest_between(120, 450), 265, 40);
}

TEST(LeadsTest, RefusesALeadThatIsNone) {
  EXPECT_THROW(PlayFrom("ecg: {lead: v7}"), std::runtime_error);
}

}  // namespace
}  // namespace rig

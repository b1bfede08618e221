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

// Lead II at 60 bpm around the R peak at 2.4 s. Normal ranges of adults: textbook (recall).
class NormalLeadTwoTest : public testing::Test {
 protected:
  double At(int ms) const { return ii_[static_cast<std::size_t>(2400 + ms) / 2]; }
  int PeakBetween(int from_ms, int to_ms) const {
    int peak = from_ms;
    for (int ms = from_ms; ms <= to_ms; ms += 2) peak = At(ms) > At(peak) ? ms : peak;
    return peak;
  }
  // The last instant before `ms`, or the first one after it, at which the lead is at rest.
  int RestBeside(int ms, int step) const {
    constexpr double kRest = 15e-6;
    while (std::abs(At(ms)) > kRest) ms += step;
    return ms;
  }
  // Where the tangent to its steepest fall meets the line of rest.
  int EndOfT(int peak_ms) const {
    int steepest = peak_ms;
    for (int ms = peak_ms; ms < peak_ms + 150; ms += 2) {
      steepest = At(ms) - At(ms + 2) > At(steepest) - At(steepest + 2) ? ms : steepest;
    }
    return steepest + static_cast<int>(2.0 * At(steepest) / (At(steepest) - At(steepest + 2)));
  }
  BodyCourse course_ = CourseOf("rhythm: {sinus: {rate: 60 bpm, rate_sd: 0 bpm}}");
  std::vector<double> ii_ = Lead(course_, "ii");
};

TEST_F(NormalLeadTwoTest, IntervalsAreThoseOfAnAdult) {
  const int p = PeakBetween(-300, -80), t = PeakBetween(120, 450);
  const int p_begins = RestBeside(p, -2), q_begins = RestBeside(0, -2);
  const auto is_within = [](int ms, int least, int most, const char* what) {
    EXPECT_GE(ms, least) << what;
    EXPECT_LE(ms, most) << what;
  };
  is_within(RestBeside(p, 2) - p_begins, 60, 120, "P");
  is_within(q_begins - p_begins, 120, 200, "PR");
  // S ends where the lead has come back to rest after its trough.
  int s = 0;
  while (At(s + 2) < At(s)) s += 2;
  is_within(RestBeside(s, 2) - q_begins, 60, 110, "QRS");
  is_within(EndOfT(t) - q_begins, 350, 450, "QT");
}

TEST_F(NormalLeadTwoTest, AmplitudesAreThoseOfAnAdult) {
  const auto is_within = [](double volts, double least_mv, double most_mv, const char* what) {
    EXPECT_GE(volts * 1e3, least_mv) << what;
    EXPECT_LE(volts * 1e3, most_mv) << what;
  };
  is_within(At(PeakBetween(-300, -80)), 0.05, 0.25, "P");
  is_within(At(0), 0.95, 1.05, "R, as asked");
  is_within(At(96), -0.1, 0.1, "ST, 60 ms behind the J point");
  is_within(At(PeakBetween(120, 450)), 0.1, 0.5, "T");
}

TEST(LeadsTest, RefusesALeadThatIsNone) {
  EXPECT_THROW(PlayFrom("ecg: {lead: v7}"), std::runtime_error);
}

}  // namespace
}  // namespace rig

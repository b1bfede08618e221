// What sensors of breathing see and say of a body.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr double kMmHg = 133.322387415;
constexpr char kBreathing[] =
    "rhythm: {asystole: {}}\nbreathing: {rate: 12 bpm, variation: 0, inspiration: 0.4}\n";

Rendering RenderOf(const BodyCourse& course, const std::string& source, const std::string& unit,
                   double seconds) {
  SourceContext context = EcgContext(&course);
  context.unit = unit;
  return Render(*Make(PlayFrom(source), context), static_cast<std::size_t>(seconds * 500));
}

TEST(ImpedanceTest, SwingsWithTheDepthOfEachBreath) {
  const BodyCourse course =
      CourseOf("rhythm: {asystole: {}}\nbreathing: {rate: 12 bpm, variation: 0, depth: 250 mL}");
  const Rendering r = RenderOf(course, "impedance: {base: 800 ohm, swing: 2 ohm}", "ohm", 30);
  EXPECT_NEAR(Smallest(r.values), 800.0, 1e-9);
  EXPECT_NEAR(Largest(r.values), 801.0, 1e-3);
  const auto breaths = r.Of("breath");
  ASSERT_EQ(breaths.size(), 6u);
  EXPECT_NEAR(Seconds(breaths[1].t - breaths[0].t), 5.0, 1e-8);
}

TEST(ImpedanceTest, HasNoStepAndTellsApnoea) {
  const BodyCourse course =
      CourseOf({{0.0, kBreathing}, {12.0, "breathing: {rate: 0 bpm}"}, {30.0, "breathing: {}"}});
  const Rendering r = RenderOf(course, "impedance: {}", "ohm", 40);
  for (std::size_t i = 1; i < r.values.size(); ++i) {
    ASSERT_LT(std::abs(r.values[i] - r.values[i - 1]), 0.01);
  }
  const auto apnoea = r.Of("apnoea");
  ASSERT_EQ(apnoea.size(), 3u);
  EXPECT_EQ(apnoea[0].value, 0.0);
  EXPECT_EQ(apnoea[1].value, 1.0);
  EXPECT_EQ(Nanoseconds(apnoea[1].t), 15'000'000'000);  // the third breath goes on to its end
  EXPECT_EQ(Nanoseconds(apnoea[2].t), 30'000'000'000);
}

TEST(ImpedanceTest, ShowsEffortAgainstAShutAirwayWhichIsApnoea) {
  const BodyCourse course = CourseOf(
      "rhythm: {asystole: {}}\nbreathing: {rate: 12 bpm, variation: 0, airway_shut: true}");
  const Rendering r = RenderOf(course, "impedance: {}", "ohm", 20);
  EXPECT_GT(Largest(r.values) - Smallest(r.values), 0.9);
  EXPECT_EQ(r.Of("apnoea").at(0).value, 1.0);
  EXPECT_LT(Largest(RenderOf(course, "capnogram: {}", "Pa", 20).values), 1.0);
}

// Of the third breath, which begins at 10 s.
double CapnogramAt(const Rendering& r, double s) {
  return r.values[static_cast<std::size_t>(s * 500)] / kMmHg;
}

TEST(CapnogramTest, HasThePhasesOfABreath) {
  const BodyCourse course = CourseOf(std::string(kBreathing) + "gas: {end_tidal: 40 mmHg}");
  const Rendering r = RenderOf(course, "capnogram: {delay: 0 s, rise: 20 ms}", "Pa", 30);
  EXPECT_LT(CapnogramAt(r, 11.9), 0.1);         // inspiration, 10 to 12 s
  EXPECT_LT(CapnogramAt(r, 12.2), 0.1);         // phase I: dead space, 8 % of 3 s
  EXPECT_GT(CapnogramAt(r, 12.6), 0.9 * 36.0);  // phase II is over
  const double slope = (CapnogramAt(r, 14.8) - CapnogramAt(r, 13.0)) / 1.8;
  EXPECT_GE(slope, 1.0);  // phase III: 1 to 3 mmHg/s
  EXPECT_LE(slope, 3.0);
  EXPECT_NEAR(CapnogramAt(r, 14.99), 40.0, 0.4);
  EXPECT_LT(CapnogramAt(r, 15.3), 1.0);  // the next inspiration
}

TEST(CapnogramTest, AnObstructedAirwayRisesSlowlyAndClimbs) {
  const BodyCourse course =
      CourseOf(std::string(kBreathing) + "gas: {end_tidal: 40 mmHg, obstruction: 1}");
  const Rendering r = RenderOf(course, "capnogram: {delay: 0 s, rise: 20 ms}", "Pa", 30);
  EXPECT_LT(CapnogramAt(r, 12.6), 0.8 * 36.0);
  EXPECT_GT((CapnogramAt(r, 14.8) - CapnogramAt(r, 13.5)) / 1.3, 4.0);
}

TEST(CapnogramTest, RebreathingLiftsTheInspiration) {
  const BodyCourse course = CourseOf(std::string(kBreathing) + "gas: {inspired: 8 mmHg}");
  const Rendering r = RenderOf(course, "capnogram: {delay: 0 s, rise: 20 ms}", "Pa", 30);
  EXPECT_NEAR(CapnogramAt(r, 11.9), 8.0, 0.1);
}

TEST(CapnogramTest, ComesLaterByItsDelay) {
  const BodyCourse course = CourseOf(kBreathing);
  const Rendering prompt = RenderOf(course, "capnogram: {delay: 0 s}", "Pa", 30);
  const Rendering late = RenderOf(course, "capnogram: {delay: 2 s}", "Pa", 30);
  for (std::size_t i = 1000; i < prompt.values.size(); ++i) {
    ASSERT_NEAR(late.values[i], prompt.values[i - 1000], 1e-9);
  }
}

// 10 to 90 % of an expiration's rise, behind lines so slow that the breath's own rise hardly
// counts.
TEST(CapnogramTest, RisesAsSlowlyAsItsLine) {
  const BodyCourse course = CourseOf(std::string(kBreathing) + "gas: {end_tidal: 40 mmHg}");
  for (const auto& [rise, ms] : {std::pair{"600 ms", 600.0}, std::pair{"1200 ms", 1200.0}}) {
    const Rendering r =
        RenderOf(course, "capnogram: {delay: 0 s, rise: " + std::string(rise) + "}", "Pa", 30);
    const auto reached = [&](double mmhg) {
      double s = 12.0;
      while (CapnogramAt(r, s) < mmhg) s += 0.002;
      return s;
    };
    EXPECT_NEAR(1e3 * (reached(0.9 * 36.0) - reached(0.1 * 36.0)), ms, 0.25 * ms);
  }
}

// Times and values of the truth; NaN as -1.
std::vector<std::pair<double, double>> EndTidal(const Rendering& r) {
  std::vector<std::pair<double, double>> told;
  for (const TruthEvent& event : r.Of("end_tidal")) {
    told.emplace_back(Seconds(event.t), std::isnan(event.value) ? -1.0 : event.value / kMmHg);
  }
  return told;
}

TEST(CapnogramTest, TellsWhatEachBreathReachesAtTheAirway) {
  for (const auto& [bpm, mmhg] : {std::pair{12, 38.0}, std::pair{60, 37.0}, std::pair{150, 35.0}}) {
    const BodyCourse course = CourseOf(
        "rhythm: {asystole: {}}\nbreathing: {variation: 0, rate: " + std::to_string(bpm) + " bpm}");
    const Rendering r = RenderOf(course, "capnogram: {delay: 0 s, rise: 10 ms}", "Pa", 20);
    const std::vector<double> later(r.values.begin() + 5000, r.values.end());
    EXPECT_NEAR(EndTidal(r).back().second, mmhg, 1.0) << bpm;
    EXPECT_NEAR(EndTidal(r).back().second, Largest(later) / kMmHg, 0.3) << bpm;
  }
}

TEST(CapnogramTest, TellsNoEndTidalPressureWithoutABreathOrBehindAShutAirway) {
  const BodyCourse course = CourseOf({{0.0, kBreathing},
                                      {12.0, "breathing: {rate: 0 bpm}"},
                                      {30.0, "breathing: {rate: 12 bpm, variation: 0}"},
                                      {40.0, "breathing: {rate: 12 bpm, airway_shut: true}"}});
  const auto told = EndTidal(RenderOf(course, "capnogram: {}", "Pa", 44));
  ASSERT_EQ(told.size(), 6u);
  const double times[] = {0.0, 5.0, 10.0, 15.0, 35.0, 40.0};
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_NEAR(told[i].first, times[i], 1e-6);
    EXPECT_NEAR(told[i].second, i == 0 || i == 3 || i == 5 ? -1.0 : 38.0, 0.5) << i;
  }
}

TEST(CapnogramTest, FallsToNothingInApnoea) {
  const BodyCourse course = CourseOf({{0.0, kBreathing}, {12.0, "breathing: {rate: 0 bpm}"}});
  EXPECT_LT(RenderOf(course, "capnogram: {}", "Pa", 40).values.back(), 1e-3);
}

}  // namespace
}  // namespace rig

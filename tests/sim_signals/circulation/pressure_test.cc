#include <gtest/gtest.h>

#include <cmath>

#include "sim_signals/circulation/pressure_source.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr double kMmHg = 133.322387415;

Rendering Pressure(const BodyCourse& course, const std::string& view, double seconds) {
  SourceContext context = EcgContext(&course);
  context.unit = "Pa";
  return Render(*Make(PlayFrom("blood_pressure: {" + view + "}"), context),
                static_cast<std::size_t>(seconds * 500));
}

std::vector<double> From(const Rendering& r, double from_s) {
  return {r.values.begin() + static_cast<std::ptrdiff_t>(from_s * 500), r.values.end()};
}

std::string Rhythm(double bpm) {
  return "rhythm: {sinus: {rate: " + std::to_string(bpm) +
         " bpm, rate_sd: 0 bpm}}\nbreathing: {rate: 0 bpm}\n";
}

class ArterialPressureTest : public testing::TestWithParam<std::pair<double, std::string>> {};

TEST_P(ArterialPressureTest, HasTheSystolicAndDiastolicPressureAsked) {
  const auto& [bpm, circulation] = GetParam();
  const BodyCourse course = CourseOf(Rhythm(bpm) + "circulation: {" + circulation + "}");
  const v1::Circulation& asked = course.circulation[0].second;
  const auto steady = From(Pressure(course, "natural_frequency: 100 Hz, damping: 0.7", 80), 60);
  EXPECT_NEAR(Largest(steady) / kMmHg, asked.systolic() / kMmHg, 1.5);
  EXPECT_NEAR(Smallest(steady) / kMmHg, asked.diastolic() / kMmHg, 1.5);
}

INSTANTIATE_TEST_SUITE_P(RatesAndPressures, ArterialPressureTest,
                         testing::Values(std::pair{72.0, "systolic: 120 mmHg, diastolic: 80 mmHg"},
                                         std::pair{40.0, "systolic: 150 mmHg, diastolic: 60 mmHg"},
                                         std::pair{10.0, "systolic: 120 mmHg, diastolic: 80 mmHg"},
                                         std::pair{72.0, "systolic: 300 mmHg, diastolic: 12 mmHg"},
                                         std::pair{350.0, "systolic: 120 mmHg, diastolic: 80 mmHg"},
                                         std::pair{150.0,
                                                   "systolic: 90 mmHg, diastolic: 60 mmHg"}));

TEST(ArterialPressureTest, FallsToTheFillingPressureWithoutBeats) {
  const BodyCourse course = CourseOf({{0.0, Rhythm(72)}, {20.0, "rhythm: {asystole: {}}"}});
  const Rendering r = Pressure(course, "", 60);
  EXPECT_NEAR(r.values.back() / kMmHg, 7.0, 1.0);
  EXPECT_EQ(r.Of("rate").back().value, 0.0);
  EXPECT_TRUE(std::isnan(r.Of("systolic").back().value));
  EXPECT_TRUE(std::isnan(r.Of("diastolic").back().value));
}

// Within the catheter's error: 0.5 mmHg.
TEST(ArterialPressureTest, TellsThePressuresThatEachPulseHas) {
  for (const char* rhythm :
       {"sinus: {rate: 60 bpm}", "ventricular_tachycardia: {}", "atrial_fibrillation: {}",
        "av_block: {degree: third}", "alternating: {short_interval: 500 ms, long_interval: 1 s}"}) {
    const BodyCourse course = CourseOf(std::string("rhythm: {") + rhythm + "}");
    const Rendering r = Pressure(course, "natural_frequency: 100 Hz, damping: 0.7", 40);
    const auto pulses = r.Of("pulse"), systolic = r.Of("systolic"), diastolic = r.Of("diastolic");
    ASSERT_EQ(systolic.size(), pulses.size());
    EXPECT_TRUE(std::isnan(systolic[0].value));
    for (std::size_t i = 1; i < pulses.size(); ++i) {
      const auto at = [&](std::size_t k) {
        return r.values.begin() + Nanoseconds(pulses[k].t) / kAt500Hz.count() + 2;
      };
      const auto [low, high] = std::minmax_element(at(i - 1), at(i));
      EXPECT_NEAR(systolic[i].value / kMmHg, *high / kMmHg, 0.5) << rhythm << i;
      EXPECT_NEAR(diastolic[i].value / kMmHg, *low / kMmHg, 0.5) << rhythm << i;
    }
  }
}

TEST(ArterialPressureTest, ChangesWithTheFirstBeatOfAStepAndNotBefore) {
  for (const char* change : {"circulation: {systolic: 70 mmHg, diastolic: 40 mmHg}",
                             "rhythm: {sinus: {rate: 180 bpm, rate_sd: 0 bpm}}"}) {
    const Rendering before = Pressure(CourseOf(Rhythm(60)), "", 25);
    const Rendering after = Pressure(CourseOf({{0.0, Rhythm(60)}, {20.0, change}}), "", 25);
    for (std::size_t i = 0; i < 20 * 500; ++i) {
      ASSERT_NEAR(after.values[i] / kMmHg, before.values[i] / kMmHg, 0.01) << change << " " << i;
    }
  }
}

TEST(ArterialPressureTest, RefusesWhatItsBeatsDoNotReach) {
  SourceContext context;
  const auto made = [&](const std::string& body, const std::string& site) {
    const BodyCourse course = CourseOf(Rhythm(72) + body);
    context = EcgContext(&course);
    context.unit = "Pa";
    const auto source =
        MakeSource(PlayFrom("blood_pressure: {site: " + site + "}"), context, RunTime());
    return source ? "" : source.error().message;
  };
  const std::string wide = "circulation: {systolic: 300 mmHg, diastolic: 5 mmHg}";
  EXPECT_EQ(made(wide, "arterial"),
            "a circulation of 300/5 mmHg, of which beats at 72 bpm reach 300/7 mmHg; expected "
            "pressures that differ less");
  EXPECT_EQ(made(wide, "pulmonary"), "");
  EXPECT_NE(made("circulation: {pulmonary_diastolic: 1 mmHg}", "pulmonary"), "");
}

TEST(ArterialPressureTest, EarlyBeatsGiveLess) {
  const BodyCourse course = CourseOf(Rhythm(60) + "ectopy: {pattern: bigeminy}");
  const Rendering r = Pressure(course, "", 40);
  const auto pulses = r.Of("pulse");
  double early = 0.0, late = 0.0;
  for (std::size_t i = 20; i < 30; ++i) {
    const auto at = static_cast<std::ptrdiff_t>(Nanoseconds(pulses[i].t) / kAt500Hz.count());
    const double rise = *std::max_element(r.values.begin() + at, r.values.begin() + at + 150) -
                        r.values[static_cast<std::size_t>(at)];
    (i % 2 == 1 ? early : late) += rise;  // beats alternate from the first on
  }
  EXPECT_LT(early, 0.7 * late);
}

TEST(VenousPressureTest, TellsTheMeanOfEachPulse) {
  const BodyCourse course = CourseOf(Rhythm(200) + "circulation: {venous: 8 mmHg}");
  const Rendering r = Pressure(course, "site: venous", 30);
  const auto steady = From(r, 10);
  double sum = 0.0;
  for (const double v : steady) sum += v;
  EXPECT_NEAR(r.Of("mean").back().value / kMmHg, sum / double(steady.size()) / kMmHg, 0.1);
}

TEST(VenousPressureTest, SwingsAroundItsMean) {
  const BodyCourse course = CourseOf(Rhythm(72) + "circulation: {venous: 8 mmHg}");
  const auto steady = From(Pressure(course, "site: venous", 20), 10);
  double sum = 0.0;
  for (const double v : steady) sum += v;
  EXPECT_NEAR(sum / static_cast<double>(steady.size()) / kMmHg, 8.0 + 0.5, 0.8);
}

TEST(PressureTest, AddsZeroOffsetAndDriftAndFlushes) {
  const BodyCourse course = CourseOf(Rhythm(72));
  const Rendering clean = Pressure(course, "", 30);
  const Rendering off = Pressure(course, "zero: 5 mmHg, drift: 60 mmHg/h", 30);
  EXPECT_NEAR((off.values[0] - clean.values[0]) / kMmHg, 5.0, 1e-6);
  EXPECT_NEAR((off.values.back() - clean.values.back()) / kMmHg, 5.5, 1e-3);
  const Rendering flushed = Pressure(course, "flush_every: 20 s", 30);
  const auto told = flushed.Of("flush");
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(Nanoseconds(told[1].t), 20'000'000'000);
  EXPECT_EQ(Nanoseconds(told[2].t), 21'000'000'000);
  EXPECT_EQ(told[0].value + told[2].value, 0.0);
  EXPECT_EQ(told[1].value, 1.0);
  EXPECT_THROW(Pressure(course, "flush_every: 900 ms", 1), std::runtime_error);
  EXPECT_NEAR(flushed.values[20 * 500 + 400] / kMmHg, 300.0, 1.0);
}

// Overshoot of a step and the frequency of its ringing, against the analytic second-order response.
TEST(CatheterTest, RingsAsASecondOrderSystemDoes) {
  for (const double damping : {0.2, 0.4}) {
    Catheter catheter(20.0, damping, 0.0);
    double largest = 0.0;
    int at = 0;
    for (int i = 1; i < 100; ++i) {
      const double shown = catheter.Step(1.0);
      if (shown > largest) {
        largest = shown;
        at = i;
      }
    }
    const double root = std::sqrt(1.0 - damping * damping);
    EXPECT_NEAR(largest - 1.0, std::exp(-M_PI * damping / root), 0.005);
    EXPECT_NEAR(at * 1e-3, 1.0 / (2.0 * 20.0 * root), 1e-3);
  }
}

TEST(CatheterTest, DoesNotOvershootWhenOverdamped) {
  Catheter catheter(10.0, 2.0, 0.0);
  for (int i = 0; i < 2000; ++i) EXPECT_LE(catheter.Step(1.0), 1.0 + 1e-9);
}

}  // namespace
}  // namespace rig

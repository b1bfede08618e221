#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "sim_signals/catalogue/plants.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr double kMmHg = 133.322387415;
constexpr Duration kPeriod = std::chrono::milliseconds(10);
constexpr int kPerSecond = 100;

BodyCourse Arm(double bpm, int systolic, int diastolic) {
  return CourseOf("rhythm: {sinus: {rate: " + std::to_string(bpm) +
                  " bpm}}\ncirculation: {systolic: " + std::to_string(systolic) +
                  " mmHg, diastolic: " + std::to_string(diastolic) + " mmHg}");
}

Rendering Played(const BodyCourse& course, const std::string& source, double seconds) {
  SourceContext context = EcgContext(&course);
  context.unit = "Pa";
  return Render(*Make(PlayFrom(source), context), static_cast<std::size_t>(seconds * kPerSecond),
                256, RunTime(), kPeriod);
}

std::vector<double> MmHg(std::vector<double> values) {
  for (double& v : values) v /= kMmHg;
  return values;
}

// What a monitor would read: one oscillation of the envelope.
struct Oscillation {
  double cuff, height;  // mmHg
};

// Oscillations of a deflation from its highest pressure down to 45 mmHg, by the cuff's pressure
// alone: peaks over the feet before them, against the running mean of a second.
std::vector<Oscillation> Envelope(const std::vector<double>& p) {
  constexpr std::size_t kHalf = kPerSecond / 2, kBeat = 3 * kPerSecond / 10;
  const auto begin = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
  std::vector<double> slow(p.size()), fast(p.size());
  for (std::size_t i = kHalf; i + kHalf < p.size(); ++i) {
    slow[i] = std::accumulate(p.begin() + static_cast<std::ptrdiff_t>(i - kHalf),
                              p.begin() + static_cast<std::ptrdiff_t>(i + kHalf), 0.0) /
              (2 * kHalf);
    fast[i] = p[i] - slow[i];
  }
  std::vector<Oscillation> found;
  for (std::size_t i = begin + kPerSecond; i + kPerSecond < p.size() && slow[i] > 45.0; ++i) {
    const auto at = fast.begin() + static_cast<std::ptrdiff_t>(i);
    if (*std::max_element(at - kBeat, at + kBeat) > *at) continue;
    const double foot = *std::min_element(at - kBeat, at);
    found.push_back({slow[i], *at - foot});
  }
  return found;
}

struct Reading {
  double systolic, mean, diastolic;
};

// The textbook: the mean is where oscillations are largest, systole above it where they are 0.55 of
// that, diastole below it where they are 0.85.
Reading Read(const std::vector<Oscillation>& envelope) {
  std::size_t top = 1;
  for (std::size_t i = 1; i + 1 < envelope.size(); ++i) {
    if (envelope[i].height > envelope[top].height) top = i;
  }
  const auto& [a, b, c] = std::tie(envelope[top - 1], envelope[top], envelope[top + 1]);
  const double bend = a.height - 2.0 * b.height + c.height;
  const double off = 0.5 * (a.height - c.height) / bend;
  const double mean = b.cuff + off * 0.5 * (c.cuff - a.cuff);
  const double peak = b.height - 0.25 * (a.height - c.height) * off;
  const auto crossing = [&](double ratio, int way) {
    auto i = static_cast<std::ptrdiff_t>(top);
    while (i + way >= 0 && i + way < std::ssize(envelope) &&
           envelope[static_cast<std::size_t>(i + way)].height > ratio * peak) {
      i += way;
    }
    const Oscillation& in = envelope[static_cast<std::size_t>(i)];
    const Oscillation& out = envelope[static_cast<std::size_t>(i + way)];
    const double part = (in.height - ratio * peak) / (in.height - out.height);
    return in.cuff + part * (out.cuff - in.cuff);
  };
  return {crossing(0.55, -1), mean, crossing(0.85, 1)};
}

struct Case {
  double bpm;
  int systolic, diastolic;
  const char* cuff;
};
constexpr Case kCases[] = {{72, 120, 80, "{deflation: 4 mmHg/s}"},
                           {60, 150, 70, "{deflation: 3 mmHg/s, target: 200 mmHg}"},
                           {110, 95, 60, "{deflation: 5 mmHg/s, target: 150 mmHg}"},
                           {72, 120, 80, "{deflation: 3 mmHg/s, leak: 30 mmHg/min}"}};

// Within 2.5 mmHg: 2.1 mmHg at most were measured.
TEST(CuffSourceTest, ATextbookMonitorReadsThePressuresSet) {
  for (const Case& c : kCases) {
    const BodyCourse course = Arm(c.bpm, c.systolic, c.diastolic);
    const Rendering r = Played(course, std::string("cuff: ") + c.cuff, 60);
    const Reading read = Read(Envelope(MmHg(r.values)));
    const double mean = r.Of("mean").back().value / kMmHg;
    RecordProperty("read", std::to_string(read.systolic) + " " + std::to_string(read.mean) + " " +
                               std::to_string(read.diastolic) + " of " + std::to_string(mean));
    EXPECT_NEAR(read.systolic, c.systolic, 2.5) << c.cuff;
    EXPECT_NEAR(read.mean, mean, 2.5) << c.cuff;
    EXPECT_NEAR(read.diastolic, c.diastolic, 2.5) << c.cuff;
    EXPECT_EQ(r.Of("systolic").back().value, c.systolic * kMmHg);
    EXPECT_EQ(r.Of("diastolic").back().value, c.diastolic * kMmHg);
  }
}

TEST(CuffSourceTest, TheMeanIsThatOfTheArtery) {
  for (const Case& c : kCases) {
    const BodyCourse course = Arm(c.bpm, c.systolic, c.diastolic);
    const Rendering artery = Played(course, "blood_pressure: {natural_frequency: 100 Hz}", 60);
    const double mean =
        std::accumulate(artery.values.begin() + 20 * kPerSecond, artery.values.end(), 0.0) /
        (40.0 * kPerSecond);
    const Rendering r = Played(course, "cuff: {}", 5);
    // Breathing lowers the pressure in the chest, by 0.6 mmHg on average.
    EXPECT_NEAR(r.Of("mean").back().value / kMmHg, mean / kMmHg, 1.5);
  }
}

TEST(CuffSourceTest, InflatesHoldsItsRateEmptiesAndBeginsAgain) {
  const BodyCourse course = CourseOf("rhythm: {asystole: {}}");
  const auto p = MmHg(Played(course, "cuff: {every: 60 s}", 70).values);
  EXPECT_NEAR(p[450], 180.0, 0.1);                       // 180 mmHg at 40 mmHg/s
  EXPECT_NEAR(p[1450], 140.0, 0.1);                      // 10 s later at 4 mmHg/s
  EXPECT_NEAR(p[3990] / p[3970], std::exp(-1.0), 1e-6);  // released after 39.5 s
  EXPECT_LT(p[5900], 1.0);
  EXPECT_NEAR(p[6450], 180.0, 1.0);
}

TEST(CuffSourceTest, TellsThePressuresOfVentricularBeatsAndNoneWithoutBeats) {
  const BodyCourse course =
      CourseOf({{0.0, "rhythm: {ventricular_tachycardia: {}}"}, {10.0, "rhythm: {asystole: {}}"}});
  const auto cuff = Played(course, "cuff: {}", 20).Of("systolic");
  const auto artery = Played(course, "blood_pressure: {}", 20).Of("systolic");
  EXPECT_NEAR(cuff[cuff.size() - 2].value / kMmHg, artery[artery.size() - 2].value / kMmHg, 3.0);
  EXPECT_TRUE(std::isnan(cuff.back().value));
}

TEST(CuffSourceTest, OscillatesWithTheBeatsOfTheBody) {
  const BodyCourse course = Arm(72, 120, 80);
  const Rendering cuff = Played(course, "cuff: {}", 60);
  SourceContext context = EcgContext(&course);
  const auto beats =
      Render(*Make(PlayFrom("ecg: {}"), context), 6000, 256, RunTime(), kPeriod).Of("beat");
  const auto pulses = cuff.Of("pulse");
  ASSERT_GE(pulses.size() + 1, beats.size());
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    EXPECT_EQ(Nanoseconds(pulses[i].t - beats[i].t.time_since_epoch()), 100'000'000);
  }
}

// The wrapper that all signals have: an arm that moves.
TEST(CuffSourceTest, MovementDisturbsTheCuffAndNotTheTruth) {
  const BodyCourse course = Arm(72, 120, 80);
  const Rendering still = Played(course, "cuff: {}", 60);
  const Rendering moved = Played(
      course, "cuff: {}, artefacts: [{electrode_motion: {amplitude: 5 mmHg, rate: 1 Hz}}]", 60);
  double largest = 0.0;
  for (std::size_t i = 0; i < still.values.size(); ++i) {
    largest = std::max(largest, std::abs(moved.values[i] - still.values[i]));
  }
  EXPECT_GT(largest, 2.5 * kMmHg);
  EXPECT_EQ(moved.Of("pulse").size(), still.Of("pulse").size());
}

class CuffPlantTest : public testing::Test {
 protected:
  explicit CuffPlantTest() : course_(Arm(72, 120, 80)) {
    plant_ = FromYaml<v1::Plant>("{name: arm, cuff: {pump: p, valve: v, pressure: cuff}}");
    Begin();
  }
  void Begin() { model_ = std::move(*MakePlant(plant_, {&course_, 1})); }
  // Seconds with pump and valve at these parts of a step; the air's pressure then, in mmHg.
  double Run(double seconds, double pump, double valve) {
    const double levels[] = {pump, valve};
    for (int i = 0; i < std::lround(seconds * kPerSecond); ++i) {
      model_->Step(kPeriod, levels, std::span(&output_, 1), states_);
      trace_.push_back(output_ / kMmHg);
    }
    return states_[0] / kMmHg;
  }

  BodyCourse course_;
  v1::Plant plant_;
  std::unique_ptr<PlantModel> model_;
  double output_ = 0.0;
  std::vector<double> states_ = std::vector<double>(5);
  std::vector<double> trace_;
};

TEST_F(CuffPlantTest, FillsThroughThePumpAndEmptiesThroughTheValve) {
  EXPECT_NEAR(Run(4.0, 1.0, 0.0), 160.0, 1e-9);
  EXPECT_NEAR(Run(1.0, 0.5, 0.0), 180.0, 1e-9);
  EXPECT_NEAR(Run(2.0, 0.0, 0.0), 180.0, 1e-9);
  EXPECT_NEAR(Run(0.5, 0.0, 1.0), 180.0 / M_E, 1e-6);
  EXPECT_NEAR(Run(1.0, 0.0, 0.5), 180.0 / M_E / M_E, 1e-6);
}

TEST_F(CuffPlantTest, LeaksInProportionToItsPressure) {
  Run(5.0, 1.0, 0.0);  // 200 mmHg
  v1::PlantSetting setting;
  setting.set_leak(6.0 * kMmHg / 60.0);
  ASSERT_TRUE(model_->Apply(setting));
  EXPECT_NEAR(Run(60.0, 0.0, 0.0), 200.0 * std::exp(-6.0 / 200.0), 1e-6);
  EXPECT_FALSE(model_->Apply(v1::PlantSetting()));
}

// A monitor that bleeds with its valve: the loop closed by hand.
TEST_F(CuffPlantTest, ATextbookMonitorReadsThePressuresSet) {
  Run(4.5, 1.0, 0.0);
  while (states_[0] > 45.0 * kMmHg) {
    Run(0.01, 0.0, 4.0 * 0.5 / (states_[0] / kMmHg));  // 4 mmHg/s
  }
  const Reading read = Read(Envelope(trace_));
  EXPECT_NEAR(read.systolic, states_[1] / kMmHg, 2.5);
  EXPECT_NEAR(read.mean, states_[2] / kMmHg, 2.5);
  EXPECT_NEAR(read.diastolic, states_[3] / kMmHg, 2.5);
  EXPECT_NEAR(states_[4], 38.0 * 72.0 / 60.0, 3.0);
}

TEST_F(CuffPlantTest, DoesNotDependOnThePeriodOfThePlant) {
  Run(10.0, 0.3, 0.0);
  const double coarse = output_;
  Begin();
  const double levels[] = {0.3, 0.0};
  for (int i = 0; i < 10'000; ++i) {
    model_->Step(std::chrono::milliseconds(1), levels, std::span(&output_, 1), states_);
  }
  EXPECT_NEAR(output_, coarse, 1e-6);
}

TEST_F(CuffPlantTest, RefusesAnArmOfNobody) {
  const auto made = MakePlant(plant_);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "plant arm: a cuff without a patient; expected a body step with a rhythm");
}

}  // namespace
}  // namespace rig

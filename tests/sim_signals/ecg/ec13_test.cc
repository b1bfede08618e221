// The test waveforms of EC13, and how far the constructed figure 3a is from the digitised one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim_signals/recorded/recording.h"
#include "tests/shared_data.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr std::size_t kMinute = 30'000;  // samples

Rendering Figure(const std::string& figure, const std::string& gain = "1") {
  return Render(*Make(PlayFrom("ec13: {figure: " + figure + ", gain: " + gain + "}")), kMinute);
}

struct Published {
  const char* figure;
  double per_minute;   // all beats
  double ventricular;  // of them
};

class Ec13FigureTest : public testing::TestWithParam<Published> {};

TEST_P(Ec13FigureTest, HasAsManyBeatsAMinuteAsPublished) {
  const Rendering r = Figure(GetParam().figure);
  EXPECT_NEAR(static_cast<double>(r.Of("beat").size()), GetParam().per_minute, 1.0);
  EXPECT_NEAR(static_cast<double>(r.Of("ventricular_beat").size()), GetParam().ventricular, 1.0);
}

TEST_P(Ec13FigureTest, TellsTheRateOfEachInterval) {
  const Rendering r = Figure(GetParam().figure);
  const auto beats = r.Of("beat");
  auto rates = r.Of("rate");
  rates.erase(rates.begin());  // not known before the first beat
  ASSERT_EQ(rates.size(), beats.size());
  for (std::size_t i = 1; i < beats.size(); ++i) {
    EXPECT_NEAR(1.0 / rates[i].value, Seconds(beats[i].t - beats[i - 1].t), 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(Figures, Ec13FigureTest,
                         testing::Values(Published{"fig_3a", 80, 40}, Published{"fig_3b", 60, 30},
                                         Published{"fig_3c", 120, 60}, Published{"fig_3d", 90, 90},
                                         Published{"fig_4a", 206, 206},
                                         Published{"fig_4b", 195, 195}));

TEST(Ec13Test, TheTachycardiasAreAsHighAsPublishedAndScale) {
  const auto height = [](const Rendering& r) { return Largest(r.values) - Smallest(r.values); };
  EXPECT_NEAR(height(Figure("fig_4a")), 1e-3, 1e-6);
  EXPECT_NEAR(height(Figure("fig_4b")), 2e-3, 2e-6);
  EXPECT_NEAR(height(Figure("fig_4b", "0.5")), 1e-3, 1e-6);
  EXPECT_EQ(Figure("fig_4a").Of("ventricular_tachycardia").at(0).value, 1.0);
  EXPECT_EQ(Figure("fig_3d").Of("ventricular_tachycardia").at(0).value, 0.0);
}

TEST(Ec13Test, BeatsLieAtTheLargestDeflection) {
  for (const char* figure : {"fig_3a", "fig_3b", "fig_3c", "fig_3d"}) {
    const Rendering r = Figure(figure);
    for (const TruthEvent& beat : r.Of("beat")) {
      const auto at = static_cast<std::size_t>(Nanoseconds(beat.t) / 2'000'000);
      if (at < 15 || at + 15 >= r.values.size()) continue;
      double largest = 0.0;
      for (std::size_t n = at - 15; n <= at + 15; ++n) {
        largest = std::max(largest, std::abs(r.values[n]));
      }
      EXPECT_GT(std::max(std::abs(r.values[at]), std::abs(r.values[at + 1])), 0.97 * largest);
    }
  }
}

TEST(Ec13Test, IsContinuous) {
  for (const char* figure : {"fig_3a", "fig_3b", "fig_3c", "fig_3d", "fig_4a", "fig_4b"}) {
    const auto values = Figure(figure).values;
    for (std::size_t n = 1; n < values.size(); ++n) {
      ASSERT_LT(std::abs(values[n] - values[n - 1]), 0.13e-3) << figure << " " << n;
    }
  }
}

// Mean of products over the root of the powers, both without their means.
double Correlation(const std::vector<double>& a, const std::vector<double>& b, std::size_t shift) {
  const auto n = static_cast<double>(a.size() - shift);
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (std::size_t i = 0; i + shift < a.size(); ++i) {
    const double x = a[i + shift], y = b[i];
    sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
  }
  return (sab - sa * sb / n) / std::sqrt((saa - sa * sa / n) * (sbb - sb * sb / n));
}

TEST(Ec13Test, Figure3aAgreesWithItsDigitisation) {
  const auto file = SharedFolder() / "data/ec13/aami3a.hea";
  RIG_NEEDS_SHARED(file);
  const BodyCourse none;
  SourceContext context = EcgContext(&none);
  context.directory = file.parent_path();
  const auto is = Render(*Make(PlayFrom("record: {file: aami3a.hea}"), context), 29'000).values;
  const auto built = Render(*Make(PlayFrom("ec13: {figure: fig_3a}")), 29'000).values;
  double best = -1.0;
  for (std::size_t shift = 0; shift < 748; ++shift) {  // of a period
    best = std::max(best, Correlation(is, built, shift));
  }
  RecordProperty("correlation_permille", static_cast<int>(1e3 * best));
  EXPECT_GT(best, 0.96);  // over 58 s: the period agrees, too
  EXPECT_NEAR((Largest(built) - Smallest(built)) / (Largest(is) - Smallest(is)), 1.0, 0.05);
}

Rendering Qrs(const std::string& settings) {
  return Render(*Make(PlayFrom("ec13_qrs: {" + settings + "}")), kMinute);
}

TEST(Ec13QrsTest, IsAsHighAndAsWideAsStated) {
  for (const double mv : {0.15, 0.5, 5.0}) {
    const auto values = Qrs("amplitude: " + std::to_string(mv) + " mV, width: 120 ms").values;
    EXPECT_NEAR(Largest(values) - Smallest(values), mv * 1e-3, mv * 1e-5);
  }
  const auto values = Qrs("width: 70 ms, rate: 60 bpm").values;
  const auto wide = std::count_if(values.begin(), values.begin() + 500,
                                  [](double v) { return std::abs(v) > 1e-12; });
  EXPECT_NEAR(static_cast<double>(wide), 35.0, 2.0);
}

TEST(Ec13QrsTest, ItsTWaveIsWhereItShouldBe) {
  // QRS of 100 ms from 50 ms on, T of 180 ms that ends 350 ms behind the begin of the QRS.
  const auto values = Qrs("amplitude: 10 uV, t_amplitude: 1.2 mV, rate: 60 bpm").values;
  EXPECT_NEAR(Largest(values), 1.2e-3, 1e-9);
  EXPECT_EQ(values[(50 + 350 - 180) / 2], 0.0);
  EXPECT_EQ(values[(50 + 350 - 90) / 2], Largest(values));
  EXPECT_EQ(values[(50 + 350) / 2], 0.0);
}

TEST(Ec13QrsTest, RefusesBeatsWithoutAComplex) {
  EXPECT_THROW(Qrs("amplitude: 0 mV, t_amplitude: 1 mV"), std::runtime_error);
  EXPECT_NO_THROW(Qrs("amplitude: -10 uV"));
}

TEST(Ec13QrsTest, RefusesWavesThatOverlap) {
  EXPECT_THROW(Qrs("t_amplitude: 1 mV, rate: 160 bpm"), std::runtime_error);
  EXPECT_THROW(Qrs("t_amplitude: 1 mV, qt: 250 ms"), std::runtime_error);
  EXPECT_NO_THROW(Qrs("rate: 300 bpm"));
}

}  // namespace
}  // namespace rig

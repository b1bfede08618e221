#include "sim_signals/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

std::vector<v1::Play> EveryEcgSource() {
  std::vector<v1::Play> plays(6);
  plays[0] = SinusPlay(72, 5);
  plays[1].mutable_asystole();
  plays[2].mutable_ventricular_fibrillation()->set_rate(5);
  plays[2].mutable_ventricular_fibrillation()->set_amplitude(5e-4);
  plays[3].mutable_electrode_off()->set_rail(3e-3);
  plays[4].mutable_constant()->set_value("1 mV");
  plays[5].mutable_ramp()->set_from("0 mV");
  plays[5].mutable_ramp()->set_to("1 mV");
  plays[5].mutable_ramp()->set_over(1'000'000'000);
  for (v1::Play& play : plays) {
    play.add_noise()->mutable_mains()->set_amplitude(1e-4);
    play.mutable_noise(0)->mutable_mains()->set_frequency(50);
    play.add_noise()->mutable_baseline()->set_amplitude(1e-4);
    play.mutable_noise(1)->mutable_baseline()->set_frequency(0.3);
    play.add_noise()->mutable_white()->set_rms(1e-5);
  }
  return plays;
}

TEST(CatalogueTest, EverySourceGivesTheSameBitsInBlocksOfAnySize) {
  for (const v1::Play& play : EveryEcgSource()) {
    const Rendering whole = Render(*Make(play), 3000, 500);
    EXPECT_EQ(Render(*Make(play), 3000, 1).values, whole.values) << play.ShortDebugString();
    EXPECT_EQ(Render(*Make(play), 3000, 7).values, whole.values) << play.ShortDebugString();
    for (const double v : whole.values) ASSERT_TRUE(std::isfinite(v)) << play.ShortDebugString();
  }
}

TEST(CatalogueTest, EverySourceSpeaksOnlyOfTheTruthChannelsListed) {
  for (const v1::Play& play : EveryEcgSource()) {
    std::set<std::string> listed;
    for (const auto& [name, unit] : TruthChannels(play, "V")) listed.insert(name);
    const Rendering r = Render(*Make(play), 3000);
    for (const TruthEvent& event : r.truth) EXPECT_TRUE(listed.contains(event.what)) << event.what;
    for (const auto& name : listed) {
      EXPECT_TRUE(name == "beat" || !r.Of(name).empty()) << name;
    }
  }
}

TEST(CatalogueTest, TruthBeginsWithTheFirstSampleWhereThatIsLater) {
  // A step between two samples: the first sample of its source lies 1.5 ms after it.
  const auto source = Make(SinusPlay(), EcgContext(), AtNanoseconds(500'000));
  const Rendering r = Render(*source, 10, 256, AtNanoseconds(2'000'000));
  for (const TruthEvent& event : r.truth) EXPECT_GE(Nanoseconds(event.t), 2'000'000);
}

TEST(CatalogueTest, SeedAndSignalMakeAnotherSinus) {
  const Rendering a = Render(*Make(SinusPlay(), EcgContext(1)), 5000);
  const Rendering b = Render(*Make(SinusPlay(), EcgContext(2)), 5000);
  const Rendering c = Render(*Make(SinusPlay(), {1, "ecg2", "V", {}}), 5000);
  EXPECT_NE(a.values, b.values);
  EXPECT_NE(a.values, c.values);
}

TEST(CatalogueTest, AParameterOfOneSourceDoesNotDisturbAnother) {
  v1::Play quiet = SinusPlay(72, 5);
  v1::Play noisy = quiet;
  noisy.add_noise()->mutable_white()->set_rms(1e-4);
  const auto beats = Render(*Make(quiet), 15'000).Of("beat");
  const auto again = Render(*Make(noisy), 15'000).Of("beat");
  ASSERT_EQ(beats.size(), again.size());
  for (std::size_t i = 0; i < beats.size(); ++i) EXPECT_EQ(beats[i].t, again[i].t);
}

TEST(CatalogueTest, RefusesAnEcgOnAPressureSignal) {
  const auto source = MakeSource(SinusPlay(), {1, "line", "Pa", {}}, RunTime());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::kInvalidArgument);
  EXPECT_EQ(source.error().message, "signal line is in Pa, this source gives V");
}

TEST(CatalogueTest, RefusesARateThatVariesByMoreThanAQuarter) {
  const auto source = MakeSource(SinusPlay(40, 11), EcgContext(), RunTime());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::kInvalidArgument);
}

TEST(CatalogueTest, RefusesNotANumber) {
  EXPECT_FALSE(MakeSource(SinusPlay(std::nan("")), EcgContext(), RunTime()));
  EXPECT_FALSE(MakeSource(SinusPlay(60, std::nan("")), EcgContext(), RunTime()));
}

TEST(CatalogueTest, RefusesAPlayWithoutASource) {
  EXPECT_FALSE(MakeSource(v1::Play(), EcgContext(), RunTime()));
}

}  // namespace
}  // namespace rig

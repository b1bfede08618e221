#include "sim_signals/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

constexpr char kNoise[] =
    ", artefacts: [{mains: {amplitude: 0.1 mV}}, "
    "{baseline: {amplitude: 0.1 mV}}, {white: {rms: 10 uV}}]";
constexpr char kSinus[] = "rhythm: {sinus: {rate: 72 bpm, rate_sd: 5 bpm}}";

struct Case {
  const char* source;
  const char* unit;
};
constexpr Case kSources[] = {{"ecg: {}", "V"},
                             {"ecg: {lead: v2}", "V"},
                             {"ecg: {}, artefacts: [{lead_swap: {one: ra, other: la}}]", "V"},
                             {"ec13: {figure: fig_3a}", "V"},
                             {"ec13_qrs: {t_amplitude: 1 mV}", "V"},
                             {"ppg: {wavelength: red}", "V"},
                             {"ppg: {wavelength: infrared}", "V"},
                             {"blood_pressure: {}", "Pa"},
                             {"blood_pressure: {site: pulmonary}", "Pa"},
                             {"blood_pressure: {site: venous, drift: 1 mmHg/h}", "Pa"},
                             {"impedance: {}", "ohm"},
                             {"capnogram: {}", "Pa"},
                             {"ecg: {}, artefacts: [{electrode_off: {}}]", "V"},
                             {"constant: {value: 1 mV}", "V"},
                             {"ramp: {from: 0 mV, to: 1 mV, over: 1 s}", "V"}};

v1::Play PlayOf(const Case& source) {
  const std::string text = source.source;
  const bool quiet = source.unit != std::string("V") || text.find("artefacts") != std::string::npos;
  return PlayFrom(text + (quiet ? "" : kNoise));
}
SourceContext ContextOf(const Case& source, const BodyCourse& course) {
  SourceContext context = EcgContext(&course);
  context.unit = source.unit;
  return context;
}

BodyCourse EveryRhythm() {
  return CourseOf({{0.0, kSinus},
                   {0.7, "rhythm: {ventricular_fibrillation: {}}"},
                   {1.3, "rhythm: {asystole: {}}"},
                   {2.1, "rhythm: {atrial_fibrillation: {}}"},
                   {3.4, "rhythm: {ventricular_tachycardia: {}}"},
                   {4.2, "rhythm: {paced: {mode: dual}}"},
                   {5.7, "rhythm: {av_block: {degree: wenckebach}}"}});
}

TEST(CatalogueTest, EverySourceGivesTheSameBitsInBlocksOfAnySize) {
  const BodyCourse course = EveryRhythm();
  for (const Case& source : kSources) {
    const v1::Play play = PlayOf(source);
    const SourceContext context = ContextOf(source, course);
    const Rendering whole = Render(*Make(play, context), 3000, 500);
    for (const std::size_t block : {1u, 7u}) {
      const Rendering parts = Render(*Make(play, context), 3000, block);
      EXPECT_EQ(parts.values, whole.values) << source.source;
      ASSERT_EQ(parts.truth.size(), whole.truth.size());
      for (std::size_t i = 0; i < whole.truth.size(); ++i) {
        EXPECT_EQ(parts.truth[i].t, whole.truth[i].t);
        EXPECT_EQ(parts.truth[i].what, whole.truth[i].what);
      }
    }
    for (const double v : whole.values) ASSERT_TRUE(std::isfinite(v)) << source.source;
  }
}

TEST(CatalogueTest, EverySourceSpeaksOnlyOfTheTruthChannelsListed) {
  const BodyCourse course = EveryRhythm();
  for (const Case& source : kSources) {
    const v1::Play play = PlayOf(source);
    std::set<std::string> listed;
    for (const auto& [name, unit] : TruthChannels(play)) listed.insert(name);
    const Rendering r = Render(*Make(play, ContextOf(source, course)), 3000);
    for (const TruthEvent& event : r.truth) {
      EXPECT_TRUE(listed.contains(event.what) || listed.empty()) << event.what;
    }
    for (const auto& name : listed) {
      EXPECT_TRUE(!r.Of(name).empty()) << source.source << " " << name;
    }
  }
}

TEST(CatalogueTest, TruthBeginsWithTheFirstSampleWhereThatIsLater) {
  // A step between two samples: the first sample of its source lies 1.5 ms after it.
  const BodyCourse course = CourseOf(kSinus);
  const auto source = Make(PlayFrom("ecg: {}"), EcgContext(&course), AtNanoseconds(500'000));
  const Rendering r = Render(*source, 10, 256, AtNanoseconds(2'000'000));
  for (const TruthEvent& event : r.truth) EXPECT_GE(Nanoseconds(event.t), 2'000'000);
}

TEST(CatalogueTest, AllSignalsOfABodyShowTheSameBeatsAndAnotherSeedOthers) {
  const BodyCourse course = CourseOf(kSinus);
  const auto beats = [&](const SourceContext& context) {
    std::vector<std::int64_t> times;
    for (const auto& e : Render(*Make(PlayFrom("ecg: {}"), context), 15'000).Of("beat")) {
      times.push_back(Nanoseconds(e.t));
    }
    return times;
  };
  SourceContext other = EcgContext(&course);
  other.signal = "ecg2";
  EXPECT_EQ(beats(EcgContext(&course)), beats(other));
  EXPECT_NE(beats(EcgContext(&course)), beats(EcgContext(&course, 2)));
}

TEST(CatalogueTest, NoiseDoesNotDisturbTheBody) {
  const BodyCourse course = CourseOf(kSinus);
  const auto quiet = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 15'000).Of("beat");
  const auto noisy =
      Render(*Make(PlayFrom(std::string("ecg: {}") + kNoise), EcgContext(&course)), 15'000)
          .Of("beat");
  ASSERT_EQ(quiet.size(), noisy.size());
  for (std::size_t i = 0; i < quiet.size(); ++i) EXPECT_EQ(quiet[i].t, noisy[i].t);
}

std::string RefusalOf(const v1::Play& play, const SourceContext& context) {
  const auto source = MakeSource(play, context, RunTime());
  return source ? "accepted" : source.error().message;
}

TEST(CatalogueTest, RefusesAnEcgOnAPressureSignal) {
  const BodyCourse course = CourseOf(kSinus);
  const SourceContext context{.signal = "line", .unit = "Pa", .directory = {}, .body = &course};
  EXPECT_EQ(RefusalOf(PlayFrom("ecg: {}"), context), "signal line is in Pa, this source gives V");
}

TEST(CatalogueTest, RefusesAnEcgWithoutAPatient) {
  EXPECT_NE(RefusalOf(PlayFrom("ecg: {}"), EcgContext()), "accepted");
  const BodyCourse later = CourseOf({{1.0, kSinus}});
  EXPECT_NE(RefusalOf(PlayFrom("ecg: {}"), EcgContext(&later)), "accepted");
}

TEST(CatalogueTest, RefusesAPlayWithoutASource) {
  EXPECT_NE(RefusalOf(v1::Play(), EcgContext()), "accepted");
}

}  // namespace
}  // namespace rig

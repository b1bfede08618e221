#include "sim_signals/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "sim_signals/catalogue/describe.h"
#include "tests/sim_signals/every_source.h"
#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

constexpr char kNoise[] =
    ", artefacts: [{mains: {amplitude: 0.1 mV}}, "
    "{baseline: {amplitude: 0.1 mV}}, {white: {rms: 10 uV}}]";
constexpr char kSinus[] = "rhythm: {sinus: {rate: 72 bpm, rate_sd: 5 bpm}}";

BodyCourse EveryRhythm() {
  return CourseOf({{0.0, kSinus},
                   {0.7, "rhythm: {ventricular_fibrillation: {}}"},
                   {1.3, "rhythm: {asystole: {}}"},
                   {2.1, "rhythm: {atrial_fibrillation: {}}"},
                   {3.4, "rhythm: {ventricular_tachycardia: {}}"},
                   // Pulses that are injected are refused under some artefacts.
                   {4.2,
                    "rhythm: {paced: {mode: dual, ventricular_pulse: {amplitude: 0 V}, "
                    "atrial_pulse: {amplitude: 0 V}}}"},
                   {5.7, "rhythm: {av_block: {degree: wenckebach}}"}});
}

class EverySourceTest : public testing::Test {
 protected:
  EverySourceTest() { WriteRecords(files_.Path(""), 20); }
  Rendering Played(const SourceCase& source, std::size_t block, std::uint64_t seed = 1) {
    return Render(*Make(source.Play(), source.Context(course_, files_.Path(""), seed)), 4000, block,
                  RunTime(), source.period);
  }
  WfdbFiles files_;
  BodyCourse course_ = EveryRhythm();
};

// A generator that is not in the table is not tested for anything below.
TEST_F(EverySourceTest, IsInTheTable) {
  std::set<std::string> in_table;
  for (const SourceCase& source : EverySourceAndArtefact()) in_table.insert(source.key);
  for (const GeneratorDescription& generator : Generators()) {
    if (generator.kind != "source" && generator.kind != "artefact") continue;
    EXPECT_TRUE(in_table.contains(generator.key)) << generator.key;
  }
}

// So no joint between blocks shows.
TEST_F(EverySourceTest, GivesTheSameBitsInBlocksOfAnySizeAndNoNaN) {
  for (const SourceCase& source : EverySourceAndArtefact()) {
    const Rendering whole = Played(source, 1000);
    for (const double v : whole.values) ASSERT_TRUE(std::isfinite(v)) << source.source;
    for (const std::size_t block : {1u, 7u, 64u}) {
      const Rendering parts = Played(source, block);
      EXPECT_EQ(parts.values, whole.values) << source.source << " in blocks of " << block;
      ASSERT_EQ(parts.truth.size(), whole.truth.size()) << source.source;
      for (std::size_t i = 0; i < whole.truth.size(); ++i) {
        EXPECT_EQ(parts.truth[i].t, whole.truth[i].t) << source.source;
        EXPECT_EQ(parts.truth[i].what, whole.truth[i].what) << source.source;
      }
    }
  }
}

// What holds still, or is read from a file, has no random numbers.
TEST_F(EverySourceTest, GivesTheSameBitsForASeedAndOthersForAnother) {
  const std::set<std::string> without = {"ec13",     "ec13_qrs", "thermistor", "airway",
                                         "constant", "ramp",     "record"};
  for (const SourceCase& source : EverySource()) {
    EXPECT_EQ(Played(source, 256).values, Played(source, 256).values) << source.source;
    const bool same = Played(source, 256).values == Played(source, 256, 2).values;
    EXPECT_EQ(same, without.contains(source.key)) << source.source;
  }
  const std::set<std::string> random = {"mains",         "baseline",         "white",
                                        "muscle",        "electrode_motion", "electrosurgery",
                                        "electrode_off", "intermittent"};
  for (SourceCase artefact : EveryArtefact()) {
    if (artefact.key == "lead_swap") continue;  // of an ECG alone
    artefact.source.replace(0, artefact.source.find(','), "constant: {value: 0.2 mV}");
    const bool same = Played(artefact, 256).values == Played(artefact, 256, 2).values;
    EXPECT_EQ(same, !random.contains(artefact.key)) << artefact.source;
  }
}

// One artefact more, below it or of its own kind behind it, leaves a disturbance as it was.
TEST_F(EverySourceTest, AnArtefactLeavesTheNumbersOfOthersAlone) {
  const auto on_nothing = [&](const std::string& artefacts) {
    return Played({"", "constant: {value: 0 V}, artefacts: [" + artefacts + "]", "V"}, 256).values;
  };
  for (const std::string kind :
       {"mains: {amplitude: 1 mV}", "baseline: {amplitude: 1 mV}", "white: {rms: 1 mV}",
        "muscle: {rms: 1 mV}", "electrode_motion: {amplitude: 1 mV, rate: 1 Hz}",
        "electrosurgery: {rms: 1 mV, period: 1 s}"}) {
    const auto alone = on_nothing("{" + kind + "}");
    for (const std::string other : {"drift: {per_minute: 1 mV}", kind.c_str()}) {
      const auto both = on_nothing(kind == other ? "{" + kind + "}, {" + other + "}"
                                                 : "{" + other + "}, {" + kind + "}");
      const auto without =
          kind == other ? on_nothing("{wrong_scale: {factor: 1}}") : on_nothing("{" + other + "}");
      const bool twice = kind == other;
      double most = 0.0, different = 0.0;
      for (std::size_t i = 0; i < alone.size(); ++i) {
        most = std::max(most, std::abs(both[i] - without[i] - alone[i]));
        different = std::max(different, std::abs(both[i] - 2.0 * alone[i]));
      }
      if (twice) {
        EXPECT_GT(different, 1e-5) << kind;  // two of a kind differ
      } else {
        EXPECT_LT(most, 1e-15) << kind;
      }
    }
  }
}

// Scaling a source scales what it shows: its random numbers stay.
TEST_F(EverySourceTest, AParameterLeavesTheNumbersAlone) {
  const std::vector<std::array<std::string, 3>> pairs = {
      {"ecg: {amplitude: 1 mV}", "ecg: {amplitude: 2 mV}", "V"},
      {"ppg: {wavelength: red, level: 1 V}", "ppg: {wavelength: red, level: 2 V}", "V"},
      {"impedance: {base: 500 ohm, swing: 1 ohm, cardiac: 0.05 ohm}",
       "impedance: {base: 1000 ohm, swing: 2 ohm, cardiac: 0.1 ohm}", "ohm"},
      {"ecog: {background: 50 uV}", "ecog: {background: 100 uV}", "V"}};
  course_ = CourseOf(kSinus);
  for (const auto& [one, two, unit] : pairs) {
    const auto a = Played({"", one, unit}, 256).values;
    const auto b = Played({"", two, unit}, 256).values;
    const double size = std::max(Largest(a), -Smallest(a));
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(b[i], 2.0 * a[i], 1e-6 * size) << one;
  }
  // Before its onset a seizure leaves the background alone.
  const auto calm = Played({"", "ecog: {}", "V"}, 256).values;
  const auto ill = Played({"", "ecog: {seizure: {onset: 1 s, duration: 5 s}}", "V"}, 256).values;
  EXPECT_TRUE(std::equal(calm.begin(), calm.begin() + 500, ill.begin()));
}

// A section of the body leaves the beats, or the breaths, that another makes as they were.
TEST_F(EverySourceTest, ASectionOfTheBodyLeavesTheNumbersOfOthersAlone) {
  struct Change {
    const char *body, *source, *unit, *truth;
  };
  for (const Change& change :
       {Change{"circulation: {systolic: 150 mmHg}", "ecg: {}", "V", "beat"},
        Change{"oxygenation: {saturation: 80 %, perfusion: 5 %}", "ecg: {}", "V", "beat"},
        Change{"gas: {end_tidal: 60 mmHg}", "ecg: {}", "V", "beat"},
        Change{"breathing: {depth: 800 mL}", "ecg: {}", "V", "beat"},
        Change{"rhythm: {sinus: {rate: 100 bpm}}", "impedance: {}", "ohm", "breath"},
        Change{"ectopy: {pattern: bigeminy}", "impedance: {}", "ohm", "breath"},
        Change{"oxygenation: {saturation: 80 %}", "capnogram: {}", "Pa", "breath"}}) {
    const auto times = [&](const std::string& body) {
      course_ = CourseOf(body);
      std::vector<std::int64_t> found;
      for (const TruthEvent& event : Played({"", change.source, change.unit}, 256).Of(change.truth))
        found.push_back(Nanoseconds(event.t));
      return found;
    };
    const bool rhythm = std::string(change.body).starts_with("rhythm");
    EXPECT_EQ(times(kSinus), times(rhythm ? change.body : kSinus + std::string("\n") + change.body))
        << change.body;
    EXPECT_FALSE(times(kSinus).empty()) << change.body;
  }
}

TEST_F(EverySourceTest, SpeaksOnlyOfTheTruthChannelsListed) {
  for (const SourceCase& source : EverySourceAndArtefact()) {
    std::set<std::string, std::less<>> listed;
    for (const auto& [name, unit] : TruthChannels(source.Play())) listed.insert(name);
    const Rendering r = Played(source, 256);
    for (const TruthEvent& event : r.truth) {
      EXPECT_TRUE(listed.contains(event.what)) << source.source << " " << event.what;
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

TEST(MakeSourceTest, RefusesEctopyOnOtherRhythmsThanSinus) {
  const BodyCourse course = CourseOf({{0.0, "rhythm: {sinus: {rate: 60 bpm}}"},
                                      {5.0, "rhythm: {asystole: {}}"},
                                      {8.0, "ectopy: {pattern: bigeminy}"}});
  const auto made = MakeSource(PlayFrom("ecg: {}"), EcgContext(&course), RunTime());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "ectopy at 8 s on a rhythm without any; expected sinus rhythm there");
}

}  // namespace
}  // namespace rig

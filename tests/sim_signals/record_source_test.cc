#include "sim_signals/record_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "tests/shared_data.h"
#include "tests/sim_signals/recorded/wfdb_files.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

using testing::ElementsAre;
using testing::IsNan;

v1::Play RecordPlay(const std::string& file, const std::string& channel = "",
                    double start_s = 0.0) {
  v1::Play play;
  play.mutable_record()->set_file(file);
  play.mutable_record()->set_gain(1);
  play.mutable_record()->set_channel(channel);
  play.mutable_record()->set_start(static_cast<std::int64_t>(start_s * 1e9));
  return play;
}

std::vector<double> ValuesOf(const Rendering& r, std::string_view what) {
  std::vector<double> values;
  for (const TruthEvent& event : r.Of(what)) values.push_back(event.value);
  return values;
}

// Two channels at 250 Hz, 1000 samples: a sawtooth of 0..199 counts, and its negative.
class RecordSourceTest : public testing::Test {
 protected:
  RecordSourceTest() {
    std::vector<int> counts;
    for (int i = 0; i < 1000; ++i) {
      counts.push_back(i % 200);
      counts.push_back(-(i % 200));
    }
    files_.Write("r.dat", Format212(counts));
    files_.Write("r.hea",
                 "r 2 250 1000\nr.dat 212 200 12 0 0 33964 0 saw\nr.dat 212 100(0)/uV 12 0 0 "
                 "-33964 0 neg\n");
    context_.directory = files_.Path("");
  }
  std::unique_ptr<SignalSource> Open(const std::string& channel = "", double start_s = 0.0,
                                     RunTime start = RunTime()) {
    return Make(RecordPlay("r.hea", channel, start_s), context_, start);
  }
  Error Refusal(const v1::Play& play) {
    const auto source = MakeSource(play, context_, RunTime());
    return source ? Error{Code::kInternal, "accepted"} : source.error();
  }
  WfdbFiles files_;
  SourceContext context_ = EcgContext();
};

TEST_F(RecordSourceTest, GivesItsSamplesInVoltsAtItsOwnRate) {
  const Rendering r = Render(*Open(), 1000, 256, RunTime(), Duration(4'000'000));
  for (std::size_t i = 0; i < 1000; ++i)
    EXPECT_NEAR(r.values[i], static_cast<double>(i % 200) * 5e-6, 1e-15);
}

// 360 Hz has no period of whole nanoseconds; a play step need not lie on the grid either.
TEST_F(RecordSourceTest, GivesItsSamplesWithTheirAnnotationsAt360HzFromAnyInstantOn) {
  std::vector<int> counts;
  for (int i = 0; i < 3700; ++i) counts.push_back(i * 7919 % 4001 - 2000);
  files_.Write("m.dat", Format16(counts));
  files_.Write("m.hea", "m 1 360 3700\nm.dat 16 1000/V\n");
  files_.Write("m.atr", Annotation(1, 1000) + Annotation(1, 1000) + Annotation(1, 1000) +
                            Annotation(1, 600) + kEndMark);
  constexpr Duration kPeriod(2'777'778);
  const RunTime start = AtNanoseconds(10'000'000'000);
  const RunTime first = RunTime() + 3600 * kPeriod;  // 0.8 us later
  const auto source = Make(RecordPlay("m.hea", "", 0.5), context_, start);
  const Rendering r = Render(*source, 3500, 256, first, kPeriod);
  for (std::size_t i = 0; i < 3500; ++i) {
    ASSERT_EQ(r.values[i], counts[180 + i] / 1000.0) << i;
  }
  std::vector<double> at;
  for (const TruthEvent& beat : r.Of("beat")) {
    at.push_back(180.0 + Seconds(beat.t - first) / Seconds(kPeriod));
  }
  using testing::DoubleNear;
  EXPECT_THAT(at, ElementsAre(DoubleNear(1000, 1e-6), DoubleNear(2000, 1e-6),
                              DoubleNear(3000, 1e-6), DoubleNear(3600, 1e-6)));
}

TEST_F(RecordSourceTest, FindsAChannelByItsDescription) {
  const Rendering r = Render(*Open("neg"), 100, 256, RunTime(), Duration(4'000'000));
  EXPECT_NEAR(r.values[50], -50 * 1e-8, 1e-18);  // 100 counts per uV
}

TEST_F(RecordSourceTest, InterpolatesBetweenSamples) {
  const Rendering r = Render(*Open(), 300);              // 500 Hz from 250 Hz
  EXPECT_NEAR(r.values[101], 50.5 * 5e-6, 1e-5 * 5e-6);  // a straight line stays one
}

TEST_F(RecordSourceTest, StartsAtAnOffsetAndAtARunTime) {
  const RunTime start = AtNanoseconds(10'000'000'000);
  const Rendering r = Render(*Open("", 0.4, start), 10, 256, start, Duration(4'000'000));
  for (std::size_t i = 0; i < 10; ++i)
    EXPECT_NEAR(r.values[i], (100.0 + static_cast<double>(i)) * 5e-6, 1e-15);
  EXPECT_EQ(r.Of("recorded").at(0).value, 1.0);
  EXPECT_EQ(r.Of("recorded").at(0).t, start);
}

TEST_F(RecordSourceTest, BlocksOfAnySizeGiveTheSameBits) {
  const Rendering whole = Render(*Open(), 1900, 500, RunTime(), Duration(1'999'999));
  for (const std::size_t block : {1u, 7u}) {
    EXPECT_EQ(Render(*Open(), 1900, block, RunTime(), Duration(1'999'999)).values, whole.values);
  }
}

TEST_F(RecordSourceTest, EndIsAnErrorThatNamesTheRecordAndItsLength) {
  const auto source = Open();
  std::vector<double> values(1001);
  std::vector<TruthEvent> truth;
  const Status rendered = source->Render(RunTime(), Duration(4'000'000), values, truth);
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Code::kOutOfRange);
  EXPECT_EQ(rendered.error().message,
            files_.Path("r.hea").string() + ": no sample at 4.000 s; the record holds 4.000 s");
}

TEST_F(RecordSourceTest, MissingSamplesAreAnError) {
  files_.Write("g.dat", Format16({1, 2, -32768, 4}));
  files_.Write("g.hea", "g 1 250 4\ng.dat 16\n");
  const auto source = Make(RecordPlay("g.hea"), context_);
  std::vector<double> values(4);
  std::vector<TruthEvent> truth;
  const Status rendered = source->Render(RunTime(), Duration(4'000'000), values, truth);
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Code::kDataLoss);
}

TEST_F(RecordSourceTest, RefusesWhatTheRecordDoesNotHave) {
  EXPECT_EQ(Refusal(RecordPlay("none.hea")).code, Code::kNotFound);
  EXPECT_EQ(Refusal(RecordPlay("r.hea", "V9")).message,
            files_.Path("r.hea").string() + ": has no channel \"V9\"; it has saw, neg");
  EXPECT_EQ(Refusal(RecordPlay("r.hea", "", 4.5)).code, Code::kOutOfRange);
  context_.unit = "Pa";
  EXPECT_EQ(Refusal(RecordPlay("r.hea")).code, Code::kInvalidArgument);
}

TEST_F(RecordSourceTest, TruthFollowsTheAnnotations) {
  files_.Write("r.atr", Annotation(28, 10) + Text("(N") + Annotation(1, 40) + Annotation(5, 250) +
                            Annotation(14, 5) + Annotation(28, 95) + Text("(VFIB") +
                            Annotation(28, 100) + Text("(ASYS") + Annotation(28, 100) + Text("(N") +
                            Annotation(1, 10) + Annotation(1, 125) + kEndMark);
  const Rendering r = Render(*Open(), 990, 100, RunTime(), Duration(4'000'000));
  const auto beats = r.Of("beat");
  ASSERT_EQ(beats.size(), 4u);
  EXPECT_EQ(Nanoseconds(beats[0].t), 200'000'000);
  EXPECT_EQ(Nanoseconds(beats[1].t), 1'200'000'000);
  EXPECT_EQ(beats[3].value, 4.0);
  // Not known at the start, of the second beat, none in the arrest, not known behind it, of the
  // last.
  EXPECT_THAT(ValuesOf(r, "rate"), ElementsAre(IsNan(), 1.0, 0.0, IsNan(), 2.0));
  const auto fibrillation = r.Of("ventricular_fibrillation");
  ASSERT_EQ(fibrillation.size(), 3u);
  EXPECT_EQ(Nanoseconds(fibrillation[1].t), 1'600'000'000);
  EXPECT_EQ(Nanoseconds(fibrillation[2].t), 2'000'000'000);
  const auto asystole = r.Of("asystole");
  ASSERT_EQ(asystole.size(), 3u);
  EXPECT_EQ(asystole[1].value, 1.0);
  EXPECT_EQ(Nanoseconds(asystole[2].t), 2'400'000'000);
}

TEST_F(RecordSourceTest, WithoutAnnotationsNothingIsKnownButThatItIsRecorded) {
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  EXPECT_EQ(r.truth.size(), TruthChannels(PlayFrom("record: {file: r.hea}")).size());
  for (const auto& [what, unit] : TruthChannels(PlayFrom("record: {file: r.hea}"))) {
    ASSERT_EQ(r.Of(what).size(), 1u) << what;
    EXPECT_EQ(r.Of(what)[0].t, RunTime());
    EXPECT_EQ(std::isnan(r.Of(what)[0].value), what != "recorded") << what;
  }
  EXPECT_EQ(r.Of("recorded")[0].value, 1.0);
}

TEST_F(RecordSourceTest, WithRhythmsAloneNeitherBeatsNorRateAreKnown) {
  files_.Write("r.atr", Annotation(28, 18) + Text("(N") + Annotation(28, 200) + Text("(VFL") +
                            Annotation(28, 200) + Text("(ASYS") + kEndMark);
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  for (const char* what : {"beat", "rate", "electrode_off"}) {
    ASSERT_EQ(r.Of(what).size(), 1u) << what;
    EXPECT_TRUE(std::isnan(r.Of(what)[0].value)) << what;
  }
  EXPECT_EQ(ValuesOf(r, "ventricular_fibrillation"), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(ValuesOf(r, "asystole"), (std::vector<double>{0, 1}));
}

TEST_F(RecordSourceTest, WithBeatsAloneNoRhythmIsKnown) {
  files_.Write("r.atr", Annotation(1, 50) + Annotation(1, 250) + kEndMark);
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  EXPECT_EQ(ValuesOf(r, "beat"), (std::vector<double>{1, 2}));
  ASSERT_EQ(r.Of("rate").size(), 2u);
  EXPECT_TRUE(std::isnan(r.Of("rate")[0].value));  // no interval has ended yet
  EXPECT_EQ(r.Of("rate")[1].value, 1.0);
  for (const char* what : {"asystole", "ventricular_fibrillation", "electrode_off", "unreadable"}) {
    ASSERT_EQ(r.Of(what).size(), 1u) << what;
    EXPECT_TRUE(std::isnan(r.Of(what)[0].value)) << what;
  }
}

TEST_F(RecordSourceTest, RhythmIsNotKnownBeforeALateFirstAnnotation) {
  files_.Write("r.atr", Annotation(28, 400) + Text("(N") + kEndMark);
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  for (const char* what :
       {"asystole", "ventricular_fibrillation", "ventricular_tachycardia", "unreadable"}) {
    EXPECT_THAT(ValuesOf(r, what), ElementsAre(IsNan(), 0.0)) << what;
  }
}

TEST_F(RecordSourceTest, InNoiseTheRhythmIsNotKnownNorTheRateBehindIt) {
  files_.Write("r.atr", Annotation(28, 10) + Text("(N") + Annotation(1, 90) + Annotation(1, 250) +
                            Annotation(28, 50) + Text("(NOISE") + Annotation(28, 100) +
                            Text("(ASYS") + Annotation(28, 100) + Text("(N") + Annotation(1, 50) +
                            Annotation(1, 125) + kEndMark);
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  EXPECT_THAT(ValuesOf(r, "asystole"), ElementsAre(0.0, IsNan(), 1.0, 0.0));
  EXPECT_THAT(ValuesOf(r, "ventricular_fibrillation"), ElementsAre(0.0, IsNan(), 0.0));
  EXPECT_THAT(ValuesOf(r, "ventricular_tachycardia"), ElementsAre(0.0, IsNan(), 0.0));
  EXPECT_THAT(ValuesOf(r, "unreadable"), ElementsAre(0.0, 1.0, 0.0));
  EXPECT_THAT(ValuesOf(r, "rate"), ElementsAre(IsNan(), 1.0, IsNan(), 0.0, IsNan(), 2.0));
}

TEST_F(RecordSourceTest, VentricularTachycardiaIsWhatTheRhythmSays) {
  files_.Write("r.atr", Annotation(28, 10) + Text("(N") + Annotation(28, 100) + Text("(VT") +
                            Annotation(28, 100) + Text("(HGEA") + Annotation(28, 100) +
                            Text("(VFL") + kEndMark);
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  EXPECT_THAT(ValuesOf(r, "ventricular_tachycardia"), ElementsAre(0.0, 1.0, IsNan(), 0.0));
  EXPECT_THAT(ValuesOf(r, "ventricular_fibrillation"), ElementsAre(0.0, 1.0));
}

TEST_F(RecordSourceTest, OutsideFlutterMarksThereIsNoFibrillationAndNothingElseIsKnown) {
  files_.Write("r.atr", Annotation(1, 100) + Annotation(1, 250) + Annotation(32, 50) +
                            Annotation(33, 300) + kEndMark);
  const Rendering r = Render(*Open(), 900, 100, RunTime(), Duration(4'000'000));
  EXPECT_THAT(ValuesOf(r, "ventricular_fibrillation"), ElementsAre(0.0, 1.0, 0.0));
  EXPECT_THAT(ValuesOf(r, "asystole"), ElementsAre(IsNan(), 0.0, IsNan()));
  EXPECT_THAT(ValuesOf(r, "ventricular_tachycardia"), ElementsAre(IsNan(), 0.0, IsNan()));
  EXPECT_THAT(ValuesOf(r, "rate"), ElementsAre(IsNan(), 1.0, 0.0, IsNan()));
}

TEST_F(RecordSourceTest, TruthAtAnOffsetKnowsWhatWasBefore) {
  files_.Write("r.atr", Annotation(1, 50) + Annotation(28, 50) + Text("(ASYS") +
                            Annotation(28, 400) + Text("(N") + Annotation(1, 50) + kEndMark);
  const RunTime start = AtNanoseconds(5'000'000'000);
  const Rendering r = Render(*Open("", 1.0, start), 500, 100, start, Duration(4'000'000));
  EXPECT_EQ(r.Of("asystole").at(0).value, 1.0);
  EXPECT_EQ(Nanoseconds(r.Of("asystole").at(1).t), 6'000'000'000);  // sample 500 is 2 s, less 1 s
  ASSERT_EQ(r.Of("beat").size(), 1u);
  EXPECT_EQ(r.Of("beat")[0].value, 1.0);
}

std::filesystem::path Recorded(const std::string& name) { return SharedFolder() / "data" / name; }

std::unique_ptr<SignalSource> OpenRecorded(const std::filesystem::path& header, double start_s) {
  return Make(RecordPlay(header.string(), "", start_s));
}

TEST(RecordedEcgTest, Record100BeatsAtItsAnnotatedRate) {
  const auto header = Recorded("ecg-mitdb/100.hea");
  RIG_NEEDS_SHARED(header);
  const auto source = OpenRecorded(header, 0);
  const Rendering r = Render(*source, 900'000);  // 30 min at 500 Hz
  const auto beats = r.Of("beat");
  EXPECT_NEAR(static_cast<double>(beats.size()), 2273.0, 10.0);
  EXPECT_NEAR(static_cast<double>(beats.size()) / 30.0, 75.5, 0.5);
  int at_peak = 0;
  for (const TruthEvent& beat : beats) {
    const auto i = static_cast<std::size_t>(Nanoseconds(beat.t) / kAt500Hz.count());
    if (i < 50 || i + 50 >= r.values.size()) continue;
    const auto begin = r.values.begin() + static_cast<std::ptrdiff_t>(i);
    at_peak += std::abs(std::max_element(begin - 50, begin + 50) - begin) <= 5;
  }
  EXPECT_GT(at_peak, 2200);  // annotations sit on the R peak within 10 ms
}

TEST(RecordedEcgTest, Record427EndsInAsystole) {
  const auto header = Recorded("ecg-vfdb/427.hea");
  RIG_NEEDS_SHARED(header);
  const auto source = OpenRecorded(header, 1523);
  const auto asystole = Render(*source, 30 * 500).Of("asystole");
  ASSERT_EQ(asystole.size(), 2u);
  EXPECT_EQ(asystole[0].value, 0.0);
  EXPECT_EQ(asystole[1].value, 1.0);
  EXPECT_NEAR(Seconds(asystole[1].t), 10.036, 0.001);
}

TEST(RecordedEcgTest, RecordCu01FibrillatesFromItsMarkOn) {
  const auto header = Recorded("ecg-cudb/cu01.hea");
  RIG_NEEDS_SHARED(header);
  const auto source = OpenRecorded(header, 200);
  const auto fibrillation = Render(*source, 30 * 500).Of("ventricular_fibrillation");
  ASSERT_EQ(fibrillation.size(), 2u);
  EXPECT_NEAR(Seconds(fibrillation[1].t), 14.16, 0.05);
}

}  // namespace
}  // namespace rig

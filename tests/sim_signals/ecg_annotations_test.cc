// What a record is told to be reads back as what was rendered.
#include "sim_signals/catalogue/ecg_annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim_signals/recorded/wfdb_writer.h"
#include "tests/sim_signals/recorded/wfdb_files.h"
#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

using testing::ElementsAre;

constexpr std::size_t kSamples = 25'000;  // 50 s at 500 Hz
const RunTime kEnd = RunTime() + kSamples * kAt500Hz;

// Every rhythm that the truth tells apart, and some that only have names of their own.
BodyCourse EveryRhythm() {
  return CourseOf({{0, "rhythm: {sinus: {rate: 80 bpm}}"},
                   {8, "ectopy: {pattern: bigeminy}"},
                   {14, "{rhythm: {atrial_fibrillation: {}}, ectopy: {pattern: none}}"},
                   {20, "rhythm: {ventricular_tachycardia: {}}"},
                   {26, "rhythm: {ventricular_fibrillation: {}}"},
                   {32, "rhythm: {asystole: {}}"},
                   {38, "rhythm: {paced: {}}"},
                   {44, "rhythm: {paced: {capture: false}}"}});
}

// Without events that say again what held.
std::vector<TruthEvent> Changes(const Rendering& r, std::string_view what) {
  std::vector<TruthEvent> changes;
  for (const TruthEvent& event : r.Of(what)) {
    if (changes.empty() || changes.back().value != event.value) changes.push_back(event);
  }
  return changes;
}

TEST(EcgAnnotationsTest, ARecordOfThemHasTheTruthThatWasRendered) {
  const BodyCourse body = EveryRhythm();
  const v1::Play play = PlayFrom("ecg: {}");
  const Rendering rendered = Render(*Make(play, EcgContext(&body)), kSamples);
  EcgAnnotations annotations(play, body);
  annotations.Append(rendered.truth);

  const WfdbFiles files;
  std::vector<WfdbAnnotation> written;
  for (const RecordingAnnotation& a : annotations.Before(kEnd)) {
    written.push_back({.time = (a.time_ns + kAt500Hz.count() / 2) / kAt500Hz.count(),
                       .code = a.code,
                       .text = a.code == 28 ? a.text : ""});
  }
  files.Write("r.dat", Format16(std::vector<int>(kSamples)));
  files.Write("r.hea", "r 1 500 25000\nr.dat 16\n");
  ASSERT_TRUE(WriteWfdbAnnotations(files.Path("r.atr"), written));
  SourceContext context = EcgContext();
  context.directory = files.Path("");
  const Rendering replayed = Render(*Make(PlayFrom("record: {file: r.hea}"), context), kSamples);

  for (const char* what :
       {"beat", "asystole", "ventricular_fibrillation", "ventricular_tachycardia"}) {
    const auto expected = Changes(rendered, what), read = Changes(replayed, what);
    ASSERT_EQ(read.size(), expected.size()) << what;
    for (std::size_t i = 0; i < read.size(); ++i) {
      EXPECT_EQ(read[i].value, expected[i].value) << what << i;
      EXPECT_LE(std::abs(Nanoseconds(read[i].t) - Nanoseconds(expected[i].t)), 1'000'000)
          << what << i;
    }
  }
}

TEST(EcgAnnotationsTest, TheySayRhythmsPulsesAndWhereBeatsBegan) {
  const BodyCourse body = EveryRhythm();
  const v1::Play play = PlayFrom("ecg: {}");
  const Rendering rendered = Render(*Make(play, EcgContext(&body)), kSamples);
  EcgAnnotations annotations(play, body);
  annotations.Append(rendered.truth);
  std::vector<std::string> rhythms;
  std::map<std::string, std::size_t> others;
  const auto all = annotations.Before(kEnd);
  for (const RecordingAnnotation& a : all) {
    if (a.code == 28) {
      rhythms.push_back(a.text);
    } else {
      ++others[a.text];
    }
  }
  EXPECT_THAT(rhythms, ElementsAre("(N", "(B", "(AFIB", "(VT", "(VFIB", "(ASYS", "(P", "(ASYS"));
  EXPECT_EQ(others["^"], rendered.Of("pacer_pulse").size());
  EXPECT_EQ(others["V"] + others["/"], rendered.Of("ventricular_beat").size());
  EXPECT_NEAR(static_cast<double>(others["/"]), 7.0, 1.0);  // six seconds at 70 bpm
  EXPECT_EQ(others["N"] + others["V"] + others["/"], rendered.Of("beat").size());
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(),
                             [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; }));
}

}  // namespace
}  // namespace rig

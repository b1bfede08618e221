#include "rig/engine/stimulus.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rig/base/strict_yaml.h"
#include "tests/rig/engine/scripted_bench.h"

namespace rig {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

v1::Play EcogPlay() {
  v1::Play play;
  play.mutable_ecog()->mutable_seizure()->set_onset(kSecond);
  play.mutable_ecog()->mutable_seizure()->set_duration(10 * kSecond);
  return play;
}

class StimulusPlayerTest : public testing::Test {
 protected:
  StimulusPlayer Make() {
    const StimulusPort port = {"ecog", &injector_, 0, "V", 500.0, 0.0};
    return {*StimulusOutput::Create(port, trace_),
            {.seed = 1, .signal = "ecog", .unit = "V", .directory = {}},
            trace_};
  }
  ScriptedInjector injector_{Duration(4'000'000)};
  RecordedTrace trace_;
};

TEST_F(StimulusPlayerTest, RecordsWhatTheSourceSaysIsTrue) {
  StimulusPlayer player = Make();
  const v1::Play play = EcogPlay();
  player.Add(RunTime(), play);
  ASSERT_TRUE(player.RenderUntil(AtNanoseconds(2 * kSecond)));
  const auto& seizure = trace_.channels["truth.ecog.seizure"];
  EXPECT_EQ(seizure.unit, "1");
  EXPECT_EQ(seizure.steps, (std::vector<RecordedTrace::Value>{{0, 0.0}, {kSecond, 1.0}}));
}

TEST_F(StimulusPlayerTest, WhatTheNextSourceDoesNotSayIsNotKnownAnyMore) {
  StimulusPlayer player = Make();
  const v1::Play ecog = EcogPlay();
  v1::Play flat;
  flat.mutable_constant()->set_value("0 V");
  player.Add(RunTime(), ecog);
  player.Add(AtNanoseconds(2 * kSecond), flat);
  ASSERT_TRUE(player.RenderUntil(AtNanoseconds(3 * kSecond)));
  const auto& seizure = trace_.channels["truth.ecog.seizure"].steps;
  ASSERT_EQ(seizure.size(), 3u);
  EXPECT_EQ(seizure[2].ns, 2 * kSecond);
  EXPECT_TRUE(std::isnan(seizure[2].value));
}

class PacedStimulusTest : public testing::Test {
 protected:
  PacedStimulusTest() {
    v1::Body body;
    EXPECT_TRUE(
        LoadYamlText("rhythm: {paced: {rate: 71 bpm, ventricular_pulse: {amplitude: -3 mV, "
                     "width: 1 ms}}}",
                     "test", body));
    body_.Add(RunTime(), body);
    EXPECT_TRUE(LoadYamlText("{signal: ecg, ecg: {}}", "test", play_));
  }
  StimulusPlayer Make(PulseInjector* pulses) {
    const StimulusPort port = {"ecg", &injector_, 0, "V", 500.0, 1.28, pulses};
    return {*StimulusOutput::Create(port, trace_),
            {.seed = 1, .signal = "ecg", .unit = "V", .directory = {}, .body = &body_},
            trace_};
  }
  ScriptedInjector injector_{Duration(4'000'000)};
  ScriptedPulses pulses_;
  RecordedTrace trace_;
  BodyCourse body_;
  v1::Play play_;
};

TEST_F(PacedStimulusTest, InjectsEachPulseAtItsTimeThroughTheGainAndRecordsIt) {
  StimulusPlayer player = Make(&pulses_);
  player.Add(RunTime(), play_);
  for (int ms = 100; ms <= 5000; ms += 100) {
    ASSERT_TRUE(player.RenderUntil(AtNanoseconds(ms * 1'000'000LL)));
  }
  const auto& told = trace_.channels["truth.ecg.pacer_pulse"].steps;
  const auto& commanded = trace_.channels["commanded.ecg.pulse"].steps;
  ASSERT_GE(told.size(), 5u);
  ASSERT_EQ(pulses_.added.size(), told.size());
  ASSERT_EQ(commanded.size(), 1 + 2 * told.size());
  EXPECT_EQ(commanded[0], (RecordedTrace::Value{0, 0.0}));
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(Nanoseconds(pulses_.added[i].begin), told[i].ns);
    EXPECT_DOUBLE_EQ(pulses_.added[i].height, -1.5);
    EXPECT_EQ(commanded[1 + 2 * i], (RecordedTrace::Value{told[i].ns, -3e-3}));
    EXPECT_EQ(commanded[2 + 2 * i], (RecordedTrace::Value{told[i].ns + 1'000'000, 0.0}));
  }
}

TEST_F(PacedStimulusTest, APulseWhereTheNextSourceBeginsIsInjectedOnce) {
  // Between two updates of the injector; the pulse lies between the step and the next update.
  StimulusPlayer alone = Make(&pulses_);
  alone.Add(RunTime(), play_);
  ASSERT_TRUE(alone.RenderUntil(AtNanoseconds(2 * kSecond)));
  const RunTime pulse = pulses_.added.front().begin;
  ASSERT_NE(Nanoseconds(pulse) % 4'000'000, 0);
  pulses_.added.clear();
  StimulusPlayer player = Make(&pulses_);
  player.Add(RunTime(), play_);
  player.Add(pulse - Duration(1), play_);
  ASSERT_TRUE(player.RenderUntil(AtNanoseconds(kSecond)));
  ASSERT_EQ(pulses_.added.size(), 1u);
  EXPECT_EQ(pulses_.added.front().begin, pulse);
}

TEST_F(PacedStimulusTest, RefusesPulsesThatNothingInjects) {
  StimulusPlayer player = Make(nullptr);
  player.Add(RunTime(), play_);
  const Status rendered = player.RenderUntil(AtNanoseconds(kSecond));
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().message, "signal ecg has pulses, and its fixture injects none");
}

}  // namespace
}  // namespace rig

#include "rig/engine/stimulus.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace rig

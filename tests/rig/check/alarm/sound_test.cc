#include "rig/check/alarm/measure/sound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rig/check/alarm/alarm_trains.h"

namespace rig::check {
namespace {

using ::testing::HasSubstr;
using Priority = v1::AlarmSignalCheck;

class EveryLimitOfSoundTest : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryLimitOfSoundTest, PassesOnAHighBurstAsTheStandardHasIt) {
  const Steps steps = StepsOf(HighBurst(), 60'000);
  const auto result = JudgeSound(steps, Priority::HIGH, GetParam());
  EXPECT_EQ(result.verdict(), v1::PASS) << result.reason();
}
INSTANTIATE_TEST_SUITE_P(High, EveryLimitOfSoundTest,
                         ::testing::Values("ALM-5.count", "ALM-5.groups", "ALM-6.spacing",
                                           "ALM-6.fives_gap", "ALM-7.interval", "ALM-9.width",
                                           "priority"));

TEST(AlarmSoundTest, MeasuresTheIntervalFromTheLastPulsesEndToTheNextBurstsStart) {
  const auto result = JudgeSound(StepsOf(HighBurst(), 60'000), Priority::HIGH, "ALM-7.interval");
  EXPECT_DOUBLE_EQ(result.value().measured(), 4.0);
  EXPECT_DOUBLE_EQ(result.value().margin(), 1.5);
}

TEST(AlarmSoundTest, MeasuresSpacingFromAPulsesEndToTheNextStart) {
  const auto result = JudgeSound(StepsOf(HighBurst(), 60'000), Priority::HIGH, "ALM-6.spacing");
  EXPECT_DOUBLE_EQ(result.value().measured(), 0.1);
}

TEST(AlarmSoundTest, FailsABurstOfNinePulsesAndSaysSo) {
  PulseTrain train = HighBurst();
  train.pulse_ms.erase(train.pulse_ms.end() - 3, train.pulse_ms.end() - 1);
  const auto result = JudgeSound(StepsOf(train, 60'000), Priority::HIGH, "ALM-5.count");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("expected pulses of a burst of 10; was 9 at 3.000 s"));
}

TEST(AlarmSoundTest, FailsOneBurstAmongManyWithAMissingPulse) {
  Steps steps = StepsOf(HighBurst(), 60'000);
  // The third burst's second pulse: rise and fall are steps 2 and 3 of its 20.
  steps.erase(steps.begin() + 1 + 42, steps.begin() + 1 + 44);
  EXPECT_EQ(JudgeSound(steps, Priority::HIGH, "ALM-5.count").verdict(), v1::FAIL);
}

TEST(AlarmSoundTest, FailsTenPulsesInTheWrongGroups) {
  PulseTrain train = HighBurst();
  std::swap(train.pulse_ms[5], train.pulse_ms[7]);  // 4-1-3-2 instead of 3-2-3-2
  const auto result = JudgeSound(StepsOf(train, 60'000), Priority::HIGH, "ALM-5.groups");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("4-1-3-2"));
}

TEST(AlarmSoundTest, TakesAGlitchForAPulse) {
  Steps steps = StepsOf(HighBurst(), 60'000);
  Steps glitch;
  for (const Step& step : steps) {
    glitch.push_back(step);
    if (step.begin != 2 * Ns(3148)) continue;
    glitch.push_back({2 * Ns(3180), 1});
    glitch.push_back({2 * Ns(3181), 0});
  }
  EXPECT_EQ(JudgeSound(glitch, Priority::HIGH, "ALM-5.count").verdict(), v1::FAIL);
  EXPECT_EQ(JudgeSound(glitch, Priority::HIGH, "ALM-9.width").verdict(), v1::FAIL);
}

TEST(AlarmSoundTest, CountsNoBurstThatAnEndOfTheSpanCuts) {
  PulseTrain train = HighBurst();
  train.first_ms = -1000;  // three pulses of the first burst lie before the span
  Steps steps;
  for (const Step& step : StepsOf(train, 60'000))
    Append(steps, std::max<Position>(0, step.begin), step.value);
  const auto result = JudgeSound(steps, Priority::HIGH, "ALM-5.count", 20'000);
  EXPECT_EQ(result.verdict(), v1::PASS) << result.reason();
}

TEST(AlarmSoundTest, FailsACutBurstThatHasTooManyPulsesAlready) {
  const PulseTrain endless{{148, 100}};
  const auto result = JudgeSound(StepsOf(endless, 60'000), Priority::HIGH, "ALM-5.count");
  EXPECT_EQ(result.verdict(), v1::FAIL);
}

TEST(AlarmSoundTest, LeavesOpenWhatOneCutBurstCannotTell) {
  const auto result = JudgeSound(StepsOf(HighBurst(), 5000), Priority::HIGH, "ALM-5.count", 5000);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE) << result.reason();
}

TEST(AlarmSoundTest, LeavesTheIntervalOpenAfterASingleBurst) {
  const auto result =
      JudgeSound(StepsOf(HighBurst(), 9000), Priority::HIGH, "ALM-7.interval", 9000);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
}

TEST(AlarmSoundTest, FailsAHighAlarmThatFallsSilent) {
  const Steps steps = StepsOf(HighBurst(148, 100, 40'000), 60'000);
  const auto result = JudgeSound(steps, Priority::HIGH, "ALM-7.interval", 30'000);
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("at least"));
}

TEST(AlarmSoundTest, FailsAHighAlarmThatNeverSounds) {
  EXPECT_EQ(JudgeSound({{0, 0}}, Priority::HIGH, "ALM-7.interval").verdict(), v1::FAIL);
  EXPECT_EQ(JudgeSound({{0, 0}}, Priority::HIGH, "ALM-5.count").verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(JudgeSound({{0, 0}}, Priority::HIGH, "ALM-9.width").verdict(), v1::INCONCLUSIVE);
}

TEST(AlarmSoundTest, FailsAToneThatNeverStops) {
  const Steps steps{{0, 0}, {2 * Ns(1000), 1}};
  EXPECT_EQ(JudgeSound(steps, Priority::HIGH, "ALM-9.width").verdict(), v1::FAIL);
}

TEST(AlarmSoundTest, PassesALowBurstThatIsNotRepeated) {
  const Steps steps = StepsOf(LowBurst(200, 200, 100'000), 60'000);
  EXPECT_EQ(JudgeSound(steps, Priority::LOW, "ALM-7.interval").verdict(), v1::PASS);
  EXPECT_EQ(JudgeSound(steps, Priority::LOW, "ALM-7.interval", 10'000).verdict(), v1::INCONCLUSIVE);
}

TEST(AlarmSoundTest, FailsAMediumBurstRepeatedTooRarely) {
  const Steps steps = StepsOf(MediumBurst(200, 200, 45'000), 60'000);
  const auto result = JudgeSound(steps, Priority::MEDIUM, "ALM-7.interval");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_DOUBLE_EQ(result.value().measured(), 45.0);
}

TEST(AlarmSoundTest, LeavesAWidthOpenThatIsNearerToItsLimitThanItIsKnown) {
  const Span span{0, Ns(60'000)};
  const Steps steps = StepsOf(HighBurst(196), 60'000);
  const ObservedAlarm observed{
      .span = span,
      .sound = TrackGate(steps, span.until_ns, span, std::chrono::milliseconds(5)),
      .lamps = {}};
  const auto result =
      ResultOf(JudgeAlarm(CheckOf(Priority::HIGH), observed, v1::GUARD_BAND), "ALM-9.width");
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_DOUBLE_EQ(result.value().uncertainty(), 0.010);
}

TEST(AlarmSoundTest, LeavesEverythingOpenWhereTheChannelIsUnknown) {
  Steps steps = StepsOf(HighBurst(), 60'000);
  Append(steps, 2 * Ns(59'000), kUnknown);
  for (const char* name : {"ALM-5.count", "ALM-6.spacing", "ALM-7.interval", "priority"}) {
    EXPECT_EQ(JudgeSound(steps, Priority::HIGH, name).verdict(), v1::INCONCLUSIVE) << name;
  }
}

TEST(AlarmSoundTest, LeavesEverythingOpenWhereTheTraceEndsTooSoon) {
  const Span span{0, Ns(60'000)};
  const SoundTrack track = TrackGate(StepsOf(HighBurst(), 60'000), Ns(50'000), span, Duration(0));
  EXPECT_THAT(track.unknown, HasSubstr("the trace ends at 50.000 s"));
}

TEST(AlarmSoundTest, NeverPassesToneOrRiseOnADigitalPin) {
  const Steps steps = StepsOf(HighBurst(), 60'000);
  for (const char* name :
       {"ALM-8.fundamental", "ALM-8.harmonics", "ALM-9.rise", "ALM-9.rise_fall"}) {
    const auto result = JudgeSound(steps, Priority::HIGH, name);
    EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE) << name;
    EXPECT_THAT(result.reason(), HasSubstr("not measured")) << name;
  }
}

TEST(AlarmSoundTest, MeasuresTheFundamentalFromTheEdgesOfATone) {
  Steps edges{{0, 0}};
  for (const std::int64_t pulse_ms : {3000, 3400, 3800}) {
    for (std::int64_t i = 0; i < 160; ++i) {  // 160 half periods of 625 us: 800 Hz for 100 ms
      Append(edges, 2 * (Ns(pulse_ms) + i * 625'000), i % 2 == 0 ? 1 : 0);
    }
    Append(edges, 2 * (Ns(pulse_ms) + Ns(100)), 0);
  }
  const SoundTrack track = TrackToneEdges(edges, Ns(10'000), {0, Ns(10'000)});
  ASSERT_EQ(track.pulses.size(), 3U);
  EXPECT_DOUBLE_EQ(track.pulses[1].fundamental_hz, 800.0);
  EXPECT_EQ(track.pulses[1].time.begin_ns, Ns(3400));
  EXPECT_DOUBLE_EQ(track.uncertainty_s, 1 / 800.0);
}

TEST(InferFromSoundTest, TellsThePriorities) {
  const auto infer = [](const Steps& steps) {
    const Span span{0, Ns(60'000)};
    const SoundTrack track = TrackGate(steps, span.until_ns, span, Duration(0));
    return InferFromSound(track, GroupBursts(track, span), span).priority;
  };
  EXPECT_EQ(infer(StepsOf(HighBurst(), 60'000)), Priority::HIGH);
  EXPECT_EQ(infer(StepsOf(MediumBurst(), 60'000)), Priority::MEDIUM);
  EXPECT_EQ(infer(StepsOf(LowBurst(), 60'000)), Priority::LOW);
  EXPECT_EQ(infer({{0, 0}}), Priority::NONE);
}

}  // namespace
}  // namespace rig::check

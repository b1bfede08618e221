#include "rig/check/alarm/measure/light.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rig/check/alarm/alarm_trains.h"

namespace rig::check {
namespace {

using ::testing::HasSubstr;
using Priority = v1::AlarmSignalCheck;

const Steps kDark{{0, 0}};
const Steps kLit{{0, 1}};

TEST(AlarmLightTest, PassesARedLampAsTheStandardHasIt) {
  const std::vector<Lamp> lamps = {LampOf(LampColour::kRed, FlashSteps(250, 250, 60'000)),
                                   LampOf(LampColour::kYellow, kDark)};
  for (const char* name : {"ALM-2.colour", "ALM-2.rate", "ALM-2.duty", "priority"}) {
    const auto result = JudgeLamps(lamps, Priority::HIGH, name);
    EXPECT_EQ(result.verdict(), v1::PASS) << result.reason();
  }
}

TEST(AlarmLightTest, MeasuresRateAndDutyOfEachFlash) {
  const std::vector<Lamp> lamps = {LampOf(LampColour::kRed, FlashSteps(200, 300, 60'000))};
  EXPECT_DOUBLE_EQ(JudgeLamps(lamps, Priority::HIGH, "ALM-2.rate").value().measured(), 2.0);
  EXPECT_DOUBLE_EQ(JudgeLamps(lamps, Priority::HIGH, "ALM-2.duty").value().measured(), 0.4);
}

TEST(AlarmLightTest, FailsALampThatFlashesTooSlowly) {
  const std::vector<Lamp> lamps = {LampOf(LampColour::kRed, FlashSteps(500, 500, 60'000))};
  const auto result = JudgeLamps(lamps, Priority::HIGH, "ALM-2.rate");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("expected flash rate of 1.4 Hz to 2.8 Hz; was 1 Hz"));
  EXPECT_THAT(result.reason(), HasSubstr("0.4 Hz too little"));
}

TEST(AlarmLightTest, FailsASingleFlashThatIsMissing) {
  Steps steps = FlashSteps(250, 250, 60'000);
  steps.erase(steps.begin() + 40, steps.begin() + 42);
  const auto result = JudgeLamps({LampOf(LampColour::kRed, steps)}, Priority::HIGH, "ALM-2.rate");
  EXPECT_EQ(result.verdict(), v1::FAIL);
}

TEST(AlarmLightTest, FailsALampThatStopsFlashingBeforeTheEnd) {
  for (const double left : {0.0, 1.0}) {
    Steps steps = FlashSteps(250, 250, 50'000);
    Append(steps, 2 * Ns(50'000), left);
    const auto result = JudgeLamps({LampOf(LampColour::kRed, steps)}, Priority::HIGH, "ALM-2.rate");
    EXPECT_EQ(result.verdict(), v1::FAIL) << result.reason();
  }
}

TEST(AlarmLightTest, FailsALampThatIsSteadyOrDark) {
  for (const Steps& steps : {kDark, kLit}) {
    const auto result = JudgeLamps({LampOf(LampColour::kRed, steps)}, Priority::HIGH, "ALM-2.rate");
    EXPECT_EQ(result.verdict(), v1::FAIL) << result.reason();
  }
}

TEST(AlarmLightTest, FailsAnotherPrioritysColour) {
  const std::vector<Lamp> lamps = {LampOf(LampColour::kRed, kDark),
                                   LampOf(LampColour::kYellow, FlashSteps(250, 250, 60'000))};
  const auto result = JudgeLamps(lamps, Priority::HIGH, "ALM-2.colour");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("the yellow lamp was lit"));
}

TEST(AlarmLightTest, WantsALowPriorityLampSteady) {
  const std::vector<Lamp> steady = {LampOf(LampColour::kYellow, kDark),
                                    LampOf(LampColour::kCyan, kLit)};
  EXPECT_EQ(JudgeLamps(steady, Priority::LOW, "ALM-4.steady").verdict(), v1::PASS);
  const std::vector<Lamp> dark_once = {
      LampOf(LampColour::kCyan, {{0, 1}, {2 * Ns(30'000), 0}, {2 * Ns(30'001), 1}})};
  const auto result = JudgeLamps(dark_once, Priority::LOW, "ALM-4.steady");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("the cyan lamp went dark at 30.000 s"));
  const std::vector<Lamp> none = {LampOf(LampColour::kCyan, kDark)};
  EXPECT_EQ(JudgeLamps(none, Priority::LOW, "ALM-4.steady").verdict(), v1::FAIL);
}

TEST(AlarmLightTest, WantsNoLampWithoutAlarm) {
  EXPECT_EQ(JudgeLamps({LampOf(LampColour::kRed, kDark)}, Priority::NONE, "none.light").verdict(),
            v1::PASS);
  EXPECT_EQ(JudgeLamps({LampOf(LampColour::kRed, kLit)}, Priority::NONE, "none.light").verdict(),
            v1::FAIL);
}

TEST(AlarmLightTest, LeavesALampOpenThatIsUnknownOrNotNamed) {
  const Steps gap{{0, 0}, {2 * Ns(1000), kUnknown}, {2 * Ns(2000), 0}};
  for (const char* name : {"ALM-2.colour", "ALM-2.rate", "ALM-2.duty", "priority"}) {
    EXPECT_EQ(JudgeLamps({LampOf(LampColour::kRed, gap)}, Priority::HIGH, name).verdict(),
              v1::INCONCLUSIVE)
        << name;
  }
  EXPECT_EQ(JudgeLamps({LampOf(LampColour::kCyan, kDark)}, Priority::HIGH, "ALM-2.rate").verdict(),
            v1::INCONCLUSIVE);
}

TEST(AlarmLightTest, LeavesARateOpenThatItsUncertaintyStraddles) {
  // 2.75 Hz of 2.8 Hz: 50 mHz to spare are 6.6 ms of the period.
  Lamp lamp = LampOf(LampColour::kRed, FlashSteps(150, 214, 60'000));
  lamp.uncertainty_s = 0.006;
  EXPECT_EQ(JudgeLamps({lamp}, Priority::HIGH, "ALM-2.rate").verdict(), v1::PASS);
  lamp.uncertainty_s = 0.008;
  EXPECT_EQ(JudgeLamps({lamp}, Priority::HIGH, "ALM-2.rate").verdict(), v1::INCONCLUSIVE);
  lamp = LampOf(LampColour::kRed, FlashSteps(150, 204, 60'000));  // 25 mHz beyond
  lamp.uncertainty_s = 0.008;
  EXPECT_EQ(JudgeLamps({lamp}, Priority::HIGH, "ALM-2.rate").verdict(), v1::INCONCLUSIVE);
}

TEST(AlarmLightTest, SaysThatSoundAndLightContradictEachOther) {
  const Span span{0, Ns(60'000)};
  const ObservedAlarm observed{
      .span = span,
      .sound = TrackGate(StepsOf(MediumBurst(), 60'000), span.until_ns, span, Duration(0)),
      .lamps = {LampOf(LampColour::kRed, FlashSteps(250, 250, 60'000))}};
  const auto result =
      ResultOf(JudgeAlarm(CheckOf(Priority::HIGH), observed, v1::GUARD_BAND), "priority");
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("they contradict each other"));
}

TEST(AlarmLightTest, LetsOnlyALowPriorityBeSilent) {
  const Span span{0, Ns(60'000)};
  const auto verdict = [&](AlarmPriority priority, std::vector<Lamp> lamps) {
    const ObservedAlarm observed{.span = span,
                                 .sound = TrackGate(kDark, span.until_ns, span, Duration(0)),
                                 .lamps = std::move(lamps)};
    return ResultOf(JudgeAlarm(CheckOf(priority), observed, v1::GUARD_BAND), "priority").verdict();
  };
  EXPECT_EQ(verdict(Priority::HIGH, {LampOf(LampColour::kRed, FlashSteps(250, 250, 60'000))}),
            v1::FAIL);
  EXPECT_EQ(verdict(Priority::LOW, {LampOf(LampColour::kCyan, kLit)}), v1::PASS);
}

}  // namespace
}  // namespace rig::check

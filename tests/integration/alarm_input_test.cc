// Alarm checks that cannot be judged are refused before anything is switched on, at their place.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;

constexpr char kFormula[] =
    "formula: always[1 s, 4 s] (eventually[0 s, 500 ms] rise(device.count))";

std::string LintOf(const std::string& check) {
  const ProbeDevice device;
  device.Edit(kScenario, kFormula, check);
  const auto outcome = device.Rig("lint scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
  return outcome.out;
}

TEST(AlarmInputTest, ASoundThatIsNotWiredIsNamed) {
  const std::string out =
      LintOf("alarm_signal: {sound: bell, priority: high, from: 1 s, until: 4 s}");
  EXPECT_THAT(out, HasSubstr("count.yaml:16:27"));
  EXPECT_THAT(out, HasSubstr("signal \"bell\" is not wired"));
}

TEST(AlarmInputTest, ALampThatIsNoCapturedOutputIsNamed) {
  EXPECT_THAT(LintOf("alarm_signal: {red: ecg, priority: high, from: 1 s, until: 4 s}"),
              HasSubstr("is an analogue stimulus, not a captured output"));
}

TEST(AlarmInputTest, AnEmptySpanIsRefused) {
  EXPECT_THAT(LintOf("alarm_signal: {red: lamp, priority: high, from: 4 s, until: 4 s}"),
              HasSubstr("count.yaml:16:65: an empty span"));
}

TEST(AlarmInputTest, ASpanBeyondTheEndIsRefused) {
  EXPECT_THAT(LintOf("alarm_signal: {red: lamp, priority: high, from: 1 s, until: 50 s}"),
              HasSubstr("a span until 50 s"));
}

TEST(AlarmInputTest, AnUnknownClauseIsNamedWithThoseThereAre) {
  const std::string out =
      LintOf("alarm_signal: {red: lamp, priority: high, from: 1 s, until: 4 s, clauses: [ALM-3]}");
  EXPECT_THAT(out, HasSubstr("count.yaml:16:80: no clause \"ALM-3\" for priority high"));
  EXPECT_THAT(out, HasSubstr("ALM-2.rate"));
}

TEST(AlarmInputTest, AClauseWithoutItsSignalIsRefused) {
  EXPECT_THAT(
      LintOf("alarm_signal: {red: lamp, priority: high, from: 1 s, until: 4 s, clauses: [ALM-5]}"),
      HasSubstr("ALM-5.count needs sound"));
}

TEST(AlarmInputTest, AFaultyConditionIsToldAtItsPlace) {
  EXPECT_THAT(LintOf("alarm_episode: {condition: device.gone, alarm: device.count > 1, from: 1 s, "
                     "until: 4 s, delay: {max: 1 s}}"),
              HasSubstr("count.yaml:16:32: column 1:"));
}

TEST(AlarmInputTest, ACourseThatLooksAtNothingTheDeviceDoesIsRefused) {
  EXPECT_THAT(LintOf("alarm_episode: {condition: commanded.ecg > 0 V, alarm: commanded.ecg > 0 V, "
                     "from: 1 s, until: 4 s, delay: {max: 1 s}}"),
              HasSubstr("looks at nothing the device does"));
}

}  // namespace
}  // namespace rig

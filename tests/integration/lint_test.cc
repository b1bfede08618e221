// What `rig lint` refuses in formulas and definitions: one line with the place, before any run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kFormula[] = "always[1 s, 4 s] (eventually[0 s, 500 ms] rise(device.count))";
constexpr char kRequirements[] = "requirements.yaml";

class LintTest : public testing::Test {
 protected:
  // What lint says with another formula in the scenario, which lasts 5 s; empty if it accepts it.
  std::string Refusal(const std::string& formula) {
    device_.Edit(kScenario, formula_, formula);
    formula_ = formula;
    return Lint();
  }
  std::string Lint() const {
    const auto outcome = device_.Rig(std::string("lint ") + kScenario);
    return outcome.exit_code == 0 ? "" : outcome.out;
  }

  const ProbeDevice device_;
  std::string formula_ = kFormula;
};

TEST_F(LintTest, AcceptsWhatLooksAtTheDeviceDuringTheRun) {
  EXPECT_EQ(Refusal(kFormula), "");
  EXPECT_EQ(Refusal("always[0 s, 5 s] (observed.power > 4 V -> observed.lamp)"), "");
  EXPECT_EQ(Refusal("always (observed.lamp -> eventually[0 s, 10 s] device.reporting)"), "");
}

TEST_F(LintTest, RefusesAFormulaThatLooksBackFromRunTime0) {
  const auto refused = HasSubstr("scenarios/count.yaml:16:14: asks at run time 0 only");
  EXPECT_THAT(Refusal("historically (not observed.lamp)"), refused);
  EXPECT_THAT(Refusal("always[0 s, 0 s] observed.lamp"), refused);
}

TEST_F(LintTest, RefusesAFormulaThatNeedsALongerRun) {
  EXPECT_THAT(Refusal("always[0 s, 100 s] observed.lamp"),
              HasSubstr("count.yaml:16:14: \"always[0 s, 100 s] observed.lamp\" asks until 100 s; "
                        "expected the end at 5 s at the latest"));
  EXPECT_THAT(Refusal("eventually[50 s, end] observed.lamp"), HasSubstr("asks from 50 s"));
}

TEST_F(LintTest, RefusesAFormulaThatDependsOnNothingTheDeviceDoes) {
  const auto refused = HasSubstr("count.yaml:16:14: looks at nothing the device does");
  EXPECT_THAT(Refusal("always (observed.power > 4 V)"), refused);
  EXPECT_THAT(Refusal("always (observed.ecg > -1 V)"), refused);
  EXPECT_THAT(Refusal("always (device.reporting or true)"), refused);
}

TEST_F(LintTest, RefusesPulsesThatTheRigMakes) {
  device_.Edit(kScenario, std::string("formula: ") + kFormula,
               "pulses: {channel: observed.power, from: 0 s, to: 4 s, threshold: 1 V, "
               "width_min: 1 ms}");
  EXPECT_THAT(Lint(), HasSubstr("observed.power tells nothing the device does; expected"));
}

TEST_F(LintTest, RefusesAnIdOfTheRigsOwn) {
  device_.Edit(kScenario, "id: alive", "id: rig.reporting");
  device_.Edit(kScenario, kFormula, "always (commanded.power >= 0 V)");
  EXPECT_THAT(Lint(), HasSubstr("count.yaml:14:9: check \"rig.reporting\"; expected another id"));
}

TEST_F(LintTest, RefusesAnIdThatAPartOfAnotherCheckHas) {
  device_.Edit(kScenario, "checks:", R"(checks:
  - id: alarm
    text: It alarms.
    alarm_episode: {condition: observed.lamp, alarm: device.reporting, from: 0 s, until: 4 s,
                    delay: {max: 1 s}}
  - id: alarm.ALM-11.alarm
    text: It alarms in time.
    formula: always (observed.lamp -> device.reporting))");
  EXPECT_THAT(Lint(), HasSubstr("result \"alarm.ALM-11.alarm\" again"));
}

TEST_F(LintTest, RefusesABrokenDefinitionAtItsOwnPlaceEvenUnused) {
  device_.Edit(kRequirements, "requirements:",
               "definitions:\n  - {name: fast, formula: device.count >}\nrequirements:");
  EXPECT_THAT(Lint(), HasSubstr("requirements.yaml:3:27: column 15: the formula ends"));
  device_.Edit(kScenario, kFormula, "always fast");
  EXPECT_THAT(Lint(), HasSubstr("requirements.yaml:3:27: column 15: the formula ends"));
}

TEST_F(LintTest, LetsADefinitionNameWhatOnlyOtherScenariosHave) {
  device_.Edit(kRequirements, "requirements:",
               "definitions:\n  - {name: flat, formula: truth.ecg.asystole}\nrequirements:");
  device_.Edit(kScenario, "ecg: {}", "constant: {value: 0 mV}");
  EXPECT_EQ(Lint(), "");
}

TEST_F(LintTest, RefusesANameThatMeansSomethingElse) {
  device_.Edit(kScenario,
               "checks:", "definitions:\n  - {name: lit, formula: observed.lamp}\nchecks:");
  device_.Edit(kScenario, kFormula, "always lit");
  ASSERT_EQ(Lint(), "");
  std::string last = "name: lit";
  for (const std::string name : {"rise", "end", "min", "s", "mmHg"}) {
    device_.Edit(kScenario, last, "name: " + name);
    last = "name: " + name;
    EXPECT_THAT(Lint(), HasSubstr("count.yaml:14:12:")) << name;
  }
}

TEST_F(LintTest, RefusesAParameterThatIsADefinitionOfTheDevice) {
  device_.Edit(kRequirements,
               "requirements:", "definitions:\n  - {name: limit, formula: 500 ms}\nrequirements:");
  device_.Edit(kScenario,
               "checks:", "parameters:\n  - {name: limit, value: 2 s, low: 1 s}\nchecks:");
  device_.Edit(kScenario, "500 ms", "limit");
  EXPECT_THAT(Lint(), AllOf(HasSubstr("count.yaml:14:12:"),
                            HasSubstr("\"limit\" is defined already; expected another name")));
}

}  // namespace
}  // namespace rig

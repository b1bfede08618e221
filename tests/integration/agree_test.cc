// Two nights of one device beside each other, by the rig's own program.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;

class AgreeTest : public testing::Test {
 protected:
  AgreeTest() { EXPECT_EQ(device_.Rig("run scenarios/count.yaml --evidence left").exit_code, 0); }
  ProbeDevice::Outcome Agree(const std::string& options = "") const {
    return device_.Rig("agree left right " + options);
  }
  // On another bench: one whose injector is slower.
  void RunRight(const std::string& options = "") const {
    device_.Edit("bench/virtual.yaml", "update_rate: 500 Hz", "update_rate: 250 Hz");
    device_.Rig("run scenarios/count.yaml --evidence right " + options);
  }
  const ProbeDevice device_;
};

TEST_F(AgreeTest, AnotherBenchOfTheSameDeviceAgrees) {
  RunRight();
  const auto outcome = Agree("--html page.html --all");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("1 scenarios, 0 of them not compared: agree"));
  const std::string page = device_.Read("page.html");
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("virtual_dac"));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  const auto report = nlohmann::json::parse(Agree("--json").out);
  EXPECT_EQ(report["outcome"], "AGREES");
}

TEST_F(AgreeTest, ABenchIsNotComparedWithItself) {
  const auto outcome = device_.Rig("agree left left");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("both on one bench: "));
}

TEST_F(AgreeTest, AnotherSeedIsNotTheSameRun) {
  RunRight("--seed 2");
  const auto outcome = Agree();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("another seed: 1 and 2"));
}

TEST_F(AgreeTest, ARigErrorOnOneSideIsTold) {
  device_.Edit("bench/virtual.yaml", "virtual_capture: {channels: 1}",
               "virtual_capture: {channels: 1}\n    expect: {serial: LA-7}");
  RunRight();
  const auto outcome = Agree();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("rig error on the right"));
}

TEST_F(AgreeTest, FindsTheAllowancesBesideTheBenchAndSaysWhichAreIdle) {
  device_.Write("bench/agreement.yaml",
                "device: probe\nallowances:\n"
                "  - {check: alive, of: margin, bound: 1 V, because: none}\n");
  RunRight();
  const auto outcome = Agree();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("agreement.yaml:3:5: no difference needs 1 V of */alive"));
}

TEST_F(AgreeTest, LintRefusesAllowancesForWhatIsNotThere) {
  device_.Write("bench/agreement.yaml",
                "device: probe\nallowances:\n"
                "  - {check: alive, of: margin, bound: 1 V, because: none}\n"
                "  - {check: gone, of: margin, bound: 1 V, because: none}\n"
                "  - {check: rig.reporting, of: margin, bound: 1 V, because: none}\n"
                "  - {check: alive.gone, of: margin, bound: 1 V, because: none}\n");
  const auto outcome = device_.Rig("lint bench/agreement.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("agreement.yaml:4:5: probe has no such scenario and check"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("agreement.yaml:3")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("agreement.yaml:5")));
  EXPECT_THAT(outcome.out, HasSubstr("agreement.yaml:6:5: probe has no such scenario and check"));
}

TEST_F(AgreeTest, AFolderWithoutRunsIsARigErrorAndNoFolderIsUsage) {
  device_.Rig("run scenarios/count.yaml --evidence right");
  EXPECT_EQ(device_.Rig("agree left scenarios").exit_code, 3);
  EXPECT_EQ(device_.Rig("agree left").exit_code, 64);
  EXPECT_EQ(device_.Rig("agree left nowhere").exit_code, 64);
}

}  // namespace
}  // namespace rig

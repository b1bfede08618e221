// What is decided while a run goes, or at its end, is what a longer run says of it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "rig/controller/judge_formula.h"
#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using nlohmann::json;

// A probe whose pin sounds in every other second; that a tone has ended is known 200 ms later.
class StopAtFailTest : public testing::Test {
 protected:
  StopAtFailTest() {
    device_.Edit("bench/virtual.yaml", "pin: PB0}", "pin: PB0, tone_hold: 200 ms}");
  }
  void Check(const std::string& id, const std::string& formula) {
    device_.Edit(kScenario, "checks:\n",
                 "checks:\n  - {id: " + id + ", text: x, formula: \"" + formula + "\"}\n");
  }
  json Run(const std::string& options) {
    device_.Rig("run scenarios/count.yaml " + options);
    return json::parse(
        device_.Read(fmt::format("evidence/runs/probe.count.{:04}/record.json", ++attempts_)));
  }
  static json Result(const json& record, const std::string& id) {
    for (const json& check : record["checks"]) {
      if (check["id"] == id) return check;
    }
    return {};
  }

  const ProbeDevice device_{"-DBURSTS"};

 private:
  int attempts_ = 0;
};

// A tone of 900 ms from 2 s on, which is known to have ended 200 ms later, and failures around it.
TEST_F(StopAtFailTest, DecidesWhatTheWholeRunDecides) {
  Check("ends",
        "always[0 s, 3.9 s] (rise(observed.lamp) -> eventually[0 s, 950 ms] not observed.lamp)");
  Check("long",
        "eventually[1.5 s, 2.5 s] (rise(observed.lamp) and always[0 s, 950 ms] observed.lamp)");
  std::string before = "always[0 s, end] (observed.power < 1 V or device.count < 0)";
  Check("failing", before);
  for (const std::string from : {"0 s", "1.95 s", "2.95 s", "3.02 s", "3.2 s"}) {
    const std::string formula =
        "always[" + from + ", end] (observed.power < 1 V or device.count < 0)";
    device_.Edit(kScenario, before, formula);
    before = formula;
    const json whole = Run("");
    const json stopped = Run("--stop-at-fail");
    EXPECT_EQ(Result(stopped, "failing")["verdict"], "FAIL") << from;
    for (const json& check : stopped["checks"]) {
      if (check["verdict"] == "INCONCLUSIVE") continue;
      EXPECT_EQ(check["verdict"], Result(whole, check["id"])["verdict"]) << from << check;
    }
  }
}

TEST_F(StopAtFailTest, ARunThatReachedItsEndWasNotStopped) {
  Check("late", "always[4.99 s, end] (observed.power < 1 V or device.count < 0)");
  const json record = Run("--stop-at-fail");
  EXPECT_FALSE(record.contains("stopped"));
  EXPECT_EQ(Result(record, "late")["verdict"], "FAIL");
  EXPECT_EQ(Result(record, "rig.reporting")["verdict"], "PASS");
}

TEST_F(StopAtFailTest, LeavesMarginsInTimeToTheWholeRun) {
  Check("again", "always[2 s, end] (time_since(rise(observed.lamp)) <= 1 s)");
  const json::json_pointer known("/time/known");
  EXPECT_TRUE(Result(Run(""), "again").value(known, false));
  const json stopped = Result(Run("--stop-at-fail"), "again");
  EXPECT_EQ(stopped["verdict"], "FAIL");
  EXPECT_FALSE(stopped.value(known, false));
}

// Half a millisecond too late is within the uncertainty of the capture's times.
TEST_F(StopAtFailTest, UncertainTimesEndNoRun) {
  device_.Edit(
      "bench/virtual.yaml", "virtual_capture: {channels: 1}",
      "virtual_capture: {channels: 1}\n    calibration: {date: 2020-01-01, due: 2999-01-01, "
      "serial: CP-1, time_resolution: 10 ms}");
  Check("again",
        "always[0 s, 1 s] (rise(observed.lamp) -> eventually[1 ms, 1.8995 s] "
        "rise(observed.lamp))");
  const json record = Run("--stop-at-fail");
  EXPECT_FALSE(record.contains("stopped"));
  EXPECT_EQ(Result(record, "again")["verdict"], "INCONCLUSIVE");
}

// The tone of 900 ms ends 100 ms before the run does.
TEST_F(StopAtFailTest, ARunGoesOnUntilWhatWasOpenAtItsEndHasSettled) {
  Check("long",
        "eventually[1.5 s, 2.5 s] (rise(observed.lamp) and always[0 s, 950 ms] observed.lamp)");
  device_.Edit(kScenario, "duration: 5 s", "duration: 3 s");
  device_.Edit(kScenario, "always[1 s, 4 s]", "always[1 s, 2 s]");
  const json record = Run("");
  EXPECT_EQ(Result(record, "long")["verdict"], "FAIL");
  EXPECT_EQ(record["trace"]["end_ns"], "3000000000");
}

v1::CheckResult Judged(v1::Verdict verdict) {
  v1::CheckResult judged;
  judged.set_verdict(verdict);
  judged.set_reason("as judged");
  return judged;
}

TEST(ReconciledTest, IsAnErrorOfTheRigWhereTheTraceSaysOtherwise) {
  for (const auto& [online, offline] :
       {std::pair{v1::FAIL, v1::PASS}, {v1::FAIL, v1::INCONCLUSIVE}, {v1::PASS, v1::FAIL}}) {
    const v1::CheckResult result = Reconciled(online, "", Judged(offline));
    EXPECT_EQ(result.verdict(), v1::ERROR) << online << offline;
  }
  EXPECT_EQ(Reconciled(v1::FAIL, "at 1 s", Judged(v1::PASS)).reason(),
            "rig: online FAIL, offline PASS: as judged");
}

TEST(ReconciledTest, TakesThePremiseOfAPassFromTheTrace) {
  EXPECT_EQ(Reconciled(v1::PASS, "", Judged(v1::INCONCLUSIVE)).verdict(), v1::INCONCLUSIVE);
}

TEST(ReconciledTest, LeavesOpenWhatAStoppedRunHadNotDecided) {
  EXPECT_EQ(Reconciled({}, "at 1 s", Judged(v1::PASS)).verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(Reconciled({}, "", Judged(v1::PASS)).verdict(), v1::PASS);
  EXPECT_EQ(Reconciled(v1::PASS, "at 1 s", Judged(v1::PASS)).verdict(), v1::PASS);
}

}  // namespace
}  // namespace rig

// Retries are visible, and a scenario whose attempts disagree is no pass.

#include "rig/controller/attempts.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

v1::RunRecord Attempt(const std::string& run, v1::Verdict verdict, std::uint64_t seed = 1) {
  v1::RunRecord record;
  record.set_run(run);
  record.set_verdict(verdict);
  record.set_seed(seed);
  record.mutable_firmware()->set_sha256("f1");
  record.add_inputs()->set_sha256("i1");
  return record;
}

TEST(ConditionTest, ChangesWithEveryInput) {
  const v1::RunRecord base = Attempt("a.0001", v1::PASS);
  const auto changed = [&](const auto& change) {
    v1::RunRecord other = base;
    change(other);
    return ConditionOf(other) != ConditionOf(base);
  };
  EXPECT_TRUE(changed([](auto& r) { r.set_seed(2); }));
  EXPECT_TRUE(changed([](auto& r) { r.mutable_firmware()->set_sha256("f2"); }));
  EXPECT_TRUE(changed([](auto& r) { r.mutable_inputs(0)->set_sha256("i2"); }));
  EXPECT_TRUE(changed([](auto& r) { r.mutable_environment()->set_rig_build("b2"); }));
  EXPECT_TRUE(changed([](auto& r) { r.mutable_resolved_scenario()->set_duration(7); }));
  EXPECT_TRUE(changed([](auto& r) { r.mutable_resolved_bench()->set_title("t"); }));
  EXPECT_TRUE(changed([](auto& r) { r.add_checks()->set_id("golden"); }));
}

TEST(ConditionTest, IsTheSameForEveryAttempt) {
  v1::RunRecord again = Attempt("a.0002", v1::FAIL);
  again.set_attempt(2);
  again.set_started("2026-01-02T03:04:05Z");
  EXPECT_EQ(ConditionOf(again), ConditionOf(Attempt("a.0001", v1::PASS)));
}

TEST(DisagreementTest, NamesTheAttemptsThatCameToAnotherVerdict) {
  const v1::RunRecord last = Attempt("a.0003", v1::PASS);
  const std::vector<v1::RunRecord> earlier{Attempt("a.0002", v1::FAIL),
                                           Attempt("a.0001", v1::PASS)};
  EXPECT_EQ(Disagreement(last, earlier, {}),
            "FLAKY: attempts on the same inputs disagree: pass on a.0003, FAIL on a.0002");
  EXPECT_EQ(Disagreement(last, {Attempt("a.0001", v1::PASS)}, {"a.0001"}), "");
}

TEST(DisagreementTest, ARetryAfterARigErrorDisagreesButNotAnotherNight) {
  const v1::RunRecord last = Attempt("a.0002", v1::PASS);
  const std::vector<v1::RunRecord> earlier{Attempt("a.0001", v1::ERROR)};
  EXPECT_THAT(Disagreement(last, earlier, {"a.0001"}), HasSubstr("ERROR on a.0001"));
  EXPECT_EQ(Disagreement(last, earlier, {}), "");
}

TEST(MarkFlakyTest, LeavesNothingPassed) {
  v1::RunRecord record;
  record.set_verdict(v1::PASS);
  record.add_checks()->set_verdict(v1::PASS);
  record.add_checks()->set_verdict(v1::FAIL);
  MarkFlaky("FLAKY: why", record);
  EXPECT_EQ(record.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(record.checks(0).reason(), HasSubstr("FLAKY: why"));
  EXPECT_EQ(record.checks(0).verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(record.checks(1).verdict(), v1::FAIL);
}

class FlakyNightTest : public testing::Test {
 protected:
  std::string LastNight() const {
    std::string last;
    for (const auto& entry : fs::directory_iterator(device_.folder() / "evidence/nights")) {
      last = std::max(last, entry.path().filename().string());
    }
    return "evidence/nights/" + last;
  }
  nlohmann::json Json(const std::string& file) const {
    return nlohmann::json::parse(device_.Read(file));
  }
  // Turns the verdict of the first attempt.
  void Forge(const std::string& verdict) const {
    const std::string file = "evidence/runs/probe.count.0001/record.json";
    auto record = Json(file);
    record["verdict"] = verdict;
    device_.Write(file, record.dump());
  }
  // Leaves the night as an interruption before its run's end does.
  void Interrupt() const {
    const std::string file = LastNight() + "/night.json";
    auto night = Json(file);
    night.erase("complete");
    night["runs"][0].erase("record_sha256");
    device_.Write(file, night.dump());
  }

  const ProbeDevice device_;
};

TEST_F(FlakyNightTest, ARunThatDisagreesWithAnyEarlierOneIsNoPassEither) {
  ASSERT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
  Forge("FAIL");
  auto record = Json("evidence/runs/probe.count.0001/record.json");
  record["run"] = "probe.count.0040";
  device_.Write("evidence/runs/probe.count.0001/record.json", record.dump());
  fs::rename(device_.folder() / "evidence/runs/probe.count.0001",
             device_.folder() / "evidence/runs/probe.count.0040");
  const auto outcome = device_.Rig("run scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 2) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("FLAKY: attempts on the same inputs disagree: pass on "
                                     "probe.count.0001, FAIL on probe.count.0040"));
}

TEST_F(FlakyNightTest, ARetryThatDisagreesIsFlakyAndNoPass) {
  ASSERT_EQ(device_.Rig("nightly .").exit_code, 0);
  Forge("FAIL");
  Interrupt();
  const auto outcome = device_.Rig("nightly . --resume");
  EXPECT_EQ(outcome.exit_code, 2) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("inconclusive, FLAKY"));
  const auto night = Json(LastNight() + "/night.json");
  EXPECT_EQ(night["verdict"], "INCONCLUSIVE");
  EXPECT_EQ(night["coverage"][0]["verdict"], "INCONCLUSIVE");
  const std::string html = device_.Read(LastNight() + "/report.html");
  EXPECT_THAT(html, HasSubstr("FLAKY</span>"));
  EXPECT_THAT(html, HasSubstr("<li>probe.count.0001: "));
  const std::string junit = device_.Read(LastNight() + "/junit.xml");
  EXPECT_THAT(junit, HasSubstr("<property name=\"earlier_attempt\" value=\"probe.count.0001: "));
  EXPECT_THAT(junit,
              HasSubstr("<error type=\"inconclusive\" message=\"FLAKY: attempts on the same"));
}

TEST_F(FlakyNightTest, ARetryThatAgreesPassesAndIsSeen) {
  ASSERT_EQ(device_.Rig("nightly .").exit_code, 0);
  Interrupt();
  const auto outcome = device_.Rig("nightly . --resume");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("before: probe.count.0001"));
  EXPECT_THAT(device_.Read(LastNight() + "/report.html"), HasSubstr("attempt 2 of this night"));
}

TEST_F(FlakyNightTest, ANightThatDisagreesWithAnEarlierOneOnTheSameInputsIsFlaky) {
  ASSERT_EQ(device_.Rig("nightly .").exit_code, 0);
  Forge("FAIL");
  const auto outcome = device_.Rig("nightly .");
  EXPECT_EQ(outcome.exit_code, 2) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("FAIL on probe.count.0001"));
}

TEST_F(FlakyNightTest, OtherInputsAreNoAttemptOfTheSame) {
  ASSERT_EQ(device_.Rig("nightly .").exit_code, 0);
  Forge("FAIL");
  device_.Edit(kScenario, "seed: 1", "seed: 2");
  const auto outcome = device_.Rig("nightly .");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, Not(HasSubstr("FLAKY")));
}

}  // namespace
}  // namespace rig

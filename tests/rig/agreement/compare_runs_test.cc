#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>

#include "rig/agreement/agreement.h"
#include "tests/rig/agreement/made_record.h"

namespace rig {
namespace {

using testing::HasSubstr;
using Report = v1::AgreementReport;
using Change = std::function<void(v1::RunRecord&)>;

// Compares the made record with one that was changed.
v1::ComparedRun Compare(const Change& change, Allowances* allowances = nullptr) {
  v1::RunRecord right = OnTable(MadeRecord());
  change(right);
  Allowances none;
  return CompareRuns(MadeRecord(), right, allowances == nullptr ? none : *allowances);
}

Change SetMargin(double margin) {
  return [=](v1::RunRecord& r) { r.mutable_checks(0)->mutable_value()->set_margin(margin); };
}

TEST(CompareRunsTest, AgreesOnEqualRecords) {
  const v1::ComparedRun run = Compare([](auto&) {});
  EXPECT_EQ(run.outcome(), Report::AGREES);
  ASSERT_EQ(run.checks_size(), 1);
  EXPECT_EQ(run.checks(0).margins_size(), 2);
}

// 0.3 Hz on both sides: 0.424 Hz of their difference.
TEST(CompareRunsTest, AgreesWithinTheUncertaintyOfBothSides) {
  EXPECT_EQ(Compare(SetMargin(5.42)).outcome(), Report::AGREES);
  EXPECT_EQ(Compare(SetMargin(4.58)).outcome(), Report::AGREES);
  EXPECT_EQ(Compare(SetMargin(5.43)).outcome(), Report::UNEXPLAINED);
  EXPECT_EQ(Compare(SetMargin(4.57)).outcome(), Report::UNEXPLAINED);
}

TEST(CompareRunsTest, ComparesMarginsInTimeOnTheirOwn) {
  const auto run = Compare([](auto& r) { r.mutable_checks(0)->mutable_time()->set_margin(2.005); });
  ASSERT_EQ(run.outcome(), Report::UNEXPLAINED);
  EXPECT_EQ(run.checks(0).margins(0).outcome(), Report::AGREES);
  EXPECT_EQ(run.checks(0).margins(1).outcome(), Report::UNEXPLAINED);
  EXPECT_NEAR(run.checks(0).margins(1).difference(), 0.005, 1e-12);
}

TEST(CompareRunsTest, TakesRoundingForNoDifferenceOfExactBenches) {
  v1::RunRecord left = MadeRecord();
  left.mutable_checks(0)->mutable_value()->set_uncertainty(0);
  v1::RunRecord right = OnTable(left);
  right.mutable_checks(0)->mutable_value()->set_margin(std::nextafter(5.0, 6.0));
  Allowances none;
  EXPECT_EQ(CompareRuns(left, right, none).outcome(), Report::AGREES);
  right.mutable_checks(0)->mutable_value()->set_margin(5.000001);
  EXPECT_EQ(CompareRuns(left, right, none).outcome(), Report::UNEXPLAINED);
}

TEST(CompareRunsTest, NeverAgreesOnNumbersThatAreNone) {
  const double nan = std::nan("");
  EXPECT_EQ(Compare(SetMargin(nan)).outcome(), Report::NOT_COMPARABLE);
  EXPECT_EQ(Compare(SetMargin(std::numeric_limits<double>::infinity())).outcome(),
            Report::NOT_COMPARABLE);
  const auto uncertain = [](double u) {
    return Compare([=](auto& r) { r.mutable_checks(0)->mutable_value()->set_uncertainty(u); });
  };
  EXPECT_EQ(uncertain(nan).outcome(), Report::NOT_COMPARABLE);
  EXPECT_EQ(uncertain(-1).outcome(), Report::NOT_COMPARABLE);
  const auto limit =
      Compare([=](auto& r) { r.mutable_checks(0)->mutable_value()->set_limit(nan); });
  EXPECT_EQ(limit.outcome(), Report::NOT_COMPARABLE);
}

TEST(CompareRunsTest, TellsVerdictsThatDifferWhateverTheMargins) {
  for (const v1::Verdict verdict : {v1::INCONCLUSIVE, v1::FAIL}) {
    const auto run = Compare([=](auto& r) { r.mutable_checks(0)->set_verdict(verdict); });
    EXPECT_EQ(run.outcome(), Report::VERDICT_DIFFERS) << verdict;
  }
  // A run that is worse than its checks: flaky.
  EXPECT_EQ(Compare([](auto& r) { r.set_verdict(v1::INCONCLUSIVE); }).outcome(),
            Report::VERDICT_DIFFERS);
}

TEST(CompareRunsTest, RefusesRunsOnOtherInputs) {
  const auto note = [](const Change& change) {
    const v1::ComparedRun run = Compare(change);
    EXPECT_EQ(run.outcome(), Report::NOT_COMPARABLE);
    return run.note();
  };
  EXPECT_THAT(note([](auto& r) { r.mutable_firmware()->set_sha256("f2"); }),
              HasSubstr("another firmware: f1 and f2"));
  EXPECT_THAT(note([](auto& r) { r.mutable_scenario_file()->set_sha256("s2"); }),
              HasSubstr("another scenario file"));
  EXPECT_THAT(note([](auto& r) { r.set_seed(7); }), HasSubstr("another seed: 0 and 7"));
  EXPECT_THAT(note([](auto& r) { r.mutable_resolved_scenario()->set_duration(7); }),
              HasSubstr("another scenario"));
  EXPECT_THAT(note([](auto& r) { r.mutable_firmware()->clear_sha256(); }),
              HasSubstr("does not say"));
  EXPECT_THAT(note([](auto& r) { r.set_stopped("rate failed"); }), HasSubstr("stopped early"));
  v1::RunRecord nothing = MadeRecord();
  nothing.clear_checks();
  Allowances none;
  EXPECT_EQ(CompareRuns(nothing, OnTable(nothing), none).note(), "nothing was checked");
}

TEST(CompareRunsTest, RefusesOtherRequirementsButNotAnotherBench) {
  const auto with = [](const std::string& path, const std::string& digest) {
    v1::RunRecord record = MadeRecord();
    v1::File& file = *record.add_inputs();
    file.set_path(path);
    file.set_sha256(digest);
    return record;
  };
  Allowances none;
  const v1::RunRecord left = with("a/requirements.yaml", "r1");
  EXPECT_EQ(CompareRuns(left, OnTable(with("b/requirements.yaml", "r1")), none).outcome(),
            Report::AGREES);
  EXPECT_EQ(CompareRuns(left, OnTable(with("b/requirements.yaml", "r2")), none).note(),
            "another requirements.yaml");
  v1::RunRecord other_bench = with("bench/virtual.yaml", "b2");
  other_bench.mutable_bench_file()->set_sha256("b2");
  EXPECT_EQ(CompareRuns(with("bench/virtual.yaml", "b1"), other_bench, none).outcome(),
            Report::AGREES);
}

TEST(CompareRunsTest, ABenchDoesNotAgreeWithItself) {
  Allowances none;
  const auto run = CompareRuns(MadeRecord(), MadeRecord("probe.count.0002"), none);
  EXPECT_EQ(run.outcome(), Report::NOT_COMPARABLE);
  EXPECT_EQ(run.note(), "both on one bench: bench/virtual.yaml");
  v1::RunRecord unsaid = MadeRecord();
  unsaid.clear_bench_file();
  EXPECT_THAT(CompareRuns(unsaid, OnTable(MadeRecord()), none).note(), HasSubstr("does not say"));
}

TEST(CompareRunsTest, NeverHidesARigError) {
  const auto run = Compare([](auto& r) {
    r.set_verdict(v1::ERROR);
    r.set_error("card: unplugged");
  });
  EXPECT_EQ(run.outcome(), Report::NOT_COMPARABLE);
  EXPECT_EQ(run.note(), "rig error on the right: card: unplugged");
  v1::RunRecord both = MadeRecord();
  both.set_verdict(v1::ERROR);
  Allowances none;
  EXPECT_EQ(CompareRuns(both, OnTable(both), none).outcome(), Report::NOT_COMPARABLE);
  EXPECT_THAT(Compare([](auto& r) { r.set_state(v1::RUNNING); }).note(), HasSubstr("not ended"));
  const auto unset = Compare([](auto& r) { r.mutable_checks(0)->clear_verdict(); });
  EXPECT_EQ(unset.outcome(), Report::NOT_COMPARABLE);
}

TEST(CompareRunsTest, TellsChecksThatOneSideDoesNotHave) {
  const auto added = Compare([](auto& r) { r.add_checks()->set_id("other"); });
  ASSERT_EQ(added.outcome(), Report::MISSING);
  EXPECT_EQ(added.checks(1).note(), "missing on the left");
  const auto renamed = Compare([](auto& r) { r.mutable_checks(0)->set_id("other"); });
  EXPECT_EQ(renamed.checks(0).note(), "missing on the right");
  const auto twice = Compare([](auto& r) { *r.add_checks() = r.checks(0); });
  EXPECT_EQ(twice.outcome(), Report::MISSING);
}

TEST(CompareRunsTest, RefusesChecksThatAskForSomethingElse) {
  const auto outcome = [](const std::function<void(v1::CheckResult&)>& change) {
    return Compare([&](auto& r) { change(*r.mutable_checks(0)); }).outcome();
  };
  EXPECT_EQ(outcome([](auto& c) { c.set_text("Counts"); }), Report::NOT_COMPARABLE);
  EXPECT_EQ(outcome([](auto& c) { c.set_formula("true"); }), Report::NOT_COMPARABLE);
  v1::RunRecord guarded = MadeRecord();
  guarded.mutable_checks(0)->set_decision_rule("guard band");
  v1::RunRecord simple = OnTable(MadeRecord());
  simple.mutable_checks(0)->set_decision_rule("simple");
  Allowances none;
  EXPECT_EQ(CompareRuns(guarded, simple, none).outcome(), Report::NOT_COMPARABLE);
  EXPECT_EQ(outcome([](auto& c) { c.mutable_value()->set_unit("V"); }), Report::NOT_COMPARABLE);
  EXPECT_EQ(outcome([](auto& c) { c.mutable_value()->set_limit(9); }), Report::UNEXPLAINED);
  EXPECT_EQ(outcome([](auto& c) { c.mutable_value()->Clear(); }), Report::UNEXPLAINED);
}

}  // namespace
}  // namespace rig

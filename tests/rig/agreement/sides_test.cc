#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "rig/agreement/agreement.h"
#include "rig/record/record.h"
#include "tests/rig/agreement/made_record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Report = v1::AgreementReport;

class SidesTest : public testing::Test {
 protected:
  SidesTest() {
    std::string folder = testing::TempDir() + "sides.XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  ~SidesTest() override { fs::remove_all(folder_); }

  void Store(const std::string& evidence, const v1::RunRecord& record) const {
    const fs::path run = folder_ / evidence / "runs" / record.run();
    fs::create_directories(run);
    ASSERT_TRUE(SaveRunRecord(run, record));
  }
  Result<EvidenceSide> Side(const std::vector<std::string>& names) const {
    std::vector<std::string> folders;
    for (const std::string& name : names) folders.push_back((folder_ / name).string());
    return LoadSide(folders);
  }
  static v1::RunRecord Attempt(const std::string& run, const std::string& started,
                               v1::Verdict verdict) {
    v1::RunRecord record = MadeRecord(run);
    record.set_started(started);
    record.set_verdict(verdict);
    return record;
  }

  fs::path folder_;
};

TEST_F(SidesTest, TakesTheNewestAttemptOfAllFoldersWhateverItsVerdict) {
  Store("a", Attempt("probe.count.0001", "2026-01-01T00:00:00Z", v1::FAIL));
  Store("a", Attempt("probe.count.0002", "2026-01-02T00:00:00Z", v1::PASS));
  Store("b", Attempt("probe.count.0001", "2026-01-03T00:00:00Z", v1::ERROR));
  const auto side = Side({"b", "a"});
  ASSERT_TRUE(side);
  ASSERT_EQ(side->records.size(), 1);
  EXPECT_EQ(side->records[0].verdict(), v1::ERROR);
}

TEST_F(SidesTest, WhatNoBenchOfTheOtherSideProvidesIsNotMissedThere) {
  v1::RunRecord exact = MadeRecord("probe.exact.0001");
  exact.mutable_resolved_scenario()->add_bench_requires("exact_cut");
  v1::RunRecord there = OnTable(MadeRecord());
  Store("a", MadeRecord());
  Store("a", exact);
  Store("b", there);
  Allowances none;
  const auto report = CompareSides(*Side({"a"}), *Side({"b"}), none);
  EXPECT_EQ(report.outcome(), Report::ALLOWED);
  EXPECT_THAT(report.runs(1).note(), HasSubstr("requires exact_cut"));
  there.mutable_resolved_bench()->add_provides("exact_cut");
  Store("c", there);
  EXPECT_EQ(CompareSides(*Side({"a"}), *Side({"c"}), none).outcome(), Report::MISSING);
}

TEST_F(SidesTest, ComparesRunsOfOneScenarioAndTellsThoseWithoutAPartner) {
  Store("a", MadeRecord());
  Store("a", MadeRecord("probe.alone.0001"));
  Store("b", OnTable(MadeRecord("probe.count.0007")));
  Store("b", OnTable(MadeRecord("probe.count+mutant.0001")));
  Allowances none;
  const auto report = CompareSides(*Side({"a"}), *Side({"b"}), none);
  ASSERT_EQ(report.runs_size(), 3);
  EXPECT_EQ(report.outcome(), Report::MISSING);
  EXPECT_EQ(report.agree(), 1);
  EXPECT_EQ(report.runs(0).note(), "probe.alone is missing on the right");
  EXPECT_EQ(report.runs(1).outcome(), Report::AGREES);
  EXPECT_EQ(report.runs(2).note(), "probe.count+mutant is missing on the left");
}

TEST_F(SidesTest, EarlierAttemptsOfAnotherVerdictOnTheSameInputsAreNoAgreement) {
  Store("a", MadeRecord());
  const auto attempt = [](const std::string& run, v1::Verdict verdict) {
    return OnTable(Attempt(run, "2026-01-0" + run.substr(run.size() - 1) + "T00:00:00Z", verdict));
  };
  const auto compare = [&](const std::vector<std::string>& right) {
    Allowances none;
    return CompareSides(*Side({"a"}), *Side(right), none);
  };
  Store("b", attempt("probe.count.0005", v1::PASS));
  v1::RunRecord other = attempt("probe.count.0001", v1::FAIL);
  other.mutable_firmware()->set_sha256("f0");
  Store("b", other);
  Store("b", attempt("probe.count.0002", v1::ERROR));
  EXPECT_EQ(compare({"b"}).outcome(), Report::AGREES);
  // Wherever they are stored.
  Store("c", attempt("probe.count.0004", v1::FAIL));
  const auto report = compare({"b", "c"});
  EXPECT_EQ(report.outcome(), Report::VERDICT_DIFFERS);
  EXPECT_THAT(report.runs(0).note(), HasSubstr("right: FLAKY"));
  EXPECT_THAT(report.runs(0).note(), HasSubstr("FAIL on "));
  EXPECT_THAT(report.runs(0).note(), HasSubstr("c/runs/probe.count.0004"));
  EXPECT_EQ(report.runs(0).checks_size(), 1);
}

TEST_F(SidesTest, ARecordThatCannotBeReadIsNoAgreement) {
  Store("a", MadeRecord());
  Store("b", OnTable(MadeRecord()));
  const fs::path broken = folder_ / "b" / "runs" / "probe.other.0001";
  fs::create_directories(broken);
  std::ofstream(broken / "record.json") << "{";
  Allowances none;
  const auto report = CompareSides(*Side({"a"}), *Side({"b"}), none);
  EXPECT_EQ(report.outcome(), Report::NOT_COMPARABLE);
  ASSERT_EQ(report.right().unreadable_size(), 1);
  EXPECT_THAT(report.right().unreadable(0), HasSubstr("probe.other.0001"));
}

TEST_F(SidesTest, AFolderWithoutRunsIsAnError) {
  EXPECT_THAT(Side({"nothing"}).error().message, HasSubstr("nothing: no runs; expected"));
  fs::create_directories(folder_ / "empty" / "runs");
  EXPECT_FALSE(Side({"empty"}));
}

TEST_F(SidesTest, ComparingNothingIsNoAgreement) {
  Allowances none;
  EXPECT_EQ(CompareSides({}, {}, none).outcome(), Report::UNKNOWN);
}

TEST_F(SidesTest, TellsTheWorstOfABenchsHealth) {
  for (const double value : {0.001, 0.004, 0.002}) {
    v1::RunRecord record = MadeRecord("probe.s" + std::to_string(int(1e3 * value)) + ".0001");
    v1::HealthFinding& finding = *record.mutable_health()->add_findings();
    finding.set_fixture("card");
    finding.set_what("noise");
    finding.set_known(true);
    finding.set_value(value);
    finding.set_measured(std::to_string(value));
    finding.set_verdict(v1::PASS);
    record.mutable_health()->add_fixtures()->set_serial("RIG0001");
    Store("a", record);
  }
  const auto side = Side({"a"});
  ASSERT_EQ(side->told.health_size(), 1);
  EXPECT_EQ(side->told.health(0).checks(), 3);
  EXPECT_EQ(side->told.health(0).measured(), "0.004000");
  EXPECT_EQ(side->told.fixtures_size(), 1);
}

}  // namespace
}  // namespace rig

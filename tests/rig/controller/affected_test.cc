#include "rig/controller/affected.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "rig/bench/bench.h"
#include "rig/record/record.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AffectedTest : public testing::Test {
 protected:
  AffectedTest()
      : bench_(LoadBench(EditedFile(TestFolder(), "bench.yaml", "", "")).value().message) {}
  ~AffectedTest() override { std::filesystem::remove_all(TestFolder()); }

  // A run with one check on a counter of a motor, one on what the device says, one by a definition.
  v1::RunRecord Run(const std::string& name, const std::string& started) {
    v1::RunRecord record;
    record.set_run(name);
    record.set_state(v1::ENDED);
    record.set_started(started);
    *record.mutable_resolved_bench() = bench_;
    const std::string requirements =
        "device: small\nrequirements: [{id: A-1, text: t, source: s, kind: fixed}]\n"
        "definitions: [{name: turning, formula: rise(observed.motor)}]\n";
    v1::File& input = *record.add_inputs();
    input.set_path("requirements.yaml");
    input.set_sha256(StoreObject(TestFolder() / "evidence", requirements).value());
    for (const auto& [id, formula] :
         {std::pair("steps", "always (observed.motor < 7)"),
          std::pair("says", "device.rate < 2 Hz"),
          std::pair("turns", "always (turning -> device.rate > 0 Hz)")}) {
      v1::Check& check = *record.mutable_resolved_scenario()->add_checks();
      check.set_id(id);
      check.set_formula(formula);
      v1::CheckResult& result = *record.add_checks();
      result.set_id(id);
      result.set_formula(formula);
      result.set_verdict(v1::PASS);
    }
    return record;
  }
  void Save(const v1::RunRecord& record) {
    const auto folder = TestFolder() / "evidence/runs" / record.run();
    std::filesystem::create_directories(folder);
    ASSERT_TRUE(SaveRunRecord(folder, record));
  }
  // "run check" of what depends on it.
  std::vector<std::string> Affected(const Instrument& instrument, const std::string& since = "") {
    found_ = FindAffected((TestFolder() / "evidence").string(), instrument, since).value();
    std::vector<std::string> names;
    for (const auto& one : found_.verdicts()) names.push_back(one.run() + " " + one.check());
    return names;
  }

  v1::Bench bench_;
  v1::AffectedVerdicts found_;
};

const Instrument kInjector{"small", "injector", "C-1"};
const Instrument kCapture{"small", "capture", ""};

TEST_F(AffectedTest, OfACaptureThoseThatReadItAlsoByDefinition) {
  Save(Run("a", "2024-06-01T00:00:00Z"));
  EXPECT_THAT(Affected(kCapture), ElementsAre("a steps", "a turns"));
  EXPECT_EQ(found_.verdicts(0).why(), "reads observed.motor");
}

TEST_F(AffectedTest, OfWhatFeedsTheDeviceAllOfItsVerdicts) {
  Save(Run("a", "2024-06-01T00:00:00Z"));
  EXPECT_THAT(Affected(kInjector), ElementsAre("a steps", "a says", "a turns"));
  EXPECT_THAT(found_.verdicts(1).why(), HasSubstr("fed"));
}

TEST_F(AffectedTest, OnlySinceThatDay) {
  Save(Run("a", "2024-05-31T23:59:59Z"));
  Save(Run("b", "2024-06-01T00:00:00Z"));
  EXPECT_EQ(Affected(kInjector, "2024-06-01").size(), 3u);
  EXPECT_EQ(found_.verdicts(0).run(), "b");
  EXPECT_EQ(found_.runs(), 2u);
}

TEST_F(AffectedTest, AnotherSerialNumberIsAnotherInstrument) {
  Save(Run("a", "2024-06-01T00:00:00Z"));
  EXPECT_THAT(Affected({"small", "injector", "C-2"}), IsEmpty());
  // The same one under another name, on another bench.
  EXPECT_EQ(Affected({"rack", "dac", "C-1"}).size(), 3u);
}

TEST_F(AffectedTest, TheFixturesOwnWordCounts) {
  v1::RunRecord record = Run("a", "2024-06-01T00:00:00Z");
  v1::FixtureSeen& seen = *record.mutable_health()->add_fixtures();
  seen.set_fixture("capture");
  seen.set_serial("L-5");
  Save(record);
  EXPECT_EQ(Affected({"rack", "logic", "L-5"}).size(), 2u);
  EXPECT_THAT(Affected({"small", "capture", "L-6"}), IsEmpty());
}

TEST_F(AffectedTest, InDoubtItIsListed) {
  v1::RunRecord record = Run("a", "2024-06-01T00:00:00Z");
  record.clear_inputs();
  v1::Check& golden = *record.mutable_resolved_scenario()->add_checks();
  golden.set_id("held");
  golden.mutable_golden()->set_file("held.yaml");
  record.add_checks()->set_id("held");
  record.mutable_checks(3)->set_verdict(v1::PASS);
  Save(record);
  EXPECT_THAT(Affected(kCapture), ElementsAre("a steps", "a says", "a turns", "a held"));
  EXPECT_THAT(found_.verdicts(1).why(), HasSubstr("in doubt"));
  EXPECT_THAT(found_.verdicts(3).why(), HasSubstr("golden"));
}

TEST_F(AffectedTest, WhatCannotBeReadIsNamed) {
  std::filesystem::create_directories(TestFolder() / "evidence/runs/torn");
  std::ofstream(TestFolder() / "evidence/runs/torn/record.json") << "{\"run\":";
  EXPECT_THAT(Affected(kInjector), IsEmpty());
  ASSERT_EQ(found_.unreadable_size(), 1);
  EXPECT_THAT(found_.unreadable(0), HasSubstr("torn"));
}

TEST_F(AffectedTest, AFolderWithoutRunsIsAnErrorAndNoEmptyList) {
  const auto error = [](const char* folder) {
    const auto found = FindAffected((TestFolder() / folder).string(), kInjector, "");
    return found ? Code() : found.error().code;
  };
  EXPECT_EQ(error("elsewhere"), Code::kNotFound);
  std::filesystem::create_directories(TestFolder() / "evidence/runs");
  EXPECT_EQ(error("evidence"), Code::kNotFound);
  std::filesystem::create_directories(TestFolder() / "odd");
  std::ofstream(TestFolder() / "odd/runs") << "no folder";
  EXPECT_EQ(error("odd"), Code::kUnavailable);
}

TEST_F(AffectedTest, RigErrorsAreNoVerdicts) {
  v1::RunRecord record = Run("a", "2024-06-01T00:00:00Z");
  record.mutable_checks(0)->set_verdict(v1::ERROR);
  Save(record);
  EXPECT_EQ(Affected(kInjector).size(), 2u);
}

}  // namespace
}  // namespace rig

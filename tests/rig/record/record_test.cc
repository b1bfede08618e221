#include "rig/record/record.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "rig/base/digest.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;

std::filesystem::path FreshFolder() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / info->name();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

v1::RunRecord Example() {
  v1::RunRecord record;
  record.set_run("r1");
  record.set_verdict(v1::FAIL);
  v1::CheckResult& check = *record.add_checks();
  check.set_id("asystole_alarm");
  check.set_decided_at_ns(12'500'000'000);
  check.mutable_value()->set_margin(-0.25);
  record.mutable_trace()->set_end_ns(60'000'000'000);
  (*record.mutable_environment()->mutable_tools())["avr-gcc"] = "5.4.0";
  return record;
}

TEST(RecordTest, ReadsBackWhatWasSaved) {
  const auto folder = FreshFolder();
  ASSERT_TRUE(SaveRunRecord(folder, Example()));
  const auto loaded = LoadRunRecord(folder);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(ToJson(*loaded), ToJson(Example()));
  EXPECT_EQ(loaded->checks(0).value().margin(), -0.25);
}

TEST(RecordTest, JsonUsesTheSchemasNamesAndLeavesDefaultsOut) {
  const std::string json = ToJson(Example());
  EXPECT_THAT(json, HasSubstr("\"decided_at_ns\": \"12500000000\""));
  EXPECT_THAT(json, HasSubstr("\"verdict\": \"FAIL\""));
  EXPECT_THAT(json, Not(HasSubstr("wall_s")));
}

TEST(RecordTest, RefusesAnUnknownFieldInOneLine) {
  v1::RunRecord record;
  const Status status =
      FromJson("{\n \"run\": \"r1\",\n \"verdikt\": \"PASS\"\n}", record, "runs/r1/record.json");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kDataLoss);
  EXPECT_THAT(status.error().message, HasSubstr("runs/r1/record.json: no RunRecord: "));
  EXPECT_THAT(status.error().message, HasSubstr("verdikt"));
  EXPECT_THAT(status.error().message, Not(HasSubstr("\n")));
}

TEST(RecordTest, RefusesATruncatedRecord) {
  const auto folder = FreshFolder();
  const std::string json = ToJson(Example());
  std::ofstream(folder / "record.json") << json.substr(0, json.size() / 2);
  const auto record = LoadRunRecord(folder);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, Code::kDataLoss);
  EXPECT_EQ(LoadRunRecord(folder / "none").error().code, Code::kNotFound);
}

TEST(RecordTest, RefusesAVerdictThatIsNone) {
  v1::RunRecord record;
  EXPECT_FALSE(FromJson("{\"verdict\": \"PASSED\"}", record, "record.json"));
}

TEST(RecordTest, TextThatIsNoUtf8NeverMakesARecordThatCannotBeRead) {
  v1::RunRecord record = Example();
  record.set_error("\xff\xfe");
  const auto folder = FreshFolder();
  const Status saved = SaveRunRecord(folder, record);
  if (saved) {
    EXPECT_TRUE(LoadRunRecord(folder));
  } else {
    EXPECT_EQ(saved.error().code, Code::kInternal);
  }
}

TEST(RecordTest, StoresAnObjectOnceUnderItsDigest) {
  const auto evidence = FreshFolder();
  const std::string bytes(
      "\x7f"
      "ELF firmware",
      13);
  const auto sha256 = StoreObject(evidence, bytes);
  ASSERT_TRUE(sha256) << sha256.error().message;
  EXPECT_EQ(*sha256, Sha256Hex(bytes));
  const auto path = ObjectPath(evidence, *sha256);
  EXPECT_EQ(path, evidence / "objects" / sha256->substr(0, 2) / *sha256);
  EXPECT_EQ(ReadFile(path).value(), bytes);
  const auto written = std::filesystem::last_write_time(path);
  EXPECT_EQ(StoreObject(evidence, bytes).value(), *sha256);
  EXPECT_EQ(std::filesystem::last_write_time(path), written);
}

TEST(RecordTest, WorstOfTwoVerdicts) {
  EXPECT_EQ(Worst(v1::PASS, v1::PASS), v1::PASS);
  EXPECT_EQ(Worst(v1::PASS, v1::INCONCLUSIVE), v1::INCONCLUSIVE);
  EXPECT_EQ(Worst(v1::FAIL, v1::INCONCLUSIVE), v1::FAIL);
  EXPECT_EQ(Worst(v1::FAIL, v1::VERDICT_UNSET), v1::VERDICT_UNSET);
  EXPECT_EQ(Worst(v1::VERDICT_UNSET, v1::PASS), v1::VERDICT_UNSET);
  EXPECT_EQ(Worst(v1::ERROR, v1::VERDICT_UNSET), v1::ERROR);
}

TEST(RecordTest, VerdictsAsPeopleReadThem) {
  EXPECT_EQ(VerdictText(v1::PASS), "pass");
  EXPECT_EQ(VerdictText(v1::INCONCLUSIVE), "inconclusive");
  EXPECT_EQ(VerdictText(v1::FAIL), "FAIL");
  EXPECT_EQ(VerdictText(v1::ERROR), "ERROR");
  EXPECT_EQ(VerdictText(v1::VERDICT_UNSET), "not run");
}

}  // namespace
}  // namespace rig

#include "rig/cli/score/scored_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "rig/base/digest.h"
#include "rig/record/record.h"
#include "rig/record/trace_writer.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A folder of runs that ended well, each with a trace of one channel.
class ScoredRunTest : public testing::Test {
 protected:
  ScoredRunTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("scored_run_") + info->name());
    fs::remove_all(folder_);
  }
  ~ScoredRunTest() override { fs::remove_all(folder_); }

  fs::path Run(const std::string& name, const std::string& firmware = "f") {
    const fs::path run = folder_ / name;
    fs::remove_all(run);
    fs::create_directories(run);
    auto writer = TraceWriter::Create((run / "trace.h5").string());
    EXPECT_TRUE(writer);
    const auto id = (*writer)->Declare("device.alarm", "1", ChannelKind::kStep);
    EXPECT_TRUE((*writer)->AppendStep(*id, AtNanoseconds(0), 0));
    EXPECT_TRUE((*writer)->Close());
    v1::RunRecord record;
    record.set_state(v1::ENDED);
    record.set_verdict(v1::FAIL);
    record.mutable_bench_file()->set_sha256("b");
    record.mutable_firmware()->set_sha256(firmware);
    record.mutable_trace_file()->set_sha256(*Sha256OfFile((run / "trace.h5").string()));
    EXPECT_TRUE(SaveRunRecord(run, record));
    return run;
  }
  template <typename Change>
  std::string ErrorAfter(Change change) {
    const fs::path run = Run("run");
    auto record = LoadRunRecord(run);
    EXPECT_TRUE(record);
    change(*record);
    EXPECT_TRUE(SaveRunRecord(run, *record));
    const auto scored = OpenScoredRun(run.string(), "evidence");
    return scored ? "" : scored.error().message;
  }

  fs::path folder_;
};

TEST_F(ScoredRunTest, TakesARunThatEnded) {
  const auto run = OpenScoredRun(Run("run").string(), "evidence");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->record.verdict(), v1::FAIL);
  EXPECT_TRUE(OpenScoredRun((folder_ / "run" / "trace.h5").string(), "evidence"));
}

TEST_F(ScoredRunTest, RefusesWhatIsNoRecordOfAWholeRun) {
  EXPECT_THAT(ErrorAfter([](v1::RunRecord& r) { r.set_state(v1::RUNNING); }),
              HasSubstr("has not ended"));
  EXPECT_THAT(ErrorAfter([](v1::RunRecord& r) {
                r.set_verdict(v1::ERROR);
                r.set_error("link down");
              }),
              HasSubstr("rig error (link down)"));
  EXPECT_THAT(ErrorAfter([](v1::RunRecord& r) { r.mutable_trace_file()->set_sha256("x"); }),
              HasSubstr("is not the trace that run"));
  fs::remove(folder_ / "run" / "record.json");
  EXPECT_FALSE(OpenScoredRun((folder_ / "run").string(), "evidence"));
}

TEST_F(ScoredRunTest, PoolsNoOtherFirmwareOrBench) {
  const auto first = OpenScoredRun(Run("a").string(), "evidence");
  auto second = OpenScoredRun(Run("b").string(), "evidence");
  const auto other = OpenScoredRun(Run("c", "g").string(), "evidence");
  ASSERT_TRUE(first && second && other);
  EXPECT_TRUE(CheckOneKind(*first, *second));
  EXPECT_THAT(CheckOneKind(*first, *other).error().message, HasSubstr("ran other firmware"));
  second->record.mutable_bench_file()->set_sha256("real");
  EXPECT_THAT(CheckOneKind(*first, *second).error().message, HasSubstr("ran on another bench"));
}

}  // namespace
}  // namespace rig

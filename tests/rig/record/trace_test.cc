#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "rig/record/trace_reader.h"
#include "rig/record/trace_writer.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

RunTime Ms(std::int64_t ms) { return RunTime(milliseconds(ms)); }

// A path that is not there yet.
std::filesystem::path FreshFile() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / (std::string(info->name()) + ".h5");
  std::filesystem::remove(file);
  return file;
}

std::vector<double> Ramp(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 0.0);
  return values;
}

// An ECG of `count` samples appended `block` at a time, lamp steps and log lines.
v1::TraceIndex WriteExample(const std::filesystem::path& file, std::size_t count, std::size_t block,
                            milliseconds flush_every = milliseconds(1000)) {
  auto trace = TraceWriter::Create(file, flush_every).value();
  const auto ecg = trace->Declare("commanded.ecg", "V", ChannelKind::kSampled, milliseconds(2));
  const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
  const auto log = trace->Declare("log.device", "", ChannelKind::kText);
  const std::vector<double> values = Ramp(count);
  for (std::size_t at = 0; at < count; at += block) {
    const std::size_t size = std::min(block, count - at);
    EXPECT_TRUE(trace->AppendSamples(*ecg, std::span(values).subspan(at, size)));
    EXPECT_TRUE(trace->AdvanceTo(Ms(static_cast<std::int64_t>(at + size) * 2)));
  }
  for (int i = 0; i < 3000; ++i) EXPECT_TRUE(trace->AppendStep(*lamp, Ms(i), i % 2));
  for (int i = 0; i < 600; ++i) {
    EXPECT_TRUE(trace->AppendText(*log, Ms(i), "line " + std::to_string(i)));
  }
  EXPECT_TRUE(trace->AdvanceTo(Ms(static_cast<std::int64_t>(count) * 2 + 10'000)));
  return trace->Close().value();
}

TEST(TraceTest, GivesBackWhatWasRecorded) {
  const auto file = FreshFile();
  WriteExample(file, 40'000, 777);
  const auto trace = TraceReader::Open(file);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_THAT(trace->Names(), ElementsAre("commanded.ecg", "log.device", "observed.lamp"));
  EXPECT_EQ(trace->end(), Ms(90'000));
  const auto ecg = trace->ReadPoints("commanded.ecg").value();
  ASSERT_EQ(ecg.size(), 40'000u);
  EXPECT_EQ(ecg[39'999].t, Ms(79'998));
  EXPECT_EQ(ecg[39'999].value, 39'999.0);
  const auto lamp = trace->ReadPoints("observed.lamp").value();
  ASSERT_EQ(lamp.size(), 3000u);
  EXPECT_EQ(lamp[2999].t, Ms(2999));
  EXPECT_EQ(lamp[2999].value, 1.0);
  const auto log = trace->ReadText("log.device").value();
  ASSERT_EQ(log.size(), 600u);
  EXPECT_EQ(log[599].text, "line 599");
}

TEST(TraceTest, DescribesItsChannels) {
  const auto file = FreshFile();
  WriteExample(file, 100, 10);
  const auto trace = TraceReader::Open(file).value();
  const v1::ChannelIndex* ecg = trace.Find("commanded.ecg");
  ASSERT_NE(ecg, nullptr);
  EXPECT_EQ(ecg->unit(), "V");
  EXPECT_EQ(ecg->kind(), v1::SAMPLED);
  EXPECT_EQ(ecg->period_ns(), 2'000'000);
  EXPECT_EQ(ecg->count(), 100u);
  EXPECT_EQ(trace.Find("log.device")->unit(), "");
  EXPECT_EQ(trace.Find("observed.nothing"), nullptr);
}

TEST(TraceTest, DigestDoesNotDependOnBlocksAndFlushes) {
  const auto file = FreshFile();
  const v1::TraceIndex big = WriteExample(file, 50'000, 50'000);
  std::filesystem::remove(file);
  const v1::TraceIndex small = WriteExample(file, 50'000, 501, milliseconds(0));
  EXPECT_EQ(big.sha256().size(), 64u);
  EXPECT_EQ(big.SerializeAsString(), small.SerializeAsString());
}

TEST(TraceTest, ReaderComputesTheDigestsTheWriterGave) {
  const auto file = FreshFile();
  const v1::TraceIndex written = WriteExample(file, 20'000, 300);
  const auto read = TraceReader::Open(file).value().Index();
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->SerializeAsString(), written.SerializeAsString());
}

TEST(TraceTest, DigestIsTheOneTheReadmeDefines) {
  const auto file = FreshFile();
  auto trace = TraceWriter::Create(file).value();
  const auto lamp = trace->Declare("a", "1", ChannelKind::kStep);
  ASSERT_TRUE(trace->AppendStep(*lamp, AtNanoseconds(5), 1.0));
  ASSERT_TRUE(trace->AdvanceTo(AtNanoseconds(7)));
  const auto index = trace->Close().value();
  // Computed with Python's hashlib and struct from the definition in rig/record/README.md.
  EXPECT_EQ(index.channels(0).sha256(),
            "291ff206a97cc229c90d36d84b8950103488f7073c53127462df94a795304b2e");
  EXPECT_EQ(index.sha256(), "0dc557248eba61874a007a99ec4ef3d9258ac04993fccfe7612b037248939338");
}

TEST(TraceTest, DigestSeesOneBit) {
  const auto file = FreshFile();
  std::vector<std::string> digests;
  for (const double value : {1.0, std::nextafter(1.0, 2.0)}) {
    std::filesystem::remove(file);
    auto trace = TraceWriter::Create(file).value();
    const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
    ASSERT_TRUE(trace->AppendStep(*lamp, Ms(1), value));
    digests.push_back(trace->Close().value().sha256());
  }
  EXPECT_NE(digests[0], digests[1]);
}

TEST(TraceTest, LaterOfTwoValuesAtTheSameInstantWinsAcrossAFlush) {
  const auto file = FreshFile();
  auto trace = TraceWriter::Create(file, milliseconds(0)).value();
  const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
  ASSERT_TRUE(trace->AppendStep(*lamp, Ms(1), 0));
  ASSERT_TRUE(trace->AppendStep(*lamp, Ms(2), 1));
  ASSERT_TRUE(trace->AdvanceTo(Ms(2)));
  ASSERT_TRUE(trace->AppendStep(*lamp, Ms(2), 5));
  ASSERT_TRUE(trace->Close());
  const auto points = TraceReader::Open(file).value().ReadPoints("observed.lamp").value();
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].value, 5.0);
}

TEST(TraceTest, KeepsEveryLineOfTheSameInstant) {
  const auto file = FreshFile();
  auto trace = TraceWriter::Create(file).value();
  const auto log = trace->Declare("log.device", "", ChannelKind::kText);
  ASSERT_TRUE(trace->AppendText(*log, Ms(1), "first"));
  ASSERT_TRUE(trace->AppendText(*log, Ms(1), ""));
  ASSERT_TRUE(trace->AppendText(*log, Ms(1), "third"));
  ASSERT_TRUE(trace->Close());
  const auto lines = TraceReader::Open(file).value().ReadText("log.device").value();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1].text, "");
  EXPECT_EQ(lines[2].text, "third");
}

TEST(TraceTest, RefusesTimeThatGoesBackAndGoesOn) {
  const auto file = FreshFile();
  auto trace = TraceWriter::Create(file).value();
  const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
  ASSERT_TRUE(trace->AppendStep(*lamp, Ms(2), 1));
  const Status back = trace->AppendStep(*lamp, Ms(1), 0);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Code::kInvalidArgument);
  EXPECT_THAT(back.error().message, HasSubstr("\"observed.lamp\": time goes back"));
  EXPECT_TRUE(trace->AppendStep(*lamp, Ms(3), 0));
  EXPECT_EQ(trace->Close().value().channels(0).count(), 2u);
}

TEST(TraceTest, DeclaresAChannelOnceAndRefusesAnotherKind) {
  auto trace = TraceWriter::Create(FreshFile()).value();
  const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
  EXPECT_EQ(*trace->Declare("observed.lamp", "1", ChannelKind::kStep), *lamp);
  const auto text = trace->Declare("observed.lamp", "1", ChannelKind::kText);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kAlreadyExists);
  EXPECT_EQ(trace->Declare("observed.lamp", "V", ChannelKind::kStep).error().code,
            Code::kAlreadyExists);
}

TEST(TraceTest, RefusesNamesThatAreNoNames) {
  auto trace = TraceWriter::Create(FreshFile()).value();
  for (const char* name : {"", "a/b", ".", "..", "two words"}) {
    EXPECT_EQ(trace->Declare(name, "1", ChannelKind::kStep).error().code, Code::kInvalidArgument)
        << name;
  }
  EXPECT_EQ(trace->Declare("no_period", "V", ChannelKind::kSampled).error().code,
            Code::kInvalidArgument);
}

TEST(TraceTest, TakesChannelsDeclaredLate) {
  const auto file = FreshFile();
  auto trace = TraceWriter::Create(file, milliseconds(0)).value();
  const auto a = trace->Declare("a", "1", ChannelKind::kStep);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(trace->AppendStep(*a, Ms(i), i));
    ASSERT_TRUE(trace->AdvanceTo(Ms(i)));
    const auto late = trace->Declare("late" + std::to_string(i), "1", ChannelKind::kStep);
    ASSERT_TRUE(late) << late.error().message;
    ASSERT_TRUE(trace->AppendStep(*late, Ms(i), 1));
  }
  ASSERT_TRUE(trace->Close());
  const auto read = TraceReader::Open(file).value();
  EXPECT_EQ(read.Names().size(), 21u);
  EXPECT_EQ(read.ReadPoints("a").value().size(), 20u);
  EXPECT_EQ(read.ReadPoints("late19").value().size(), 1u);
}

TEST(TraceTest, CanBeReadWhileItIsWritten) {
  const auto file = FreshFile();
  auto writer = TraceWriter::Create(file, milliseconds(0)).value();
  const auto lamp = writer->Declare("observed.lamp", "1", ChannelKind::kStep);
  ASSERT_TRUE(writer->AppendStep(*lamp, Ms(1), 7));
  ASSERT_TRUE(writer->AdvanceTo(Ms(5)));
  const auto reader = TraceReader::Open(file);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->end(), Ms(5));
  EXPECT_EQ(reader->ReadPoints("observed.lamp").value().at(0).value, 7.0);
}

TEST(TraceTest, NeverOverwritesEvidence) {
  const auto file = FreshFile();
  WriteExample(file, 10, 10);
  const auto again = TraceWriter::Create(file);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kAlreadyExists);
}

TEST(TraceTest, StoresOneNaNForAll) {
  const auto file = FreshFile();
  std::vector<std::string> digests;
  for (const double nan : {std::numeric_limits<double>::quiet_NaN(), -std::nan("7")}) {
    std::filesystem::remove(file);
    auto trace = TraceWriter::Create(file).value();
    const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
    ASSERT_TRUE(trace->AppendStep(*lamp, Ms(1), nan));
    digests.push_back(trace->Close().value().sha256());
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST(TraceTest, HandsOverBlocksNoLongerThanAskedAndStopsWhenTold) {
  const auto file = FreshFile();
  WriteExample(file, 1000, 100);
  const auto trace = TraceReader::Open(file).value();
  std::vector<std::size_t> sizes;
  ASSERT_TRUE(trace.ForEachBlock("commanded.ecg", 300, [&](std::span<const StepPoint> block) {
    sizes.push_back(block.size());
    return true;
  }));
  EXPECT_THAT(sizes, ElementsAre(300, 300, 300, 100));
  int blocks = 0;
  ASSERT_TRUE(trace.ForEachBlock("commanded.ecg", 300,
                                 [&](std::span<const StepPoint>) { return ++blocks < 2; }));
  EXPECT_EQ(blocks, 2);
}

TEST(TraceTest, SaysWhichChannelIsMissingOrText) {
  const auto file = FreshFile();
  WriteExample(file, 10, 10);
  const auto trace = TraceReader::Open(file).value();
  const auto missing = trace.ReadPoints("observed.lampe");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("no channel \"observed.lampe\""));
  EXPECT_EQ(trace.ReadPoints("log.device").error().code, Code::kInvalidArgument);
  EXPECT_EQ(trace.ReadText("observed.lamp").error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace rig

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "rig/base/digest.h"
#include "rig/record/trace_reader.h"
#include "rig/record/trace_writer.h"

// HDF5 1.10.8 itself leaks a few hundred bytes per damaged file that it refuses to open.
extern "C" const char* __lsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libhdf5_serial";
}

namespace rig {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

RunTime Ms(std::int64_t ms) { return RunTime(milliseconds(ms)); }

std::filesystem::path FreshFile() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / (std::string(info->name()) + ".h5");
  std::filesystem::remove(file);
  return file;
}

// Runs `body` in a process of its own and returns how that ended. `body` returns the exit code.
int InChild(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

// Writes an ECG, a lamp and a log, a flush every step of 10 ms, up to `until`.
Status WriteUntil(TraceWriter& trace, std::int64_t until_ms) {
  RIG_TRY_ASSIGN(const auto ecg,
                 trace.Declare("commanded.ecg", "V", ChannelKind::kSampled, milliseconds(2)));
  RIG_TRY_ASSIGN(const auto lamp, trace.Declare("observed.lamp", "1", ChannelKind::kStep));
  RIG_TRY_ASSIGN(const auto log, trace.Declare("log.device", "", ChannelKind::kText));
  for (std::int64_t t = 0; t < until_ms; t += 10) {
    RIG_TRY(trace.AppendSamples(ecg, std::vector<double>(5, 0.5)));
    RIG_TRY(trace.AppendStep(lamp, Ms(t), static_cast<double>(t % 20)));
    RIG_TRY(trace.AppendText(log, Ms(t), "t=" + std::to_string(t)));
    RIG_TRY(trace.AdvanceTo(Ms(t + 10)));
  }
  return {};
}

TEST(TraceLossTest, EverythingFlushedOutlivesAKillOfTheWriter) {
  const auto file = FreshFile();
  const int status = InChild([&] {
    auto trace = TraceWriter::Create(file, milliseconds(0)).value();
    if (!WriteUntil(*trace, 2000)) return 1;
    return ::kill(::getpid(), SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto trace = TraceReader::Open(file);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->end(), Ms(2000));
  EXPECT_EQ(trace->ReadPoints("commanded.ecg").value().size(), 1000u);
  EXPECT_EQ(trace->ReadPoints("observed.lamp").value().size(), 200u);
  EXPECT_EQ(trace->ReadText("log.device").value().back().text, "t=1990");
  EXPECT_TRUE(trace->Index());
}

TEST(TraceLossTest, WriterKilledBeforeItsFirstFlushLeavesAnEmptyTrace) {
  const auto file = FreshFile();
  const int status = InChild([&] {
    auto trace = TraceWriter::Create(file).value();
    return ::kill(::getpid(), SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto trace = TraceReader::Open(file);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_TRUE(trace->Names().empty());
}

TEST(TraceLossTest, WriterKilledAfterALateDeclarationLosesNothingFlushed) {
  const auto file = FreshFile();
  const int status = InChild([&] {
    auto trace = TraceWriter::Create(file, milliseconds(0)).value();
    if (!WriteUntil(*trace, 1000)) return 1;
    if (!trace->Declare("device.late", "1", ChannelKind::kStep)) return 1;
    return ::kill(::getpid(), SIGKILL);
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto trace = TraceReader::Open(file);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->ReadPoints("observed.lamp").value().size(), 100u);
}

// The parent kills at moments that fall anywhere, also in the middle of a flush.
TEST(TraceLossTest, IsReadableWheneverTheWriterIsKilled) {
  const auto file = FreshFile();
  for (int round = 0; round < 40; ++round) {
    std::filesystem::remove(file);
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto trace = TraceWriter::Create(file, milliseconds(0)).value();
      if (!WriteUntil(*trace, 100)) ::_exit(1);
      if (::write(pipe_ends[1], "!", 1) != 1) ::_exit(1);
      for (std::int64_t t = 100;; ++t) {
        if (!trace->AppendStep(1, Ms(t), 1) || !trace->AdvanceTo(Ms(t))) ::_exit(1);
      }
    }
    char ready = 0;
    ASSERT_EQ(::read(pipe_ends[0], &ready, 1), 1);
    // A different amount of work each round, so that the kill falls into different places of a
    // flush.
    Sha256 work;
    for (int i = 0; i < round * 200; ++i) work.Update("some hundred nanoseconds of work");
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    const auto trace = TraceReader::Open(file);
    ASSERT_TRUE(trace) << trace.error().message;
    EXPECT_EQ(trace->ReadPoints("commanded.ecg").value().size(), 50u);
    const auto lamp = trace->ReadPoints("observed.lamp");
    ASSERT_TRUE(lamp) << lamp.error().message;
    EXPECT_GE(lamp->back().t + milliseconds(10), trace->end());
  }
}

TEST(TraceLossTest, FullDiskIsOneClearLineAndKeepsWhatWasRecorded) {
  const auto file = FreshFile();
  const int status = InChild([&] {
    auto trace = TraceWriter::Create(file).value();
    const rlimit limit{16 << 20, 16 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto ecg =
        trace->Declare("commanded.ecg", "V", ChannelKind::kSampled, milliseconds(2)).value();
    Status recorded = {};
    const std::vector<double> second(500, 1.0);
    for (int t = 1; recorded && t < 100'000; ++t) {
      recorded = trace->AppendSamples(ecg, second);
      if (recorded) recorded = trace->AdvanceTo(Ms(t * 1000));
    }
    const bool clear = !recorded && recorded.error().code == Code::kResourceExhausted &&
                       recorded.error().message == "trace: disk full: " + file.string();
    const auto closed = trace->Close();
    return clear && !closed && closed.error().message == recorded.error().message ? 7 : 1;
  });
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 7);
  const auto trace = TraceReader::Open(file);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_GT(trace->ReadPoints("commanded.ecg").value().size(), 2'000'000u);
  EXPECT_GT(trace->end(), Ms(4'000'000));
}

// The space that was reserved turns out not to be there: HDF5 itself fails to write.
TEST(TraceLossTest, WriteThatFailsInHdf5IsADiskFullToo) {
  const auto file = FreshFile();
  const int status = InChild([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    auto trace = TraceWriter::Create(file, milliseconds(0)).value();
    if (!WriteUntil(*trace, 100)) return 1;
    const auto size = static_cast<rlim_t>(std::filesystem::file_size(file));
    const rlimit limit{size + 1000, size + 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Status failed = {};
    for (std::int64_t t = 100; failed && t < 100'000; ++t) {
      failed = trace->AppendStep(1, Ms(t), 1);
    }
    const bool clear = !failed && failed.error().code == Code::kResourceExhausted &&
                       failed.error().message == "trace: disk full: " + file.string();
    return clear && !trace->Close() ? 7 : 1;
  });
  ASSERT_TRUE(WIFEXITED(status)) << WTERMSIG(status);
  ASSERT_EQ(WEXITSTATUS(status), 7);
  const auto trace = TraceReader::Open(file);
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->ReadPoints("commanded.ecg").value().size(), 50u);
}

TEST(TraceLossTest, FileThatIsNoTraceIsDataLoss) {
  const auto file = FreshFile();
  std::ofstream(file) << "not a trace, but long enough to be looked at";
  const auto trace = TraceReader::Open(file);
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().code, Code::kDataLoss);
  EXPECT_THAT(trace.error().message, HasSubstr(file.string()));
  EXPECT_EQ(TraceReader::Open(file.string() + ".absent").error().code, Code::kNotFound);
}

std::string WholeTrace(const std::filesystem::path& file) {
  auto trace = TraceWriter::Create(file).value();
  EXPECT_TRUE(WriteUntil(*trace, 500));
  EXPECT_TRUE(trace->Close());
  return ReadFile(file).value();
}

// A new file, because some file systems wait for the disk when an old one is overwritten.
void Replace(const std::filesystem::path& file, const std::string& bytes) {
  std::filesystem::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
}

// Reads everything a reader offers; true if all of it came back without an error.
bool ReadsWhole(const std::filesystem::path& file) {
  const auto trace = TraceReader::Open(file);
  if (!trace || !trace->Index()) return false;
  for (const std::string& name : trace->Names()) {
    const bool text = trace->Find(name)->kind() == v1::TEXT;
    if (text ? !trace->ReadText(name) : !trace->ReadPoints(name)) return false;
  }
  return true;
}

TEST(TraceLossTest, TruncatedFileIsAnError) {
  const auto file = FreshFile();
  const std::string whole = WholeTrace(file);
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 37) {
    Replace(file, whole.substr(0, size));
    EXPECT_FALSE(ReadsWhole(file)) << size;
  }
}

TEST(TraceLossTest, AlteredValueIsNoticed) {
  const auto file = FreshFile();
  std::string bytes = WholeTrace(file);
  const float half = 0.5f;
  const std::string_view sample(reinterpret_cast<const char*>(&half), sizeof half);
  const std::size_t at = bytes.find(std::string(sample) + std::string(sample));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 1;
  Replace(file, bytes);
  const auto index = TraceReader::Open(file).value().Index();
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code, Code::kDataLoss);
  EXPECT_THAT(index.error().message, HasSubstr("\"commanded.ecg\": damaged"));
}

TEST(TraceLossTest, DamageAnywhereIsSurvived) {
  const auto file = FreshFile();
  const std::string whole = WholeTrace(file);
  // A stride that is no multiple of any structure's size, so that every field is hit somewhere.
  const std::size_t stride = whole.size() / 1500 | 1;
  int harmless = 0;
  for (std::size_t at = 0; at < whole.size(); at += stride) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    Replace(file, bytes);
    if (ReadsWhole(file)) ++harmless;
  }
  // Unused space of chunks may change unseen; not everything is unused.
  EXPECT_LT(harmless, 1500);
}

TEST(TraceLossTest, MemoryDoesNotGrowWithTheTrace) {
  const auto file = FreshFile();
  const auto resident_pages = [] {
    std::ifstream statm("/proc/self/statm");
    long size = 0;
    long resident = 0;
    statm >> size >> resident;
    return resident;
  };
  auto trace = TraceWriter::Create(file).value();
  const auto ecg =
      trace->Declare("commanded.ecg", "V", ChannelKind::kSampled, milliseconds(2)).value();
  const auto steps = trace->Declare("observed.motor", "1", ChannelKind::kStep).value();
  const std::vector<double> block(5000, 1.0);
  long early = 0;
  for (int i = 0; i < 4000; ++i) {
    ASSERT_TRUE(trace->AppendSamples(ecg, block));
    for (int k = 0; k < 100; ++k) ASSERT_TRUE(trace->AppendStep(steps, Ms(i * 10'000 + k), k));
    ASSERT_TRUE(trace->AdvanceTo(Ms(i * 10'000 + 9'999)));
    if (i == 400) early = resident_pages();
  }
  // 18 million samples later.
  EXPECT_LT((resident_pages() - early) * 4096, 8 << 20);
  ASSERT_TRUE(trace->Close());
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace rig

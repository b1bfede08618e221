// What a stream of any length costs: this program counts what is asked of operator new.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "tests/sim_signals/every_source.h"
#include "tests/sim_signals/recorded/wfdb_files.h"

namespace {

std::size_t allocations = 0;
std::int64_t live_bytes = 0;

void* Allocate(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  ++allocations;
  live_bytes += static_cast<std::int64_t>(malloc_usable_size(memory));
  return memory;
}

void Free(void* memory) {
  if (memory != nullptr) live_bytes -= static_cast<std::int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Free(memory); }

namespace rig {
namespace {

constexpr char kBody[] =
    "rhythm: {sinus: {rate: 90 bpm, rate_sd: 5 bpm}}\nectopy: {pattern: isolated}";

// A source and the block it is rendered into, over and over.
class Stream {
 public:
  Stream(const SourceCase& source, const BodyCourse& course, const std::filesystem::path& folder,
         Duration period, std::size_t block = 1000)
      : source_(Make(source.Play(), source.Context(course, folder))),
        period_(period),
        values_(block) {
    truth_.reserve(10'000);
  }
  void RenderUntil(RunTime end) {
    for (; next_ < end; next_ += period_ * std::ssize(values_)) {
      truth_.clear();
      const Status done = source_->Render(next_, period_, values_, truth_);
      if (!done) throw std::runtime_error(done.error().message);
    }
  }

 private:
  std::unique_ptr<SignalSource> source_;
  Duration period_;
  RunTime next_;
  std::vector<double> values_;
  std::vector<TruthEvent> truth_;
};

class StreamingTest : public testing::Test {
 protected:
  StreamingTest() { WriteRecords(files_.Path(""), 3700); }
  WfdbFiles files_;
  BodyCourse course_ = CourseOf(kBody);
};

RunTime AtSeconds(std::int64_t s) { return AtNanoseconds(s * 1'000'000'000); }

// Records at another rate than their own are resampled, so that is among them.
TEST_F(StreamingTest, AsksForNoMemoryInSteadyState) {
  for (const std::int64_t hz : {250, 1000}) {
    for (const SourceCase& source : EverySourceAndArtefact()) {
      Stream stream(source, course_, files_.Path(""), Duration(1'000'000'000 / hz));
      stream.RenderUntil(AtSeconds(120));
      const std::size_t before = allocations;
      stream.RenderUntil(AtSeconds(240));
      EXPECT_EQ(allocations, before) << source.source << " at " << hz << " Hz";
    }
  }
}

TEST_F(StreamingTest, SixteenChannelsAt10KilohertzAskForNoMemory) {
  std::vector<Stream> streams;
  const auto add = [&](const std::string& source, const std::string& unit) {
    streams.emplace_back(SourceCase{"", source, unit}, course_, files_.Path(""), Duration(100'000));
  };
  for (const std::string lead :
       {"i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"}) {
    add("ecg: {lead: " + lead + "}", "V");
  }
  add("ppg: {wavelength: red}", "V");
  add("blood_pressure: {}", "Pa");
  add("impedance: {}", "ohm");
  add("capnogram: {}", "Pa");
  ASSERT_EQ(streams.size(), 16u);
  for (Stream& stream : streams) stream.RenderUntil(AtSeconds(20));
  const std::size_t before = allocations;
  for (Stream& stream : streams) stream.RenderUntil(AtSeconds(25));
  EXPECT_EQ(allocations, before);
}

TEST_F(StreamingTest, AnHourHoldsNoMoreThanTenMinutes) {
  for (const SourceCase& source : EverySourceAndArtefact()) {
    Stream stream(source, course_, files_.Path(""), Duration(20'000'000), 100);
    stream.RenderUntil(AtSeconds(600));
    const std::int64_t before = live_bytes;
    stream.RenderUntil(AtSeconds(3600));
    EXPECT_LE(live_bytes, before) << source.source;
  }
}

}  // namespace
}  // namespace rig

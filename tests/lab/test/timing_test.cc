// The card's timing is the chip's: the same whatever the host does, and an Error when the host was
// too late for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>
#include <tuple>
#include <vector>

#include "tests/lab/test/contract_bench.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using ::testing::HasSubstr;

// Twice as many threads as there are cores, that do nothing but run.
class BusyCores {
 public:
  BusyCores() {
    for (unsigned i = 0; i < 2 * std::max(1u, std::thread::hardware_concurrency()); ++i) {
      threads_.emplace_back([this] {
        while (!over_) ++turns_;
      });
    }
  }
  BusyCores(const BusyCores&) = delete;
  BusyCores& operator=(const BusyCores&) = delete;
  ~BusyCores() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> over_ = false;
  std::atomic<unsigned> turns_ = 0;
  std::vector<std::thread> threads_;
};

// Changes of the DAC's outputs, in cycles since the first.
using Changes = std::vector<std::tuple<usb::Cycle, unsigned, double>>;

void RecordStimulus(Changes& changes) {
  ContractBench bench;
  const Status opened = bench.Open(BenchSort::kLab, MakePatient);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  bench.lab->bus().Locked([&] { bench.lab->board().KeepOutputs(true); });
  SampleInjector* injector = bench.equipment->FindInjector("injector");
  PulseInjector* pulses = bench.equipment->FindPulses("injector");
  BenchClock& clock = bench.equipment->clock();
  constexpr std::size_t kChunk = 25;  // updates of 2 ms
  const Duration chunk = kChunk * injector->limits().period;
  for (RunTime t; t < RunTime(milliseconds(1500)); t += chunk) {
    const RunTime start = t + clock.lead() / chunk * chunk;
    for (unsigned channel = 0; channel < 5; ++channel) {
      std::vector<double> volts(kChunk);
      std::vector<double> actual(kChunk);
      for (std::size_t i = 0; i < kChunk; ++i) {
        const double s = Seconds(start) + 0.002 * static_cast<double>(i);
        volts[i] = 2.5 + 2 * std::sin(s * (10 + 7 * channel));
      }
      const auto written = injector->Write(channel, start, volts, actual);
      ASSERT_TRUE(written.has_value()) << written.error().message;
    }
    const Pulse pulse{.begin = start + std::chrono::microseconds(7'313),
                      .height = 0.4,
                      .width = milliseconds(1),
                      .rise = std::chrono::microseconds(20)};
    ASSERT_TRUE(pulses->AddPulse(2, pulse).has_value());
    const Status advanced = clock.AdvanceTo(t + chunk);
    ASSERT_TRUE(advanced.has_value()) << advanced.error().message;
  }
  const RunTime last(milliseconds(2500));
  const Status advanced = clock.AdvanceTo(last + clock.latency());
  ASSERT_TRUE(advanced.has_value()) << advanced.error().message;
  bench.lab->bus().Locked([&] {
    const auto& outputs = bench.lab->board().outputs();
    ASSERT_FALSE(outputs.empty());
    for (const auto& output : outputs) {
      const usb::Cycle since = output.at - outputs.front().at;
      if (usb::TimeOf(since) < last) changes.emplace_back(since, output.channel, output.volts);
    }
  });
}

TEST(CardTimingTest, IsTheSameToTheCycleOnAnIdleAndOnABusyHost) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
  Changes idle;
  ASSERT_NO_FATAL_FAILURE(RecordStimulus(idle));
  Changes busy;
  {
    const BusyCores cores;
    ASSERT_NO_FATAL_FAILURE(RecordStimulus(busy));
  }
  EXPECT_GT(idle.size(), 2000u);
  ASSERT_EQ(idle.size(), busy.size());
  for (std::size_t i = 0; i < idle.size(); ++i) ASSERT_EQ(idle[i], busy[i]) << "change " << i;
}

void BlockFor(Clock::duration time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

// What the first failing advance says.
std::string BlockTheHost(const std::function<void(v1::Card&)>& edit, Clock::duration time) {
  ContractBench bench;
  const Status opened = bench.Open(BenchSort::kLab, edit);
  if (!opened) return "not opened: " + opened.error().message;
  BenchClock& clock = bench.equipment->clock();
  Status advanced = clock.AdvanceTo(RunTime(milliseconds(300)));
  if (!advanced) return "early: " + advanced.error().message;
  BlockFor(time);
  for (int ms = 310; advanced && ms < 1500; ms += 10) {
    advanced = clock.AdvanceTo(RunTime(milliseconds(ms)));
  }
  return advanced ? "" : advanced.error().message;
}

TEST(CardTimingTest, AHostThatStoodStillForLongerThanTheLeadMakesAnError) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
  // 100 ms are ahead, and the host may be late by 900 ms: the chip's counter alone tells.
  const auto tolerant = [](v1::Card& card) {
    card.set_lead(1'000'000'000);
    card.set_late_limit(900'000'000);
  };
  const std::string starved = BlockTheHost(tolerant, milliseconds(400));
  EXPECT_THAT(starved, HasSubstr("ran out of commands"));
  EXPECT_THAT(starved, HasSubstr("fixture card"));
  // As the bench file has it, the host's own lateness is seen first.
  EXPECT_THAT(BlockTheHost({}, milliseconds(500)), HasSubstr("the clock is late"));
}

}  // namespace
}  // namespace rig

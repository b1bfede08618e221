// A chip that stands still for just as long as its counter takes to come round, close to the end of
// a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <string>

#include "fixtures/table/table_clock.h"
#include "tests/card/engine_card.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// The card's parts in real time, without USB: what is sent from `dry_from` on is held back until
// the chip has stood still for a round of the counter.
class PortThatStalls final : public MpssePort {
 public:
  PortThatStalls(EngineCard& card, RunTime dry_from)
      : card_(card), dry_from_(usb::CycleAt(dry_from)) {}

  const std::string& name() const override { return name_; }
  Status Send(std::string_view commands) override {
    queued_.emplace_back(commands);
    return {};
  }
  Status Receive(Deadline deadline, std::string& bytes, Deadline& at) override {
    do {
      Turn(bytes);
      at = Clock::now();
    } while (bytes.empty() && at < deadline);
    return {};
  }
  Status Restart() override { return {}; }

 private:
  static constexpr usb::Cycle kStep = 60;
  static constexpr usb::Cycle kRound = usb::Cycle{60} * 65'536;

  void Turn(std::string& answers) {
    const usb::Cycle now = usb::CycleAt(RunTime(Clock::now() - begun_));
    while (card_.engine.now() + kStep <= now) {
      Feed();
      card_.Step(kStep);
      answers += card_.engine.Take(1u << 16);
    }
  }

  // Held back are whole sends only: commands end with them.
  void Feed() {
    const usb::MpsseEngine& engine = card_.engine;
    if (engine.now() >= dry_from_ && fed_ == 0 && !idle_before_) idle_before_ = engine.idle();
    const bool held = idle_before_ && engine.idle() - *idle_before_ < kRound - kStep / 2;
    if (queued_.empty() || held) return;
    fed_ += card_.engine.Feed(std::string_view(queued_.front()).substr(fed_));
    if (fed_ < queued_.front().size()) return;
    queued_.pop_front();
    fed_ = 0;
  }

  EngineCard& card_;
  usb::Cycle dry_from_;
  std::optional<usb::Cycle> idle_before_;  // once it is held back
  std::deque<std::string> queued_;
  std::size_t fed_ = 0;  // of the first
  std::string name_ = "port";
  const Clock::time_point begun_ = Clock::now();
};

// Runs for 600 ms, and the safe state after that, as runs do.
Status RunWithAStallAt(RunTime dry_from) {
  EngineCard parts;
  // A busy machine is another matter: 1.5 s are ahead.
  parts.model.set_lead(Nanoseconds(RunTime(milliseconds(2000))));
  parts.model.set_late_limit(Nanoseconds(RunTime(milliseconds(500))));
  PortThatStalls port(parts, dry_from);
  Card card(parts.model, port, {&parts.dac, &parts.lines, &parts.inputs, &parts.adc});
  TableClock clock;
  clock.Use(&card, "card", milliseconds(300), std::chrono::seconds(3));
  for (int ms = 20; ms <= 600; ms += 20) RIG_TRY(clock.AdvanceTo(RunTime(milliseconds(ms))));
  return clock.AdvanceTo(RunTime(milliseconds(600)) + clock.lead() + clock.latency());
}

TEST(StandStillTest, OneRoundOfTheCounterJustBeforeTheEndIsNoticed) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated chip is slower than real time";
  const Status run = RunWithAStallAt(RunTime(milliseconds(480)));
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, Code::kDataLoss);
  EXPECT_THAT(run.error().message, testing::HasSubstr("the chip stood still"));
}

TEST(StandStillTest, AChipThatGoesOnIsNotWaitedFor) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated chip is slower than real time";
  const Status run = RunWithAStallAt(RunTime(std::chrono::seconds(60)));
  EXPECT_TRUE(run.has_value()) << run.error().message;
}

}  // namespace
}  // namespace rig

#include "rig/controller/make_safe.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fixtures/catalogue.h"

namespace rig {
namespace {

using Clock = std::chrono::steady_clock;

// Of what is measured, in volts: a load's capacitors and a converter's offset.
constexpr double kTolerance = 0.05;
// Between two attempts at everything that is not safe yet.
constexpr int kPauseMs = 50;
// Of an answer: who does not say anything to a command that switches off shall hear the next soon.
constexpr Duration kAnswerTimeout = std::chrono::seconds(1);
// What an attempt may take beyond the time in which attempts begin.
constexpr std::chrono::seconds kAttemptEnds{20};
// Of the card's stream: what kills a run may be a busy host, and a safe state is as good when late.
constexpr Duration kLateLimit = std::chrono::seconds(1);
constexpr Duration kLead = std::chrono::milliseconds(1300);

bool IsOfCard(const v1::Fixture& fixture) {
  return fixture.has_card() || fixture.has_card_dac() || fixture.has_card_lines() ||
         fixture.has_card_inputs() || fixture.has_card_adc();
}

// The bench with some of its fixtures, their wires and safe states alone.
LoadedBench PartOf(const LoadedBench& whole, const std::set<std::string>& fixtures) {
  LoadedBench part = whole;
  part.message.clear_fixtures();
  part.message.clear_wiring();
  part.message.clear_coded_outputs();
  part.message.clear_safe_state();
  std::set<std::string> signals;
  for (const v1::Fixture& fixture : whole.message.fixtures()) {
    if (!fixtures.contains(fixture.name())) continue;
    v1::Fixture* taken = part.message.add_fixtures();
    *taken = fixture;
    if (taken->has_scpi_supply()) {
      v1::ScpiSupply& supply = *taken->mutable_scpi_supply();
      supply.set_timeout(std::min<std::int64_t>(supply.timeout(), kAnswerTimeout.count()));
    }
    if (!taken->has_card()) continue;
    taken->mutable_card()->set_late_limit(kLateLimit.count());
    taken->mutable_card()->set_lead(kLead.count());
  }
  for (const v1::Wire& wire : whole.message.wiring()) {
    if (!fixtures.contains(wire.fixture())) continue;
    *part.message.add_wiring() = wire;
    signals.insert(wire.signal());
  }
  for (const v1::SafeState& safe : whole.message.safe_state()) {
    if (signals.contains(safe.signal())) *part.message.add_safe_state() = safe;
  }
  return part;
}

// Whether a reading is the safe state's.
Status Compare(const std::string& signal, double volts, double expected, std::string& seen) {
  seen += fmt::format("{}{} measured {:.3f} V", seen.empty() ? "" : ", ", signal, volts);
  const bool there = std::fabs(volts - expected) <= kTolerance;
  if (there) return {};
  return MakeError(Code::kFailedPrecondition,
                   fmt::format("{} is at {:.3f} V; expected {:.3f} V", signal, volts, expected));
}

// The ADC that reads a channel of the DAC back. Null: none does.
AnalogCapture* FindLoopBack(const v1::Bench& bench, Equipment& equipment, std::uint32_t channel) {
  for (const v1::Fixture& fixture : bench.fixtures()) {
    const auto& looped = fixture.card_adc().loop_back();
    if (std::find(looped.begin(), looped.end(), channel) == looped.end()) continue;
    return equipment.FindAnalog(fixture.name());
  }
  return nullptr;
}

Status ReadBackOne(const v1::Bench& bench, BoundBench& bound, const v1::SafeState& safe,
                   std::string& seen) {
  for (const SupplyPort& port : bound.supplies) {
    if (port.signal != safe.signal()) continue;
    RIG_TRY_ASSIGN(const double volts, port.supply->Measure());
    return Compare(safe.signal(), volts, safe.voltage(), seen);
  }
  for (const StimulusPort& port : bound.stimuli) {
    if (port.signal != safe.signal()) continue;
    AnalogCapture* loop = FindLoopBack(bench, *bound.equipment, port.channel);
    if (loop == nullptr) return {};
    std::vector<double> volts;
    RIG_TRY(loop->Drain(port.channel, volts));
    if (volts.empty()) {
      return MakeError(Code::kDataLoss, safe.signal() + ": nothing came back from its loop");
    }
    return Compare(safe.signal(), volts.back(), safe.voltage(), seen);
  }
  return {};  // a line
}

// One supply, or the card.
struct Part {
  LoadedBench bench;
  std::string instrument;  // channels of one are not spoken to at the same time
  v1::GuardedFixture report;
};

// What the threads share, for as long as one of them goes on.
struct Work {
  std::mutex mutex;  // of all but the parts' benches
  std::condition_variable ended;
  std::size_t busy = 0;  // threads
  std::vector<Part> parts;
};

Status Attempt(const LoadedBench& bench, std::string& seen) {
  RIG_TRY_ASSIGN(const auto equipment, OpenEquipment(bench.message, bench.where, 0));
  RIG_TRY_ASSIGN(BoundBench bound, BindWiring(bench, *equipment));
  RIG_TRY(EnterSafeState(bench.message, bound, equipment->clock().Now()));
  for (const v1::SafeState& safe : bench.message.safe_state()) {
    RIG_TRY(ReadBackOne(bench.message, bound, safe, seen));
  }
  return {};
}

std::vector<Part> PartsOf(const LoadedBench& bench) {
  std::vector<Part> parts;
  std::set<std::string> of_card;
  std::string card;
  const auto add = [&](const std::string& name, const std::string& instrument,
                       const std::set<std::string>& fixtures) {
    Part part{PartOf(bench, fixtures), instrument, {}};
    if (part.bench.message.safe_state().empty()) return;
    part.report.set_fixture(name);
    parts.push_back(std::move(part));
  };
  for (const v1::Fixture& fixture : bench.message.fixtures()) {
    if (fixture.has_card()) card = fixture.name();
    if (IsOfCard(fixture)) {
      of_card.insert(fixture.name());
    } else if (TraitsOf(fixture).kind == WireKind::kSupply) {
      add(fixture.name(),
          fixture.has_scpi_supply() ? fixture.scpi_supply().address() : fixture.name(),
          {fixture.name()});
    }
  }
  add(card, card, of_card);
  return parts;
}

// Whether the part is safe now.
bool TryOnce(Work& work, Part& part) {
  {
    const std::scoped_lock lock(work.mutex);
    part.report.set_attempts(part.report.attempts() + 1);
    part.report.set_seen("the attempt has not ended");
  }
  std::string seen;
  const Status done = Attempt(part.bench, seen);
  const std::scoped_lock lock(work.mutex);
  part.report.set_safe(done.has_value());
  part.report.set_seen(done ? seen : done.error().message);
  return done.has_value();
}

// One instrument's parts, one after the other, until all are safe.
void TryUntil(const std::shared_ptr<Work>& work, std::vector<std::size_t> parts,
              Clock::time_point deadline) {
  for (;;) {
    std::erase_if(parts, [&](std::size_t i) { return TryOnce(*work, work->parts[i]); });
    if (parts.empty() || Clock::now() >= deadline) break;
    poll(nullptr, 0, kPauseMs);
  }
  const std::scoped_lock lock(work->mutex);
  --work->busy;
  work->ended.notify_all();
}

}  // namespace

v1::GuardReport MakeSafe(const LoadedBench& bench, Clock::time_point deadline) {
  const auto began = Clock::now();
  const auto work = std::make_shared<Work>();
  work->parts = PartsOf(bench);
  std::map<std::string, std::vector<std::size_t>> instruments;
  for (std::size_t i = 0; i < work->parts.size(); ++i) {
    instruments[work->parts[i].instrument].push_back(i);
  }
  work->busy = instruments.size();
  for (auto& [name, parts] : instruments) {
    // Left to itself: one that is stuck in a call without a deadline must not keep the others'
    // news.
    std::thread(TryUntil, work, std::move(parts), deadline).detach();
  }
  std::unique_lock lock(work->mutex);
  work->ended.wait_until(lock, deadline + kAttemptEnds, [&] { return work->busy == 0; });
  v1::GuardReport report;
  report.set_safe(!work->parts.empty() || bench.message.safe_state().empty());
  for (const Part& part : work->parts) {
    if (!part.report.safe()) report.set_safe(false);
    *report.add_fixtures() = part.report;
  }
  report.set_took_s(std::chrono::duration<double>(Clock::now() - began).count());
  report.set_state(v1::ACTED);
  return report;
}

}  // namespace rig

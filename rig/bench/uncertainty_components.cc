#include "rig/bench/uncertainty_components.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/bench/calibration.h"

namespace rig {
namespace {

using Component = v1::UncertaintyComponent;

// A row; those of no width are left out.
template <typename Rows>
void Add(Rows& rows, std::string_view name, std::string source, Component::Distribution shape,
         double half_width, std::string_view unit, double sensitivity) {
  if (half_width == 0) return;
  Component& row = *rows.Add();
  row.set_name(std::string(name));
  row.set_source(std::move(source));
  row.set_distribution(shape);
  row.set_half_width(half_width);
  row.set_unit(std::string(unit));
  row.set_sensitivity(sensitivity);
}

// Channel's unit per volt at the pin. A gain that is none makes the channel unknown, not exact.
double PerVolt(const v1::Bench& bench, const v1::Wire& wire) {
  if (KindOf(bench, wire) == WireKind::kSupply) return 1;
  const auto gain = ParseQuantity(wire.gain());
  const bool scales = gain && gain->si != 0;
  return scales ? 1 / std::fabs(gain->si) : std::numeric_limits<double>::infinity();
}

void AddVolts(const v1::Bench& bench, const v1::Wire& wire, const v1::Fixture& fixture,
              v1::UncertaintyBudget& budget) {
  const v1::Calibration& calibration = fixture.calibration();
  const double per_volt = PerVolt(bench, wire);
  auto& rows = *budget.mutable_value();
  // A supply's channel is what is read back from it.
  const v1::CalibratedChannel* calibrated =
      FindCalibrated(fixture, wire.channel(),
                     KindOf(bench, wire) == WireKind::kSupply ? v1::CalibratedChannel::READ_BACK
                                                              : v1::CalibratedChannel::OUTPUT);
  Add(rows, "calibration",
      fmt::format("{} of {} (serial {}) of {}",
                  calibration.file().empty() ? "certificate" : calibration.file(), fixture.name(),
                  calibration.serial(), calibration.date()),
      Component::NORMAL_K2,
      calibrated == nullptr ? calibration.uncertainty() : calibrated->uncertainty(), "V", per_volt);
  Add(rows, "drift", fmt::format("{}, until due on {}", fixture.name(), calibration.due()),
      Component::RECTANGULAR, calibration.drift(), "V", per_volt);
  Add(rows, "resolution", fmt::format("half a step of {}", fixture.name()), Component::RECTANGULAR,
      TraitsOf(fixture).step_v / 2, "V", per_volt);
}

// A supply's meter alone knows the current, and its certificate how well.
void AddAmperes(const v1::Fixture& fixture, v1::UncertaintyBudget& budget) {
  const v1::Calibration& calibration = fixture.calibration();
  Add(*budget.mutable_value(), "calibration",
      fmt::format("certificate of {} (serial {}) of {}, with drift until due", fixture.name(),
                  calibration.serial(), calibration.date()),
      Component::NORMAL_K2, calibration.current_uncertainty(), "A", 1);
}

// Half of one update: the instant lies anywhere in it, and the middle is taken for it.
void AddUpdates(const v1::Fixture& fixture, v1::UncertaintyBudget& budget) {
  const FixtureTraits traits = TraitsOf(fixture);
  if (traits.kind != WireKind::kStimulus && traits.kind != WireKind::kMeasurement) return;
  Add(*budget.mutable_time(), "sampling", fmt::format("half an update of {}", fixture.name()),
      Component::RECTANGULAR, 0.5 / traits.update_rate_hz, "s", 1);
}

// The latest that the host may do or read something by itself, before the run is an Error.
Duration LateLimitOf(const v1::Bench& bench) {
  for (const v1::Fixture& fixture : bench.fixtures()) {
    if (fixture.has_card()) return Duration(fixture.card().late_limit());
  }
  return std::chrono::milliseconds(100);  // as the clock of a bench without a card
}

// A real supply is spoken to by the host, which stamps what it does and reads.
void AddHostTime(const v1::Bench& bench, const v1::Fixture& fixture,
                 v1::UncertaintyBudget& budget) {
  const FixtureTraits traits = TraitsOf(fixture);
  if (traits.is_virtual || traits.kind != WireKind::kSupply) return;
  Add(*budget.mutable_time(), "host", fmt::format("the host speaks to {}", fixture.name()),
      Component::RECTANGULAR, Seconds(LateLimitOf(bench)), "s", 1);
}

// The card that a fixture is a part of; null: of none.
const v1::Fixture* CardOf(const v1::Bench& bench, const v1::Fixture& part) {
  const std::string& name = part.has_card_inputs() ? part.card_inputs().card()
                            : part.has_card_adc()  ? part.card_adc().card()
                                                   : part.card_dac().card();
  for (const v1::Fixture& fixture : bench.fixtures()) {
    if (fixture.has_card() && fixture.name() == name) return &fixture;
  }
  return nullptr;
}

// What a device says of itself is exact; when it said so, a real link tells late.
void AddReportTime(const v1::Bench& bench, v1::UncertaintyBudget& budget) {
  budget.set_note("values exact: the device's report is what is judged");
  const v1::Wire* wire = FindWire(bench, bench.console().signal());
  const v1::Fixture* link = wire == nullptr ? nullptr : FindFixture(bench, wire->fixture());
  if (link == nullptr || !link->has_serial_port()) return;
  Add(*budget.mutable_time(), "latency", fmt::format("of {}, adapter and host", link->name()),
      Component::RECTANGULAR, 1e-9 * static_cast<double>(link->serial_port().latency()), "s", 1);
}

// Inputs are read once per frame, and what is put out or sampled may slip by one: more is an Error.
void AddFrame(const v1::Fixture& part, const v1::Fixture& card, v1::UncertaintyBudget& budget) {
  const double frame_s = 1e-9 * static_cast<double>(card.card().frame());
  const bool captures = TraitsOf(part).kind == WireKind::kCapture;
  Add(*budget.mutable_time(), captures ? "frame" : "slip",
      fmt::format("{} a frame of {}", captures ? "half" : "up to", card.name()),
      Component::RECTANGULAR, captures ? frame_s / 2 : frame_s, "s", 1);
}

void AddTimes(const v1::Bench& bench, const v1::Wire& wire, const v1::Fixture& fixture,
              v1::UncertaintyBudget& budget) {
  const v1::Calibration& calibration = fixture.calibration();
  Add(*budget.mutable_time(), "time stamps", fmt::format("half a step of {}", fixture.name()),
      Component::RECTANGULAR, 0.5e-9 * static_cast<double>(calibration.time_resolution()), "s", 1);
  Add(*budget.mutable_time(), "count interval",
      fmt::format("half of count_every of {}", wire.signal()), Component::RECTANGULAR,
      0.5e-9 * static_cast<double>(wire.count_every()), "s", 1);
  double clock = calibration.clock();
  if (const v1::Fixture* card = CardOf(bench, fixture)) {
    AddFrame(fixture, *card, budget);
    // The bench's health lets it be off by as much.
    clock = std::max(clock, card->health().clock_offset());
  }
  Add(*budget.mutable_clock(), "clock", fmt::format("tolerance of {}'s clock", fixture.name()),
      Component::RECTANGULAR, clock, "s/s", 1);
}

void AddObserved(const v1::Bench& bench, const v1::Wire& wire, const v1::Fixture& fixture,
                 bool current, v1::UncertaintyBudget& budget) {
  budget.set_unit(current ? "A" : UnitOf(bench, wire));
  if (!fixture.has_calibration()) {
    budget.set_note("exact: fixture " + fixture.name() + " is a model");
    return;
  }
  const WireKind kind = KindOf(bench, wire);
  if (current) {
    AddAmperes(fixture, budget);
  } else if (kind == WireKind::kSupply || kind == WireKind::kStimulus ||
             kind == WireKind::kMeasurement) {
    AddVolts(bench, wire, fixture, budget);
    AddUpdates(fixture, budget);
  }
  AddHostTime(bench, fixture, budget);
  AddTimes(bench, wire, fixture, budget);
}

// A code's edges are those of its lines, all of one fixture; what a step is worth the bench states.
const v1::Wire* LineOfCoded(const v1::Bench& bench, std::string_view signal) {
  for (const v1::CodedOutput& coded : bench.coded_outputs()) {
    if (coded.signal() == signal) return FindWire(bench, coded.positive());
  }
  return nullptr;
}

// The name after the prefix, up to the next dot.
std::string_view SignalIn(std::string_view channel, std::string_view prefix) {
  channel.remove_prefix(prefix.size());
  return channel.substr(0, channel.find('.'));
}

}  // namespace

v1::UncertaintyBudget UncertaintyComponents(const v1::Bench& bench, std::string_view channel) {
  v1::UncertaintyBudget budget;
  budget.set_channel(std::string(channel));
  constexpr std::string_view kObserved = "observed.", kTruth = "truth.";
  constexpr std::string_view kCommanded = "commanded.";
  if (channel.starts_with("device.")) {
    AddReportTime(bench, budget);
    return budget;
  }
  if (channel.starts_with(kCommanded)) {
    budget.set_note("values exact: known to the rig");
    const v1::Wire* wire = FindWire(bench, SignalIn(channel, kCommanded));
    const v1::Fixture* fixture = wire == nullptr ? nullptr : FindFixture(bench, wire->fixture());
    if (fixture != nullptr) AddHostTime(bench, *fixture, budget);
    return budget;
  }
  const bool observed = channel.starts_with(kObserved);
  if (!observed && !channel.starts_with(kTruth)) {
    budget.set_note("exact: known to the rig");
    return budget;
  }
  const std::string_view signal = SignalIn(channel, observed ? kObserved : kTruth);
  if (const v1::Wire* line = LineOfCoded(bench, signal)) {
    const v1::Fixture* capture = FindFixture(bench, line->fixture());
    if (capture != nullptr && capture->has_calibration()) AddTimes(bench, *line, *capture, budget);
    budget.set_unit(BenchChannels(bench)[std::string(channel)]);
    budget.set_note("values exact: a code times the step that the bench states");
    return budget;
  }
  const v1::Wire* wire = FindWire(bench, signal);
  const v1::Fixture* fixture = wire == nullptr ? nullptr : FindFixture(bench, wire->fixture());
  if (fixture == nullptr) {
    budget.set_note("exact: no fixture is behind it");
    return budget;
  }
  if (observed) {
    const bool current = wire->profile_every() > 0 && channel.ends_with(".current");
    AddObserved(bench, *wire, *fixture, current, budget);
  } else {
    AddUpdates(*fixture, budget);
    budget.set_note("values exact: made by the rig");
  }
  return budget;
}

}  // namespace rig

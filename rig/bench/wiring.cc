// What a bench file's wiring means: kinds, units, channels, and the ports of open equipment.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/bench/calibration.h"
#include "rig/calibration/record_file.h"

namespace rig {
namespace {

template <typename Port>
Port* FindPort(std::vector<Port>& ports, const std::string& signal) {
  const auto found =
      std::find_if(ports.begin(), ports.end(), [&](const Port& p) { return p.signal == signal; });
  return found == ports.end() ? nullptr : &*found;
}

// An end that the correction takes out of the fixture's reach is as good as reached when it is out
// by no more than nobody can tell. Farther out, what is asked there is refused.
void SetPinRange(const v1::PinRange& range, const v1::Fixture* fixture, StimulusPort& port) {
  const InjectorLimits limits = port.injector->limits();
  const auto asked = [&](double pin_v) { return (pin_v - port.true_offset_v) / port.true_gain; };
  port.least_v = asked(range.low());
  port.most_v = asked(range.high());
  port.slack_v = limits.resolution_v / 2;
  if (fixture != nullptr) {
    const v1::Calibration& calibration = fixture->calibration();
    port.slack_v = std::max(port.slack_v, calibration.uncertainty() + calibration.drift());
  }
  if (limits.low_v - port.least_v <= port.slack_v) {
    port.least_v = std::max(port.least_v, limits.low_v);
  }
  if (port.most_v - limits.high_v <= port.slack_v) {
    port.most_v = std::min(port.most_v, limits.high_v);
  }
}

Status BindWire(const LoadedBench& bench, const v1::Wire& wire, Equipment& equipment,
                BoundBench& bound) {
  const std::string& fixture = wire.fixture();
  switch (KindOf(bench.message, wire)) {
    case WireKind::kSupply: {
      PowerSupply* supply = equipment.FindSupply(fixture);
      if (supply == nullptr) break;
      const v1::Fixture* described = FindFixture(bench.message, fixture);
      if (described != nullptr && described->calibration().channels_size() > 0) {
        const auto of = [&](auto quantity) {
          return CorrectionOf(*described, wire.channel(), quantity);
        };
        bound.corrected.push_back(MakeCorrected(*supply, of(v1::CalibratedChannel::OUTPUT),
                                                of(v1::CalibratedChannel::READ_BACK)));
        supply = bound.corrected.back().get();
      }
      bound.supplies.push_back({wire.signal(), supply, Duration(wire.profile_every())});
      return {};
    }
    case WireKind::kStimulus: {
      SampleInjector* injector = equipment.FindInjector(fixture);
      if (injector == nullptr) break;
      RIG_TRY_ASSIGN(const PhysicalQuantity gain, ParseQuantity(wire.gain()));
      const v1::Fixture* described = FindFixture(bench.message, fixture);
      const Correction truth = described == nullptr ? Correction{}
                                                    : CorrectionOf(*described, wire.channel(),
                                                                   v1::CalibratedChannel::OUTPUT);
      StimulusPort port{wire.signal(),
                        injector,
                        wire.channel(),
                        UnitOf(bench.message, wire),
                        gain.si / truth.gain,
                        (wire.offset() - truth.offset_v) / truth.gain,
                        equipment.FindPulses(fixture),
                        truth.gain,
                        truth.offset_v};
      if (wire.has_pin_range()) {
        SetPinRange(wire.pin_range(), described, port);
      }
      bound.stimuli.push_back(std::move(port));
      return {};
    }
    case WireKind::kMeasurement: {
      AnalogCapture* capture = equipment.FindAnalog(fixture);
      if (capture == nullptr) break;
      RIG_TRY_ASSIGN(const PhysicalQuantity gain, ParseQuantity(wire.gain()));
      bound.measured.push_back({wire.signal(), capture, wire.channel(), UnitOf(bench.message, wire),
                                gain.si, wire.offset()});
      return {};
    }
    case WireKind::kNone:  // LoadBench refuses such wires: they carry no values
      break;
    case WireKind::kCapture: {
      EdgeCapture* capture = equipment.FindCapture(fixture);
      if (capture == nullptr) break;
      const auto known = std::find(bound.captures.begin(), bound.captures.end(), capture);
      const auto index = static_cast<std::size_t>(known - bound.captures.begin());
      if (known == bound.captures.end()) bound.captures.push_back(capture);
      bound.captured.push_back({wire.signal(), index, wire.channel(), Duration(wire.tone_hold()),
                                Duration(wire.count_every())});
      return {};
    }
    case WireKind::kLine: {
      LineDriver* lines = equipment.FindLines(fixture);
      if (lines == nullptr) break;
      bound.lines.push_back({wire.signal(), lines, wire.channel()});
      return {};
    }
    case WireKind::kSerial: {
      SerialLink* link = equipment.FindSerial(fixture);
      if (link == nullptr) break;
      if (wire.signal() == bench.message.console().signal()) {
        bound.console_signal = wire.signal();
        bound.console = link;
      }
      return {};
    }
  }
  return MakeError(Code::kUnimplemented,
                   fmt::format("fixture {} does not offer what its wire needs", fixture));
}

// Holds `at_pin` volts at the pin from the first update at or after `now`. A correction that leads
// just out of the fixture's range ends there.
Status HoldStimulus(StimulusPort& port, double at_pin, RunTime now) {
  const InjectorLimits limits = port.injector->limits();
  const Duration period = limits.period;
  double volts = (at_pin - port.true_offset_v) / port.true_gain;
  if (limits.Reaches(at_pin)) volts = std::clamp(volts, limits.low_v, limits.high_v);
  const std::int64_t updates = (Nanoseconds(now) + period.count() - 1) / period.count();
  double actual = 0;
  RIG_TRY_ASSIGN(const std::size_t clipped,
                 port.injector->Write(port.channel, RunTime(updates * period), std::span(&volts, 1),
                                      std::span(&actual, 1)));
  if (clipped == 0) return {};
  return MakeError(Code::kOutOfRange,
                   fmt::format("signal {} is at {}; expected its safe state {}", port.signal,
                               Display(actual, "V"), Display(at_pin, "V")));
}

Status HoldSafe(const v1::SafeState& safe, BoundBench& bound, RunTime now) {
  if (LinePort* line = FindPort(bound.lines, safe.signal())) {
    return line->driver->Set(line->channel, safe.active(), now);
  }
  if (StimulusPort* stimulus = FindPort(bound.stimuli, safe.signal())) {
    return HoldStimulus(*stimulus, safe.voltage(), now);
  }
  SupplyPort* supply = FindPort(bound.supplies, safe.signal());
  if (supply == nullptr) {
    return MakeError(Code::kNotFound,
                     fmt::format("safe state of {}: no such output", safe.signal()));
  }
  RIG_TRY(supply->supply->SetVoltage(safe.voltage()));
  return {};
}

}  // namespace

const std::string& McuOf(const v1::Board& board) {
  return board.has_avr() ? board.avr().mcu() : board.external().mcu();
}

double BrownOutOf(const v1::Board& board) {
  return board.has_avr() ? board.avr().brown_out() : board.external().brown_out();
}

double SupplyOf(const v1::Board& board) {
  constexpr double kEmulatedBoards = 5.0;
  return board.has_avr() ? kEmulatedBoards : board.external().programming_voltage();
}

const v1::Fixture* FindFixture(const v1::Bench& bench, std::string_view name) {
  for (const v1::Fixture& fixture : bench.fixtures()) {
    if (fixture.name() == name) return &fixture;
  }
  return nullptr;
}

const v1::Wire* FindWire(const v1::Bench& bench, std::string_view signal) {
  for (const v1::Wire& wire : bench.wiring()) {
    if (wire.signal() == signal) return &wire;
  }
  return nullptr;
}

WireKind KindOf(const v1::Bench& bench, const v1::Wire& wire) {
  const v1::Fixture* fixture = FindFixture(bench, wire.fixture());
  return fixture == nullptr ? WireKind::kNone : TraitsOf(*fixture).kind;
}

bool IsVirtual(const v1::Bench& bench) {
  return std::all_of(bench.fixtures().begin(), bench.fixtures().end(),
                     [](const v1::Fixture& fixture) { return TraitsOf(fixture).is_virtual; });
}

bool InjectsPulses(const v1::Bench& bench, const v1::Wire& wire) {
  const v1::Fixture* fixture = FindFixture(bench, wire.fixture());
  return fixture != nullptr && TraitsOf(*fixture).pulses;
}

std::string UnitOf(const v1::Bench& bench, const v1::Wire& wire) {
  const WireKind kind = KindOf(bench, wire);
  if (kind == WireKind::kSupply) return "V";
  if (kind != WireKind::kStimulus && kind != WireKind::kMeasurement) return "1";
  const auto volts = ParseUnit("V");
  const auto gain = ParseQuantity(wire.gain());
  if (!volts || !gain) return "1";  // LoadBench refuses such gains
  return SiUnit(volts->dimension / gain->dimension);
}

std::map<std::string, std::string> BenchChannels(const v1::Bench& bench) {
  std::map<std::string, std::string> channels;
  for (const v1::Wire& wire : bench.wiring()) {
    const WireKind kind = KindOf(bench, wire);
    if (kind == WireKind::kSerial) continue;  // text, which formulas cannot use
    const bool commanded = kind != WireKind::kCapture && kind != WireKind::kMeasurement;
    const bool observed = kind != WireKind::kLine;
    if (commanded) channels["commanded." + wire.signal()] = UnitOf(bench, wire);
    if (observed) channels["observed." + wire.signal()] = UnitOf(bench, wire);
    if (wire.profile_every() > 0) channels["observed." + wire.signal() + ".current"] = "A";
  }
  for (const v1::CodedOutput& coded : bench.coded_outputs()) {
    const auto step = ParseQuantity(coded.step());
    if (step) channels["observed." + coded.signal()] = SiUnit(step->dimension);
  }
  channels["device.reporting"] = "1";
  for (const v1::Telemetry& telemetry : bench.console().telemetry()) {
    const auto count = ParseQuantity(telemetry.count());
    if (count) channels["device." + telemetry.channel()] = SiUnit(count->dimension);
  }
  return channels;
}

namespace {

// Whether a calibration came after the one in use. A certificate tells its day alone: what was made
// on that day counts as later.
bool IsLater(const v1::CalibrationRecord& found, const v1::Calibration& in_use,
             const v1::CalibrationRecord& named) {
  if (in_use.file().empty()) return found.date() >= in_use.date();
  if (found.content_sha256() == named.content_sha256()) return false;
  return std::tuple(found.date(), found.made(), found.number()) >=
         std::tuple(named.date(), named.made(), named.number());
}

// An older correction than the one that is known would be a choice nobody sees, and what `rig
// calibrate` has found wrong must not run on under its certificate. It writes beside the bench
// file, wherever the calibration in use lies.
Status CheckIsNewest(const LoadedBench& bench, const v1::Fixture& fixture,
                     const std::string& path) {
  const v1::Calibration& in_use = fixture.calibration();
  const std::filesystem::path beside = bench.path.parent_path();
  std::set<std::filesystem::path> folders{(beside / "calibration").lexically_normal()};
  v1::CalibrationRecord named;
  if (!in_use.file().empty()) {
    const std::filesystem::path file = (beside / in_use.file()).lexically_normal();
    folders.insert(file.parent_path());
    RIG_TRY_ASSIGN(named, LoadCalibration(file));
  }
  for (const std::filesystem::path& folder : folders) {
    RIG_TRY_ASSIGN(const std::filesystem::path newest,
                   NewestCalibration(folder, fixture.name(), in_use.serial()));
    if (newest.empty()) continue;
    RIG_TRY_ASSIGN(const v1::CalibrationRecord found, LoadCalibration(newest));
    if (!IsLater(found, in_use, named)) continue;
    return MakeError(
        Code::kFailedPrecondition,
        fmt::format("{}: fixture {} (serial {}) was calibrated again: {}; expected "
                    "the bench file to name it",
                    bench.where.At(path), fixture.name(), in_use.serial(), newest.string()));
  }
  return {};
}

}  // namespace

Status CheckCalibration(const LoadedBench& bench, const std::string& today) {
  for (int i = 0; i < bench.message.fixtures_size(); ++i) {
    const v1::Fixture& fixture = bench.message.fixtures(i);
    if (!fixture.has_calibration()) {
      if (!NeedsCalibration(TraitsOf(fixture))) continue;
      return MakeError(Code::kFailedPrecondition,
                       fmt::format("{}: fixture {} is real and has no calibration",
                                   bench.where.At(fmt::format("fixtures[{}]", i)), fixture.name()));
    }
    // ISO days sort as text.
    if (!(fixture.calibration().date() <= today)) {
      return MakeError(Code::kFailedPrecondition,
                       fmt::format("{}: calibration of fixture {} is of {}, today is {}; expected "
                                   "one that has been made",
                                   bench.where.At(fmt::format("fixtures[{}].calibration", i)),
                                   fixture.name(), fixture.calibration().date(), today));
    }
    const bool in_date = today <= fixture.calibration().due();
    if (!in_date) {
      return MakeError(Code::kFailedPrecondition,
                       fmt::format("{}: calibration of fixture {} was due on {}, today is {}",
                                   bench.where.At(fmt::format("fixtures[{}].calibration.due", i)),
                                   fixture.name(), fixture.calibration().due(), today));
    }
    RIG_TRY(CheckIsNewest(bench, fixture, fmt::format("fixtures[{}].calibration", i)));
  }
  return {};
}

Result<BoundBench> BindWiring(const LoadedBench& bench, Equipment& equipment) {
  BoundBench bound{&equipment,
                   {},
                   {},
                   {},
                   {},
                   {},
                   {},
                   {},
                   "",
                   nullptr,
                   equipment.FindLoader(),
                   equipment.clock().lead(),
                   equipment.clock().latency()};
  for (int i = 0; i < bench.message.wiring_size(); ++i) {
    const Status wired = BindWire(bench, bench.message.wiring(i), equipment, bound);
    const std::string path = fmt::format("wiring[{}].fixture", i);
    if (!wired) return WithContext(wired.error(), bench.where.At(path));
  }
  for (const v1::CodedOutput& coded : bench.message.coded_outputs()) {
    RIG_TRY_ASSIGN(const PhysicalQuantity step, ParseQuantity(coded.step()));
    bound.coded.push_back({coded.signal(),
                           SiUnit(step.dimension),
                           step.si,
                           {coded.bits().begin(), coded.bits().end()},
                           coded.positive(),
                           coded.negative()});
  }
  return bound;
}

Result<BoundBench> BindBench(const LoadedBench& bench, Equipment& equipment) {
  RIG_TRY_ASSIGN(BoundBench bound, BindWiring(bench, equipment));
  if (bound.loader == nullptr) {
    return MakeError(Code::kUnimplemented,
                     bench.where.At("fixtures") + ": no fixture loads firmware; expected a loader");
  }
  return bound;
}

Status EnterSafeState(const v1::Bench& bench, BoundBench& bound, RunTime now) {
  Status first;
  BenchClock& clock = bound.equipment->clock();
  const RunTime at = now + bound.lead;
  for (const v1::SafeState& safe : bench.safe_state()) {
    const Status held = HoldSafe(safe, bound, at);
    if (!held && first) first = held;
  }
  if (at == now) return first;
  // The update that begins last is out after one period.
  Duration period{};
  for (const StimulusPort& port : bound.stimuli) {
    period = std::max(period, port.injector->limits().period);
  }
  const Status reached = clock.AdvanceTo(at + period + clock.latency());
  return first ? reached : first;
}

}  // namespace rig

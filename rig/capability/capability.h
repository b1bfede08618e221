#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/pulse.h"
#include "rig/base/result.h"
#include "rig/base/run_time.h"

// What a bench can do. One small interface per capability; a driver implements those it has.
// All are used from the run loop's thread only. Common errors: UNAVAILABLE when the fixture is
// lost, OUT_OF_RANGE when the value is outside its limits (nothing is then changed).
namespace rig {

// Advances the bench. A virtual bench computes until `t`; a real one waits until then.
class BenchClock {
 public:
  virtual ~BenchClock() = default;
  // Returns once the bench has reached `t`, never earlier than asked and never later than it says.
  // Errors: ABORTED when the board cannot go on (an emulator that met an impossible state).
  virtual Status AdvanceTo(RunTime t) = 0;
  // Where the bench is: a real one has gone on since it advanced.
  virtual RunTime Now() const = 0;
  // Whether what was due at `due` has been done in time. Errors: DEADLINE_EXCEEDED when the bench
  // has gone on for longer since than what the host does by itself may be late.
  virtual Status CheckOnTime(RunTime due) const {
    (void)due;
    return {};
  }
  // How long before its instant a stimulus or a line must be asked for. 0 where the bench computes.
  virtual Duration lead() const { return Duration(0); }
  // How long after its instant what the fixtures saw can be drained.
  virtual Duration latency() const { return Duration(0); }
};

class PowerSupply {
 public:
  virtual ~PowerSupply() = default;
  // Volts DC at the output terminals; returns the coerced set point. Cancels a ramp.
  virtual Result<double> SetVoltage(double volts) = 0;
  // Linear from the present voltage; returns the coerced target.
  virtual Result<double> Ramp(double volts, Duration over) = 0;
  // Disconnects the output at once.
  virtual Status Cut() = 0;
  // Volts at the terminals now. Errors: FAILED_PRECONDITION when the output has gone off by itself.
  virtual Result<double> Measure() = 0;
  // Amperes out of the terminals now. Errors: UNIMPLEMENTED where nothing measures them.
  virtual Result<double> MeasureCurrent() = 0;
};

struct InjectorLimits {
  double low_v;
  double high_v;
  double resolution_v;
  Duration period;  // of one update
  // Whether the output can do it within half a step. Not for what is no number.
  bool Reaches(double volts) const {
    return volts >= low_v - resolution_v / 2 && volts <= high_v + resolution_v / 2;
  }
  // Of the nearest the output can do, in steps from its low end; 0 for what is no number.
  double StepsTo(double volts) const {
    const double highest = std::floor((high_v - low_v) / resolution_v + 0.5);
    const double steps = std::floor((volts - low_v) / resolution_v + 0.5);
    return steps > 0 ? std::min(steps, highest) : 0.0;
  }
};

// Puts waveforms on analogue inputs: one value per update period, held in between.
class SampleInjector {
 public:
  virtual ~SampleInjector() = default;
  virtual InjectorLimits limits() const = 0;
  // Queues consecutive updates of a channel in volts at the pin, the first at `start`, a multiple
  // of the period and not in the past. `actual` (same size) receives what the output will be.
  // Values outside the range are put out as the nearest the output can do and counted in the
  // result. A queue that runs dry holds its last value.
  virtual Result<std::size_t> Write(std::uint32_t channel, RunTime start,
                                    std::span<const double> volts, std::span<double> actual) = 0;
};

// Adds pulses of microseconds to what an injector's channel puts out.
class PulseInjector {
 public:
  virtual ~PulseInjector() = default;
  // Adds one pulse, its height in volts at the pin, at its very begin: not in the past, and not
  // before the channel's last pulse begins to fall. What goes beyond the output's range stops
  // there, as the amplifier before the pin saturates. Errors: INVALID_ARGUMENT for another begin, a
  // channel there is not or a shape that is none; RESOURCE_EXHAUSTED when too many are queued.
  virtual Status AddPulse(std::uint32_t channel, const Pulse& pulse) = 0;
};

// Drives a digital input of the board. Active, not high: the wire says which level that is.
class LineDriver {
 public:
  virtual ~LineDriver() = default;
  // Changes the line at run time `at`: the clock's lead from now, or later; calls for a channel in
  // the order of their times. Errors: INVALID_ARGUMENT for a channel that is not wired or a time
  // that has passed.
  virtual Status Set(std::uint32_t channel, bool active, RunTime at) = 0;
};

struct Edge {
  std::uint32_t channel;
  RunTime t;
  bool active;
};

// Timestamps changes of the board's digital outputs.
class EdgeCapture {
 public:
  virtual ~EdgeCapture() = default;
  // Appends what was captured since the last call, in time order. Levels at run time 0 come as
  // edges at 0. Errors: DATA_LOSS when captures were dropped.
  virtual Status Drain(std::vector<Edge>& edges) = 0;
};

// Samples analogue voltages at a rate of its own, from run time 0 on.
class AnalogCapture {
 public:
  virtual ~AnalogCapture() = default;
  virtual Duration period() const = 0;
  // Appends a channel's samples since the last call, one per period, in volts at the pin; the very
  // first is of run time 0. Errors: INVALID_ARGUMENT for a channel that is not wired; DATA_LOSS
  // when samples were dropped.
  virtual Status Drain(std::uint32_t channel, std::vector<double>& volts) = 0;
};

struct SerialByte {
  RunTime t;
  std::uint8_t byte;
};

class SerialLink {
 public:
  virtual ~SerialLink() = default;
  // Queues bytes to the board; they arrive at the link's rate.
  virtual Status Send(std::string_view bytes) = 0;
  // Appends what the board sent since the last call.
  virtual Status Drain(std::vector<SerialByte>& bytes) = 0;
};

// How far a loader is with what it does. `done` of `all`: bytes, or parts of a hundred from a
// programmer that tells no more.
struct LoaderProgress {
  std::string_view step;  // "erase", "write", "read"
  std::size_t done;
  std::size_t all;
};
using LoaderProgressTold = std::function<void(const LoaderProgress&)>;

// Program memory of a board. Flat from address 0; unused bytes are 0xFF.
class FirmwareLoader {
 public:
  virtual ~FirmwareLoader() = default;
  // The name of the microcontroller, as images declare it.
  virtual std::string target() const = 0;
  // Who is told how far Program and ReadBack are, from their thread: between their steps, and while
  // they wait for a program of others, so that silence longer than one wait is a hang. Nobody at
  // first. A loader that is done at once tells nothing.
  virtual void TellProgress(const LoaderProgressTold& progress) { (void)progress; }
  // Errors: OUT_OF_RANGE when it does not fit.
  virtual Status Program(std::string_view flash) = 0;
  virtual Result<std::string> ReadBack(std::size_t size) = 0;
};

// Who a fixture says it is; empty where it does not tell.
struct FixtureIdentity {
  std::string maker;
  std::string model;
  std::string serial;
  std::string firmware;
};

// What a fixture may find out about itself. Each is the size of the worst error seen.
enum class HealthQuantity {
  kLoopBack,     // volts: what was put out against what came back at the same instant
  kNoise,        // volts: standard deviation of readings of one level
  kDrift,        // volts: the last against the first reading of one level
  kEdgeTime,     // seconds: time stamp of an edge against when it was made
  kClockOffset,  // ratio: rate of the fixture's clock against the reference, less 1
  kLatency,      // seconds: from a command to its effect
};

struct FixtureMeasurement {
  HealthQuantity quantity;
  double value;
  std::string how;  // what was compared with what, one phrase: "5 channels, 3 levels at the pin"
};

// Everything the drivers of one bench offer, by fixture name.
class Equipment {
 public:
  virtual ~Equipment() = default;
  // Asks the fixture itself; what the bench file says is no answer. Errors: NOT_FOUND for a name
  // that no fixture has; UNAVAILABLE naming fixture, port and likely cause; UNIMPLEMENTED for one
  // that cannot be asked without a change to the board.
  virtual Result<FixtureIdentity> Identify(std::string_view fixture) = 0;
  // Measures what the fixture can measure of itself, by its own loop-back; nothing for what it
  // cannot measure. The board has no power, and gets none. Outputs move, those of real fixtures no
  // farther than such a board survives (board_limits.h), and are left at the end of their range
  // that is nearest to 0 V. Takes 2 s at most. Errors: as Identify, but nothing is measured of what
  // cannot be asked; DATA_LOSS when what came back is no measurement.
  virtual Result<std::vector<FixtureMeasurement>> SelfTest(std::string_view fixture) = 0;
  virtual BenchClock& clock() = 0;
  // Null: there is no such fixture, or it does not offer this.
  virtual PowerSupply* FindSupply(std::string_view fixture) = 0;
  virtual SampleInjector* FindInjector(std::string_view fixture) = 0;
  virtual PulseInjector* FindPulses(std::string_view fixture) = 0;
  virtual LineDriver* FindLines(std::string_view fixture) = 0;
  virtual EdgeCapture* FindCapture(std::string_view fixture) = 0;
  virtual AnalogCapture* FindAnalog(std::string_view fixture) = 0;
  virtual SerialLink* FindSerial(std::string_view fixture) = 0;
  virtual FirmwareLoader* FindLoader() = 0;
  // Board events since the last call, one line each ("reset: brown-out"), with their time.
  struct BoardEvent {
    RunTime t;
    std::string text;
  };
  virtual std::vector<BoardEvent> DrainBoardEvents() = 0;
  // What the fixtures say of the run so far, one line each, such as how late an output was at the
  // worst. For the record: nothing is judged by it.
  virtual std::vector<std::string> Remarks() const { return {}; }
  // Switches all outputs off; the fixtures are of no use afterwards. What just goes does so, too,
  // and tells nobody of a failure. Errors: naming the first fixture that refused; the others are
  // off.
  virtual Status Close() { return {}; }
};

}  // namespace rig

#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/strict_yaml.h"
#include "rig/bench/fixture_traits.h"
#include "rig/capability/capability.h"
#include "rig/v1/bench.pb.h"

namespace rig {

struct LoadedBench {
  std::filesystem::path path;
  std::string sha256;  // of the file
  v1::Bench message;   // defaults written out
  SourceMap where;
  // The bench file whose golden traces hold here, and its digest: this one, unless it says so.
  std::filesystem::path goldens_of;
  std::string goldens_sha256;
};

// Loads and cross-checks: unique names, wires to fixtures that exist and have the channel, one wire
// per pin and per channel, gains of a dimension V per something, safe state for every wired output,
// console wired. Errors: INVALID_ARGUMENT at file:line:column; NOT_FOUND.
Result<LoadedBench> LoadBench(const std::filesystem::path& file);

// The board's microcontroller, as firmware images declare it.
const std::string& McuOf(const v1::Board& board);
// Volts of the supply above which the device is expected to run.
double BrownOutOf(const v1::Board& board);
// Volts that the wiring's first supply may put on the board where no scenario says so; 0: the bench
// file does not tell.
double SupplyOf(const v1::Board& board);
// Null: there is none of that name.
const v1::Fixture* FindFixture(const v1::Bench& bench, std::string_view name);
const v1::Wire* FindWire(const v1::Bench& bench, std::string_view signal);
// What kind of logical signal a wire makes, from its fixture's driver.
WireKind KindOf(const v1::Bench& bench, const v1::Wire& wire);
// Whether every fixture is a virtual one, so that a run is determined by its inputs.
bool IsVirtual(const v1::Bench& bench);
// Whether a stimulus's fixture adds pulses too short for its samples.
bool InjectsPulses(const v1::Bench& bench, const v1::Wire& wire);
// SI unit of a wire's logical signal: of its gain for a stimulus, "V" for a supply, "1" otherwise.
std::string UnitOf(const v1::Bench& bench, const v1::Wire& wire);
// Channel name → SI unit of all that runs on this bench record: commanded.*, observed.*, device.*.
std::map<std::string, std::string> BenchChannels(const v1::Bench& bench);
// Error when a fixture's calibration is past due on `today` (ISO day, LatestDay) or of a later day,
// when there is a later one than the bench file names, of this fixture and serial number, in
// `calibration` beside it or in the folder of the file it names, or when a real fixture that sets
// or measures something has none: FAILED_PRECONDITION naming the fixture and what to do.
Status CheckCalibration(const LoadedBench& bench, const std::string& today);

// Whether a text is an ISO 8601 calendar day; the length of the month is not looked at.
bool IsDay(std::string_view text);

struct SupplyPort {
  std::string signal;
  PowerSupply* supply;
  Duration profile_every{};  // 0: its current is not recorded
};
struct StimulusPort {
  std::string signal;
  SampleInjector* injector;
  std::uint32_t channel;
  std::string unit;
  double gain;  // V per SI unit
  double offset_v;
  PulseInjector* pulses = nullptr;  // null: the fixture has none
  // The fixture's correction, which gain and offset_v hold already: what the pin has of what the
  // fixture says it puts out.
  double true_gain = 1;
  double true_offset_v = 0;
  // What the board's input can tell apart, in volts as the fixture is asked for them. Beyond, the
  // end is put out, which is as good as what was asked for up to `slack_v`.
  double least_v = -std::numeric_limits<double>::infinity();
  double most_v = std::numeric_limits<double>::infinity();
  double slack_v = 0;
};
struct CapturePort {
  std::string signal;
  std::size_t capture;  // index into BoundBench::captures
  std::uint32_t channel;
  Duration tone_hold;
  Duration count_every;
};
struct MeasurementPort {
  std::string signal;
  AnalogCapture* capture;
  std::uint32_t channel;
  std::string unit;
  double gain;  // V per SI unit
  double offset_v;
};
struct CodedPort {
  std::string signal;
  std::string unit;
  double step;  // SI
  // Signals that are captured.
  std::vector<std::string> bits;
  std::string positive;
  std::string negative;
};
struct LinePort {
  std::string signal;
  LineDriver* driver;
  std::uint32_t channel;
};

// A bench file's wiring bound to open equipment. Borrows the equipment.
struct BoundBench {
  Equipment* equipment;
  std::vector<SupplyPort> supplies;
  std::vector<StimulusPort> stimuli;
  std::vector<EdgeCapture*> captures;
  std::vector<CapturePort> captured;
  std::vector<CodedPort> coded;
  std::vector<MeasurementPort> measured;
  std::vector<LinePort> lines;
  std::string console_signal;
  SerialLink* console;
  FirmwareLoader* loader;
  Duration lead{};                                           // the clock's
  Duration latency{};                                        // the clock's
  std::vector<std::unique_ptr<PowerSupply>> corrected = {};  // supplies behind their calibration
};

// Corrections of calibrations are applied here: what is asked of a port and what it tells is what
// the board's pin has. Errors: UNIMPLEMENTED at file:line:column when a fixture does not offer what
// its wire needs.
Result<BoundBench> BindBench(const LoadedBench& bench, Equipment& equipment);

// The same of a bench that has no loader, or none in this part of it: it can be put into its safe
// state, and runs nothing.
Result<BoundBench> BindWiring(const LoadedBench& bench, Equipment& equipment);

// Puts every output to the bench file's safe state as soon as the bench can from `now` on, and
// waits until it is there. Goes on after a failure and returns the first.
Status EnterSafeState(const v1::Bench& bench, BoundBench& bound, RunTime now);

}  // namespace rig

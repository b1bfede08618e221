#pragma once

#include <functional>
#include <string>

#include "rig/base/result.h"
#include "rig/bench/bench.h"
#include "rig/v1/calibration.pb.h"

namespace rig {

struct CalibrationRequest {
  std::string fixture;  // of the bench
  v1::ReferenceMeter reference;
  std::string due;  // ISO 8601 day
  // Of errors as found; 0: what the calibration in use claims, which it never exceeds.
  double limit_v = 0;
  double drift_v = -1;       // until due; negative: the limit
  std::uint32_t levels = 5;  // per channel, over the range
  std::uint32_t repeats = 3;
  // The range; empty (low >= high): the fixture's own.
  double low_v = 0;
  double high_v = 0;
  // The board is not connected: outputs may go where its pins, without power, may not.
  bool board_removed = false;
  std::string made_by;
};

// What the meter is to be read for.
struct MeterReading {
  std::uint32_t channel;
  double asked_v;
  double fixture_v;  // what the fixture says it puts out
  std::uint32_t repeat;
  std::uint32_t done;  // of all readings
  std::uint32_t all;
  double plausible_v;  // farther from fixture_v is a slip: wrong channel, range or decimal point
};
using ReadMeter = std::function<Result<double>(const MeterReading&)>;

// Whether a reading may be one. False for what is no number.
bool IsPlausible(const MeterReading& wanted, double volts);

// Sets every wired channel of a supply or an injector to levels over its range, smallest first, has
// the meter read, fits gain and offset, and leaves the bench file's safe state, also after an
// error. Nothing is stored. `now`: ISO 8601, UTC.
//
// Errors: INVALID_ARGUMENT for a fixture without volts, a reference past due, a range that the
// board would not survive or that is less than the wires ask for (AskedRange), a day that is none,
// or a request that says too little; as the meter, the fixture and FitChannel.
Result<v1::CalibrationRecord> Calibrate(const LoadedBench& bench, Equipment& equipment,
                                        const CalibrationRequest& request, const ReadMeter& meter,
                                        const std::string& now);

// Readings from a file: a line "channel, level asked, reading" each, with units, in any order of
// levels, repeats in the order in which they were read; "#" begins a comment. Errors: NOT_FOUND;
// INVALID_ARGUMENT with file:line for what is no such line, a unit that is not volts' or a number
// that is none; for what is asked and not there.
class ReadingsFile {
 public:
  static Result<ReadingsFile> Load(const std::string& file);
  static Result<ReadingsFile> Parse(const std::string& text, const std::string& file);
  Result<double> Read(const MeterReading& wanted);
  // Errors: INVALID_ARGUMENT naming the first line that nobody asked for.
  Status CheckAllUsed() const;

 private:
  struct Line {
    std::size_t number;
    std::uint32_t channel;
    double asked_v;
    double reading_v;
    bool used;
  };
  std::string file_;
  std::vector<Line> lines_;
};

}  // namespace rig

#include "rig/cli/signal/calibration.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "reports/reports.h"
#include "rig/cli/options.h"
#include "rig/cli/terminal.h"
#include "sim_signals/recorded/text.h"
#include "sim_signals/recorded/wfdb_calibration.h"

namespace rig {
namespace {

struct CalibrationOptions {
  std::string record, file;
  double from_s = 0.0, until_s = 0.0;
  double tolerance = 0.05;
};

// Whether every pulse that has a size is as large as it should be; none that has is an error.
Result<bool> Check(const CalibrationOptions& options) {
  constexpr std::int64_t kMostBytes = 1 << 20;
  RIG_TRY_ASSIGN(const std::string text, ReadAll(options.file, kMostBytes, OpenOnDisk));
  RIG_TRY_ASSIGN(const auto calibrations, ParseWfdbCalibration(text, options.file));
  RIG_TRY_ASSIGN(const auto recording, OpenRecording(options.record));
  TextTable table{{"channel", "expected", "measured", "deviation", "verdict"}, {}};
  bool any = false, all_right = true;
  for (std::size_t i = 0; i < recording->channels().size(); ++i) {
    const RecordingChannel& channel = recording->channels()[i];
    const WfdbCalibration* calibration = FindCalibration(calibrations, channel);
    if (calibration == nullptr || !calibration->size()) {
      table.rows.push_back({channel.name, "not stated", "", "", "not checked"});
      continue;
    }
    const auto sample = [&](double s) {
      return static_cast<std::int64_t>(std::floor(s * channel.rate_hz + 0.5));
    };
    RIG_TRY_ASSIGN(const double measured,
                   MeasurePulses(*recording, i, sample(options.from_s), sample(options.until_s),
                                 calibration->pulse));
    const double deviation = measured / *calibration->size() - 1.0;
    const bool right = std::abs(deviation) <= options.tolerance;
    any = true;
    all_right = all_right && right;
    table.rows.push_back({channel.name, fmt::format("{} {}", *calibration->size(), channel.unit),
                          fmt::format("{:.4g} {}", measured, channel.unit),
                          fmt::format("{:+.1f} %", 100.0 * deviation), right ? "pass" : "fail"});
  }
  fmt::print("{}", RenderTable(table, UseColour(stdout)));
  if (any) return all_right;
  return MakeError(Code::kNotFound, options.file + ": no pulse of stated size for a channel of " +
                                        options.record +
                                        "; expected an entry with its name and unit");
}

}  // namespace

void AddCalibrationCommand(CLI::App& command, int& exit_code) {
  auto options = std::make_shared<CalibrationOptions>();
  CLI::App* calibration = command.add_subcommand(
      "calibration", "Compare a record's gains with the calibration pulses in it");
  calibration->add_option("RECORD", options->record, "WFDB header, or another recorded signal file")
      ->required();
  calibration->add_option("--file", options->file, "WFDB calibration file (wfdbcal)")
      ->required()
      ->check(CLI::ExistingFile);
  calibration->add_option("--from", options->from_s, "Seconds: where the pulses begin")
      ->capture_default_str()
      ->check(NumberIn(0.0, 31 * 86400.0));
  calibration->add_option("--until", options->until_s, "Seconds: where they end")
      ->required()
      ->check(NumberIn(1e-3, 31 * 86400.0));
  calibration->add_option("--tolerance", options->tolerance, "Of the pulses' size, 0.05: 5 %")
      ->capture_default_str()
      ->check(NumberIn(0.0, 1.0));
  calibration->footer("Example:\n  rig signal calibration 100.hea --file wfdbcal --until 10");
  calibration->callback([options, &exit_code] {
    const auto right = Check(*options);
    if (!right) PrintError(right.error().message);
    exit_code = !right ? kRigError : *right ? kPassed : kFailed;
  });
}

}  // namespace rig

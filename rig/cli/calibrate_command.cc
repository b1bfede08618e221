#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/base/calendar.h"
#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/calibration/record_file.h"
#include "rig/cli/commands.h"
#include "rig/cli/options.h"
#include "rig/cli/terminal.h"
#include "rig/controller/affected.h"
#include "rig/controller/attended_input.h"
#include "rig/controller/calibrate.h"
#include "rig/controller/environment.h"
#include "rig/controller/held_bench.h"
#include "rig/controller/perform.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct AffectedOptions {
  std::string html;
  std::string csv;
};

struct CalibrateOptions : CommonOptions {
  std::string bench;
  CalibrationRequest request;
  std::string reference_uncertainty, reference_resolution, limit, drift, low, high;
  std::string readings;
  AffectedOptions out;
};

struct SearchOptions : CommonOptions {
  std::string bench;
  std::string fixture;
  std::string serial;
  std::string since;
  AffectedOptions out;
};

// Errors: INVALID_ARGUMENT naming the option.
Status ReadVolts(const char* option, const std::string& text, double& volts) {
  if (text.empty()) return {};
  const auto quantity = ParseQuantity(text);
  if (quantity && quantity->dimension == ParseUnit("V")->dimension) {
    volts = quantity->si;
    return {};
  }
  return MakeError(Code::kInvalidArgument,
                   fmt::format("{} '{}': expected volts such as '50 uV'", option, text));
}

std::string CheckDay(const std::string& day) {
  return IsDay(day) ? std::string() : day + ": expected a day such as 2026-01-31";
}

// A year later; 29 February has none in most years.
std::string NextYear(const std::string& day) {
  const std::string next = fmt::format("{:04}{}", std::stoi(day.substr(0, 4)) + 1, day.substr(4));
  return next.ends_with("-02-29") ? next.substr(0, 8) + "28" : next;
}

// Asks until what is typed is a plausible reading in volts. Errors: ABORTED at the end of input; as
// the bench, which goes on meanwhile.
Result<double> AskForReading(const MeterReading& wanted, AttendedInput& input) {
  while (true) {
    fmt::print(stderr, "[{}/{}] channel {} at {}, reading {}: what does the meter show? ",
               wanted.done, wanted.all, wanted.channel, Display(wanted.fixture_v, "V", 6),
               wanted.repeat);
    const auto line = input.ReadLine();
    if (!line) return WithContext(line.error(), "nothing is stored");
    double volts = std::nan("");
    const Status read = line->empty() ? MakeError(Code::kInvalidArgument, "expected volts")
                                      : ReadVolts("reading", *line, volts);
    if (!read) {
      fmt::print(stderr, "  {}\n", read.error().message);
    } else if (!IsPlausible(wanted, volts)) {
      fmt::print(stderr, "  expected it within {} of {}: wrong channel, range or decimal point?\n",
                 Display(wanted.plausible_v, "V"), Display(wanted.fixture_v, "V", 6));
    } else {
      return volts;
    }
  }
}

Status ShowAffected(const v1::AffectedVerdicts& affected, const AffectedOptions& out, bool json) {
  if (!out.html.empty()) RIG_TRY(WriteFileAtomically(out.html, AffectedHtml(affected)));
  if (!out.csv.empty()) RIG_TRY(WriteFileAtomically(out.csv, AffectedCsv(affected)));
  if (json) {
    fmt::print("{}\n", ToJson(affected));
    return {};
  }
  fmt::print("{}{} verdicts of {} runs searched depend on {} (serial {}) since {}\n",
             RenderTable(AffectedTable(affected), UseColour(stdout)), affected.verdicts_size(),
             affected.runs(), affected.fixture(),
             affected.serial().empty() ? "not known" : affected.serial(),
             affected.since().empty() ? "the beginning" : affected.since());
  for (const std::string& run : affected.unreadable()) {
    fmt::print("in doubt, its record cannot be read: {}\n", run);
  }
  return {};
}

std::string_view FoundText(v1::CalibrationRecord::Found found) {
  if (found == v1::CalibrationRecord::WITHIN_LIMIT) return "within its limit";
  return found == v1::CalibrationRecord::OUT_OF_LIMIT ? "OUT OF ITS LIMIT"
                                                      : "closer to its limit than the uncertainty";
}

void ShowCalibration(const v1::CalibrationRecord& record, const fs::path& file,
                     const std::string& bench) {
  TextTable table{{"channel", "quantity", "gain", "offset", "as found", "as left", "U (k = 2)"},
                  {}};
  for (const v1::CalibratedChannel& channel : record.channels()) {
    table.rows.push_back(
        {fmt::format("{}", channel.channel()),
         channel.quantity() == v1::CalibratedChannel::OUTPUT ? "output" : "read-back",
         fmt::format("{:.7f}", channel.gain()), Display(channel.offset(), "V", 5),
         Display(channel.as_found(), "V"), Display(channel.as_left(), "V"),
         Display(channel.uncertainty(), "V")});
  }
  fmt::print("{}{} {} (serial {}) was found {} of {}; due on {}\nstored as {}\n",
             RenderTable(table, UseColour(stdout)), record.fixture(), record.model(),
             record.serial(), FoundText(record.found()), Display(record.limit(), "V"), record.due(),
             file.string());
  fmt::print("have {} name it:  calibration: {{file: {}}}\n", bench,
             fs::relative(file, fs::path(bench).parent_path()).string());
}

Result<v1::CalibrationRecord> Measure(CalibrateOptions& options, const LoadedBench& bench,
                                      HeldBench& held) {
  CalibrationRequest& request = options.request;
  double uncertainty = 0, resolution = 0;
  RIG_TRY(ReadVolts("--reference-uncertainty", options.reference_uncertainty, uncertainty));
  RIG_TRY(ReadVolts("--reference-resolution", options.reference_resolution, resolution));
  RIG_TRY(ReadVolts("--limit", options.limit, request.limit_v));
  RIG_TRY(ReadVolts("--drift", options.drift, request.drift_v));
  RIG_TRY(ReadVolts("--low", options.low, request.low_v));
  RIG_TRY(ReadVolts("--high", options.high, request.high_v));
  request.reference.set_uncertainty(uncertainty);
  request.reference.set_resolution(resolution);
  const std::string now = NowUtc();
  if (request.due.empty()) request.due = NextYear(LatestDay(now));
  request.made_by = DescribeEnvironment().operator_name();
  RIG_TRY_ASSIGN(const auto equipment, held.Open());
  if (options.readings.empty()) {
    AttendedInput input(STDIN_FILENO, equipment->clock());
    const auto ask = [&](const MeterReading& wanted) -> Result<double> {
      RIG_TRY(held.Beat());
      return AskForReading(wanted, input);
    };
    return Calibrate(bench, *equipment, request, ask, now);
  }
  RIG_TRY_ASSIGN(ReadingsFile readings, ReadingsFile::Load(options.readings));
  RIG_TRY_ASSIGN(auto record,
                 Calibrate(
                     bench, *equipment, request,
                     [&](const MeterReading& wanted) { return readings.Read(wanted); }, now));
  RIG_TRY(readings.CheckAllUsed());
  return record;
}

// From when on verdicts are in question: the last calibration that found it good.
Result<std::string> LastGood(const fs::path& folder, const v1::Fixture& fixture,
                             const std::string& serial) {
  RIG_TRY_ASSIGN(const fs::path good, LastGoodCalibration(folder, fixture.name(), serial));
  if (good.empty()) return fixture.calibration().date();
  RIG_TRY_ASSIGN(const v1::CalibrationRecord record, LoadCalibration(good));
  return record.date();
}

Result<int> DoCalibrate(CalibrateOptions& options) {
  RIG_TRY_ASSIGN(const LoadedBench bench, LoadBench(options.bench));
  RIG_TRY_ASSIGN(HeldBench held, HeldBench::Take(bench, "", kPersonLimit));
  RIG_TRY_ASSIGN(v1::CalibrationRecord record, LeaveSafe(held, Measure(options, bench, held)));
  const fs::path folder = fs::path(options.bench).parent_path() / "calibration";
  const v1::Fixture* fixture = nullptr;
  for (const v1::Fixture& one : bench.message.fixtures()) {
    if (one.name() == record.fixture()) fixture = &one;
  }
  RIG_TRY_ASSIGN(const std::string since, LastGood(folder, *fixture, record.serial()));
  RIG_TRY_ASSIGN(const fs::path file, StoreCalibration(folder, record));
  const bool good = record.found() == v1::CalibrationRecord::WITHIN_LIMIT;
  if (options.json) {
    // One document, whatever comes of it.
    fmt::print("{{\"file\": {}, \"calibration\": {}{}", nlohmann::json(file.string()).dump(),
               ToJson(record), good ? "}\n" : ", \"affected\": ");
  } else {
    ShowCalibration(record, file, options.bench);
  }
  if (good) return kPassed;
  const auto affected =
      FindAffected(options.evidence, {record.bench(), record.fixture(), record.serial()}, since);
  if (!affected && options.json) fmt::print("null");
  const Status shown = affected ? ShowAffected(*affected, options.out, options.json)
                                : Status(tl::unexpected(affected.error()));
  if (options.json) fmt::print("}}\n");
  RIG_TRY(shown);
  return kRigError;
}

Result<int> DoSearch(const SearchOptions& options) {
  RIG_TRY_ASSIGN(const LoadedBench bench, LoadBench(options.bench));
  for (const v1::Fixture& fixture : bench.message.fixtures()) {
    if (fixture.name() != options.fixture) continue;
    std::string serial = options.serial;
    if (serial.empty()) serial = fixture.calibration().serial();
    if (serial.empty()) serial = fixture.expect().serial();
    RIG_TRY_ASSIGN(const auto affected,
                   FindAffected(options.evidence, {bench.message.bench(), options.fixture, serial},
                                options.since));
    RIG_TRY(ShowAffected(affected, options.out, options.json));
    return kPassed;
  }
  return MakeError(Code::kNotFound, fmt::format("{}: no fixture {}; expected one of the bench file",
                                                options.bench, options.fixture));
}

int Told(const Result<int>& done) {
  if (done) return *done;
  PrintError(done.error().message);
  return kRigError;
}

void AddOut(CLI::App& command, AffectedOptions& out) {
  command.add_option("--html", out.html, "Affected verdicts as a page")->type_name("FILE");
  command.add_option("--csv", out.csv, "Affected verdicts for spreadsheets")->type_name("FILE");
}

void AddAffected(CLI::App& calibrate, int& exit_code) {
  auto options = std::make_shared<SearchOptions>();
  CLI::App* command =
      calibrate.add_subcommand("affected", "Verdicts since a day that depend on an instrument");
  command->footer(
      "Examples:\n"
      "  rig calibrate affected bench/rack_2.yaml dac --since 2026-01-31\n"
      "  rig calibrate affected bench/rack_2.yaml dac --since 2026-01-31 --html affected.html\n");
  command->add_option("BENCH", options->bench, "Bench file")->required()->check(CLI::ExistingFile);
  command->add_option("FIXTURE", options->fixture, "Fixture of it")->required();
  command->add_option("--since", options->since, "ISO day, such as 2026-01-31")
      ->required()
      ->check(CheckDay);
  command->add_option("--serial", options->serial,
                      "Serial number; default: the one in the bench file");
  AddOut(*command, options->out);
  options->AddEvidence(*command);
  options->AddJson(*command);
  command->callback([options, &exit_code] { exit_code = Told(DoSearch(*options)); });
}

void AddMeasuring(CLI::App& command, CalibrateOptions& options) {
  v1::ReferenceMeter& reference = options.request.reference;
  command.add_option("--reference", *reference.mutable_identity(),
                     "The meter that is read: maker, model, serial number");
  command
      .add_option("--reference-uncertainty", options.reference_uncertainty,
                  "Of its readings, expanded, k = 2: '50 uV'")
      ->type_name("U");
  command
      .add_option("--reference-due", *reference.mutable_due(),
                  "When its own calibration is due: ISO day")
      ->check(CheckDay);
  command.add_option("--reference-resolution", options.reference_resolution, "Its last digit")
      ->type_name("U");
  command
      .add_option("--due", options.request.due,
                  "When this calibration is due: ISO day; default: a year from today")
      ->check(CheckDay);
  command
      .add_option("--limit", options.limit,
                  "Of errors as found; default, and never more: what the calibration in use claims")
      ->type_name("U");
  command
      .add_option("--drift", options.drift, "Largest change until it is due; default: the limit")
      ->type_name("U");
  command
      .add_option("--low", options.low,
                  "Begin of the range, at most that of pin_range; default: the fixture's")
      ->type_name("U");
  command.add_option("--high", options.high, "End of the range")->type_name("U");
  command.add_option("--levels", options.request.levels, "Per channel, over the range")
      ->check(IsCount(3, 1000))
      ->capture_default_str();
  command.add_option("--repeats", options.request.repeats, "Readings per level")
      ->check(IsCount(2, 1000))
      ->capture_default_str();
  command.add_flag("--board-removed", options.request.board_removed,
                   "The board is off its wires: outputs may use their whole range");
  command
      .add_option("--readings", options.readings,
                  "Read these lines \"channel, level, reading\" instead of asking")
      ->check(CLI::ExistingFile);
}

}  // namespace

void AddCalibrateCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command =
      app.add_subcommand("calibrate", "Calibrate a fixture of a bench against a reference meter");
  command->footer(
      "Sets each wired channel of a supply or an injector to levels over its range, asks what the\n"
      "meter shows, and stores gain, offset and uncertainty beside the bench file, in "
      "calibration/.\n"
      "Examples:\n"
      "  rig calibrate bench/rack_2.yaml supply --reference 'Keysight 34465A MY54501234' \\\n"
      "      --reference-uncertainty '60 uV' --reference-due 2027-03-01 --limit '10 mV'\n"
      "  rig calibrate bench/rack_2.yaml dac --board-removed --readings dac.csv --reference …\n"
      "  rig calibrate affected bench/rack_2.yaml dac --since 2026-01-31\n"
      "Exit code 3 when it was found out of its limit, after the list of verdicts in question.\n");
  command->add_option("BENCH", options->bench, "Bench file");
  command->add_option("FIXTURE", options->request.fixture, "Fixture of it");
  AddMeasuring(*command, *options);
  AddOut(*command, options->out);
  options->AddEvidence(*command);
  options->AddJson(*command);
  AddAffected(*command, exit_code);
  command->callback([command, options, &exit_code] {
    if (!command->get_subcommands().empty()) return;
    // Not CLI11's `required`, which `affected` would have to satisfy, too.
    for (const char* needed :
         {"BENCH", "FIXTURE", "--reference", "--reference-uncertainty", "--reference-due"}) {
      if (command->get_option(needed)->count() > 0) continue;
      PrintError(fmt::format("calibrate: {} is required; see rig calibrate --help", needed));
      exit_code = kUsage;
      return;
    }
    exit_code = Told(DoCalibrate(*options));
  });
}

}  // namespace rig

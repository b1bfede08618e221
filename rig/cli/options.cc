#include "rig/cli/options.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <thread>

#include "rig/base/units.h"

namespace rig {

namespace fs = std::filesystem;

void CommonOptions::AddEvidence(CLI::App& command) {
  command.add_option("--evidence", evidence, "Folder for runs, nights and objects")
      ->type_name("DIR")
      ->capture_default_str();
}

void CommonOptions::AddWorkers(CLI::App& command) {
  command
      .add_option("--jobs", jobs,
                  "Runs at once; 0: one per core. On a real bench one after the other")
      ->capture_default_str();
  command
      .add_option("--hang-limit", hang_limit_s,
                  "Wall seconds without progress after which a run is killed")
      ->check(NumberIn(0.1, 86400.0))
      ->capture_default_str();
}

void CommonOptions::AddJson(CLI::App& command) {
  command.add_flag("--json", json, "Machine-readable result on standard output");
}

WorkerOptions CommonOptions::Workers() const {
  WorkerOptions options;
  options.jobs = jobs > 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
  options.hang_limit = std::chrono::milliseconds(std::lround(hang_limit_s * 1000));
  return options;
}

CLI::Validator NumberIn(double low, double high) {
  const std::string range = high == std::numeric_limits<double>::max()
                                ? fmt::format("{:g} or more", low)
                                : fmt::format("{:g} to {:g}", low, high);
  const auto refuse = [low, high, range](std::string& text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool fits = read.ec == std::errc() && read.ptr == text.data() + text.size() &&
                      value >= low && value <= high;
    return fits ? std::string() : fmt::format("\"{}\"; expected a number, {}", text, range);
  };
  return CLI::Validator(refuse, fmt::format("[{}]", range));
}

Result<std::int64_t> ParseDuration(const std::string& option, const std::string& text) {
  const auto quantity = ParseQuantity(text);
  const auto second = ParseUnit("s");
  const bool fits = quantity && second && quantity->dimension == second->dimension &&
                    quantity->si >= 0 && quantity->si < 9e9;
  if (!fits) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{} '{}': expected a time such as '90 s' or '30 min'", option, text));
  }
  return static_cast<std::int64_t>(std::llround(quantity->si * 1e9));
}

CLI::Validator IsCount(std::uint64_t low, std::uint64_t high) {
  return {[low, high](const std::string& text) {
            std::uint64_t value = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), value);
            const bool fits = error == std::errc() && end == text.data() + text.size() &&
                              value >= low && value <= high;
            return fits ? std::string()
                        : fmt::format("{}: expected a whole number from {} to {}", text, low, high);
          },
          "UINT"};
}

void AddSet(CLI::App& command, std::vector<std::string>& set) {
  command
      .add_option("--set", set, "A parameter's value instead of the scenario's; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void AddRecordings(CLI::App& command, std::string& folder) {
  command
      .add_option("--recordings", folder,
                  "Folder of recorded signals, for the scenarios in <device>/recorded/")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
}

Result<ParameterValues> ParseSet(const std::vector<std::string>& arguments) {
  ParameterValues values;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.find('=');
    const bool complete = equals != std::string::npos && equals > 0 && equals + 1 < argument.size();
    if (!complete) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("--set '{}': expected NAME=VALUE such as 'rate=72 bpm'", argument));
    }
    const bool first =
        values.emplace(argument.substr(0, equals), argument.substr(equals + 1)).second;
    if (!first) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("--set '{}': expected each name once", argument));
    }
  }
  return values;
}

Result<std::string> FindTrace(const std::string& run, const std::string& evidence) {
  for (const fs::path& candidate :
       {fs::path(run) / "trace.h5", fs::path(evidence) / "runs" / run / "trace.h5",
        fs::path(run)}) {
    if (fs::is_regular_file(candidate)) return candidate.string();
  }
  return MakeError(Code::kNotFound,
                   fmt::format("{}: no trace; expected a run folder, a run's name in {}/runs "
                               "or a trace file",
                               run, evidence));
}

}  // namespace rig

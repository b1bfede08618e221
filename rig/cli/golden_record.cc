#include "rig/cli/golden_record.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "rig/base/digest.h"
#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/check/golden/golden.h"
#include "rig/controller/golden_runs.h"
#include "rig/controller/perform.h"
#include "rig/controller/prepare.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

tl::unexpected<Error> Refuse(const std::string& text, std::string_view expected) {
  return MakeError(Code::kInvalidArgument, fmt::format("{}: expected {}", text, expected));
}

// "0.1 mL, 2 % of range, 1 % of point": into the fields of either message.
template <typename Message>
Status ParseValueTolerances(const std::string& text, const std::string& unit_text,
                            Message& tolerances) {
  for (const std::string& part : Split(text, ',')) {
    std::string number = Trimmed(part);
    const auto cut = [&](std::string_view suffix) {
      if (!number.ends_with(suffix)) return false;
      number.resize(number.size() - suffix.size());
      return true;
    };
    const bool of_range = cut(" of range");
    const bool of_point = !of_range && cut(" of point");
    RIG_TRY_ASSIGN(const PhysicalQuantity value, ParseQuantity(number));
    RIG_TRY_ASSIGN(const Unit unit, ParseUnit(of_range || of_point ? "1" : unit_text));
    if (!(value.dimension == unit.dimension) || !(value.si >= 0)) {
      return Refuse(part, "a tolerance from 0 on in " +
                              (of_range || of_point ? std::string("%") : unit_text));
    }
    if (of_range) {
      tolerances.set_range_tolerance(value.si);
    } else if (of_point) {
      tolerances.set_point_tolerance(value.si);
    } else {
      tolerances.set_value_tolerance(value.si);
    }
  }
  return {};
}

// "plant.line.delivered_volume:0.1 mL:1 s", then words for how it is compared.
Result<v1::GoldenChannel> ParseChannel(const std::string& text, const TraceReader& trace) {
  const std::vector<std::string> parts = Split(text, ':');
  if (parts.size() < 3) {
    return Refuse(text,
                  "CHANNEL:VALUE_TOLERANCE:TIME_TOLERANCE[:linear|events|messages] such as "
                  "'plant.line.delivered_volume:0.1 mL:1 s'");
  }
  v1::GoldenChannel channel;
  channel.set_channel(parts[0]);
  const v1::ChannelIndex* index = trace.Find(parts[0]);
  if (index == nullptr) {
    return MakeError(Code::kNotFound, text + ": the run recorded no such channel");
  }
  RIG_TRY(ParseValueTolerances(parts[1], index->kind() == v1::TEXT ? "1" : index->unit(), channel));
  RIG_TRY_ASSIGN(const std::int64_t time, ParseDuration("time tolerance", parts[2]));
  channel.set_time_tolerance(time);
  for (std::size_t i = 3; i < parts.size(); ++i) {
    if (parts[i] == "linear") {
      channel.set_interpolation(v1::GoldenChannel::LINEAR);
    } else if (parts[i] == "events") {
      channel.set_compare(v1::GoldenChannel::EVENTS);
    } else if (parts[i] == "messages") {
      channel.set_compare(v1::GoldenChannel::MESSAGES);
    } else {
      return Refuse(text, "linear, events or messages after the tolerances");
    }
  }
  return channel;
}

// "bolus:10 s:30 s"
Result<v1::GoldenPhase> ParsePhase(const std::string& text) {
  const std::vector<std::string> parts = Split(text, ':');
  if (parts.size() != 3) return Refuse(text, "PHASE:FROM:TO such as 'bolus:10 s:30 s'");
  v1::GoldenPhase phase;
  phase.set_phase(parts[0]);
  RIG_TRY_ASSIGN(const std::int64_t from, ParseDuration("phase", parts[1]));
  RIG_TRY_ASSIGN(const std::int64_t to, ParseDuration("phase", parts[2]));
  phase.set_from(from);
  phase.set_to(to);
  return phase;
}

// "bolus:plant.line.delivered_volume:0.3 mL:2 s" into the channel it names.
Status AddPhaseTolerance(const std::string& text, const TraceReader& trace,
                         std::vector<v1::GoldenChannel>& channels) {
  const std::vector<std::string> parts = Split(text, ':');
  if (parts.size() != 4) {
    return Refuse(text,
                  "PHASE:CHANNEL:VALUE_TOLERANCE:TIME_TOLERANCE such as "
                  "'bolus:observed.flow:1 mL/h:2 s'");
  }
  for (v1::GoldenChannel& channel : channels) {
    if (channel.channel() != parts[1]) continue;
    v1::PhaseTolerance& tolerance = *channel.add_phases();
    tolerance.set_phase(parts[0]);
    RIG_TRY(ParseValueTolerances(parts[2], trace.Find(parts[1])->unit(), tolerance));
    RIG_TRY_ASSIGN(const std::int64_t time, ParseDuration("time tolerance", parts[3]));
    tolerance.set_time_tolerance(time);
    return {};
  }
  return Refuse(text, "a channel that --channel names, too");
}

// What the options say is to be recorded from a trace.
Result<v1::Golden> Propose(const GoldenOptions& options, const TraceReader& trace) {
  std::vector<v1::GoldenChannel> channels;
  for (const std::string& text : options.channels) {
    RIG_TRY_ASSIGN(v1::GoldenChannel channel, ParseChannel(text, trace));
    channels.push_back(std::move(channel));
  }
  for (const std::string& text : options.phase_tolerances) {
    RIG_TRY(AddPhaseTolerance(text, trace, channels));
  }
  std::vector<v1::GoldenPhase> phases;
  for (const std::string& text : options.phases) {
    RIG_TRY_ASSIGN(const v1::GoldenPhase phase, ParsePhase(text));
    phases.push_back(phase);
  }
  RIG_TRY_ASSIGN(v1::Golden golden, RecordGolden(trace, channels, phases));
  if (!options.alignment.empty()) {
    RIG_TRY_ASSIGN(const std::int64_t limit, ParseDuration("--alignment", options.alignment));
    golden.set_alignment_limit(limit);
  }
  return golden;
}

// Only a run that passes is right; one of which nobody knows yet may be taken for a stated reason.
Status CheckVerdict(const v1::RunRecord& record, const GoldenOptions& options) {
  if (record.verdict() == v1::ERROR) return MakeError(Code::kAborted, record.error());
  if (record.verdict() == v1::PASS) return {};
  const bool accepted = record.verdict() == v1::INCONCLUSIVE && !options.from_inconclusive.empty();
  if (accepted) return {};
  return MakeError(
      Code::kFailedPrecondition,
      fmt::format(
          "run {} is {}; expected one that passes, a golden trace is what is "
          "right{}",
          record.run(), VerdictText(record.verdict()),
          record.verdict() == v1::INCONCLUSIVE ? " (or --from-inconclusive with the reason)" : ""));
}

Result<v1::RunRecord> RunWithoutGolden(const GoldenOptions& options, v1::RunOrder& order) {
  order.set_evidence(options.evidence);
  order.set_scenario(options.scenario);
  order.set_skip_golden(true);
  order.set_bench(options.bench);
  if (options.bench.empty()) {
    RIG_TRY_ASSIGN(const std::string bench, DefaultBench(options.scenario));
    order.set_bench(bench);
  }
  RIG_TRY_ASSIGN(const PreparedRun prepared, PrepareRun(order));
  RIG_TRY(OpenRunFolder(prepared.device, prepared.scenario.message.scenario(), order));
  v1::RunRecord record;
  WorkerEvents events;
  events.ended = [&](const v1::RunOrder&, const v1::RunRecord& ended) { record = ended; };
  RIG_TRY(RunWorkers({order}, options.Workers(), events));
  return record;
}

}  // namespace

std::string DescribeRequirements(const std::vector<std::string>& requirements) {
  if (requirements.empty()) return "no check uses it; it touches no requirement";
  return fmt::format("touches {} requirement{}: {}", requirements.size(),
                     requirements.size() == 1 ? "" : "s", fmt::join(requirements, ", "));
}

Status WriteGolden(const std::string& file, const v1::Golden& golden) {
  const std::string yaml = WriteYaml(golden);
  RIG_TRY(LoadGoldenText(yaml, file));
  std::error_code ignored;  // the write below says what is wrong
  fs::create_directories(fs::absolute(file).parent_path(), ignored);
  return WriteFileAtomically(file, yaml);
}

Status RecordGoldenFile(const GoldenOptions& options) {
  v1::RunOrder order;
  RIG_TRY_ASSIGN(const v1::RunRecord record, RunWithoutGolden(options, order));
  RIG_TRY(CheckVerdict(record, options));
  RIG_TRY_ASSIGN(const TraceReader trace,
                 TraceReader::Open(fs::path(RunFolder(order)) / "trace.h5"));
  RIG_TRY_ASSIGN(v1::Golden golden, Propose(options, trace));
  golden.set_golden(fs::path(options.file).stem().string());
  golden.set_scenario(record.scenario());
  golden.set_scenario_sha256(record.scenario_file().sha256());
  golden.set_bench_sha256(record.bench_file().sha256());
  golden.set_firmware_sha256(record.firmware().sha256());
  if (record.verdict() == v1::INCONCLUSIVE) {
    golden.set_inconclusive_because(options.from_inconclusive);
  }
  std::error_code ignored;  // no such file: it replaces none
  const bool replaces = fs::exists(options.file, ignored);
  RIG_TRY(WriteGolden(options.file, golden));
  RIG_TRY_ASSIGN(const std::vector<std::string> requirements, RequirementsOf(options.file));
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"golden", options.file},
                                              {"run", record.run()},
                                              {"approved", false},
                                              {"replaces", replaces},
                                              {"requirements", requirements}}
                           .dump(2));
    return {};
  }
  fmt::print("{}: {} from run {}, not approved yet; {}\n", options.file,
             replaces ? "replaced" : "recorded", record.run(), DescribeRequirements(requirements));
  return {};
}

}  // namespace rig

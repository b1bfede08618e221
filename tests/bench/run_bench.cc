// Device seconds per wall second of a full run (stimulus, capture, trace on disk) against the bare
// emulator running the same firmware on the same input, in this process, in turns.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fixtures/catalogue.h"
#include "rig/controller/prepare.h"
#include "rig/engine/run.h"
#include "rig/record/trace_reader.h"
#include "rig/record/trace_writer.h"
#include "tests/bench/bare_emulator.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// Lets the core run from one timer to the next, which libsimavr can but does not by itself.
constexpr std::uint64_t kUnlockedCycles = 16'000;

struct Options {
  std::string scenario = RIG_SOURCE_DIR "/scenarios/patient_monitor/scenarios/rate_080.yaml";
  double device_s = 180;
  unsigned rounds = 5;
};

struct Workload {
  PreparedRun run;
  FirmwareImage image;
};

Result<Workload> Load(const Options& options) {
  v1::RunOrder order;
  order.set_scenario(options.scenario);
  order.set_skip_golden(true);
  order.set_duration_ns(static_cast<std::int64_t>(options.device_s * 1e9));
  RIG_TRY_ASSIGN(const std::string bench, DefaultBench(options.scenario));
  order.set_bench(bench);
  RIG_TRY_ASSIGN(PreparedRun run, PrepareRun(order));
  RIG_TRY_ASSIGN(FirmwareImage image, LoadOrderedImage(order, run.bench));
  return Workload{std::move(run), std::move(image)};
}

// One run as a worker does it, from opening the bench to the closed trace. Wall seconds.
Result<double> RunRig(const Workload& work, const fs::path& trace_file) {
  fs::remove(trace_file);
  const auto start = std::chrono::steady_clock::now();
  const v1::Scenario& scenario = work.run.scenario.message;
  const LoadedBench& bench = work.run.bench;
  RIG_TRY_ASSIGN(auto equipment, OpenEquipment(bench.message, bench.where, scenario.seed()));
  RIG_TRY_ASSIGN(auto trace, TraceWriter::Create(trace_file));
  const RunSetup setup{.scenario = &work.run.scenario,
                       .bench = &bench,
                       .equipment = equipment.get(),
                       .image = &work.image,
                       .seed = scenario.seed(),
                       .progress = {}};
  const RunOutcome outcome = ExecuteRun(setup, *trace);
  RIG_TRY(outcome.status);
  RIG_TRY(trace->Close());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What the firmware saw in a run, from its trace: every waveform as the injector put it out.
Result<BareSetup> SameInput(const Workload& work, const fs::path& trace_file) {
  const LoadedBench& bench = work.run.bench;
  const v1::AvrBoard& board = bench.message.board().avr();
  BareSetup setup{.mcu = board.mcu(),
                  .flash = work.image.flash,
                  .clock_hz = board.clock(),
                  .supply_v = 5,
                  .reference_v = board.analog_reference(),
                  .waveforms = {},
                  .levels = {}};
  for (const v1::Step& step : work.run.scenario.message.steps()) {
    if (step.supply().voltage() > 0) setup.supply_v = step.supply().voltage();
  }
  RIG_TRY_ASSIGN(auto equipment, OpenEquipment(bench.message, bench.where, 0));
  RIG_TRY_ASSIGN(const BoundBench bound, BindBench(bench, *equipment));
  RIG_TRY_ASSIGN(const TraceReader trace, TraceReader::Open(trace_file));
  for (const v1::Wire& wire : bench.message.wiring()) {
    const std::string& pin = wire.pin();
    const auto bit = static_cast<unsigned>(pin.back() - '0');
    if (KindOf(bench.message, wire) == WireKind::kLine) {
      setup.levels.push_back({.port = pin[1], .bit = bit, .high = wire.active_low()});
    }
    const std::string channel = "observed." + wire.signal();
    if (KindOf(bench.message, wire) != WireKind::kStimulus || trace.Find(channel) == nullptr)
      continue;
    const auto port =
        std::find_if(bound.stimuli.begin(), bound.stimuli.end(),
                     [&](const StimulusPort& s) { return s.signal == wire.signal(); });
    RIG_TRY_ASSIGN(const auto points, trace.ReadPoints(channel));
    BareSetup::Waveform waveform{
        .adc = bit, .period = port->injector->limits().period, .volts = {}};
    for (const StepPoint& point : points) {
      waveform.volts.push_back(port->offset_v + port->gain * point.value);
    }
    setup.waveforms.push_back(std::move(waveform));
  }
  return setup;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void PrintRow(const std::string& name, const std::array<double, 5>& row) {
  fmt::print("{:<6}{:9.1f} {:9.1f} {:9.2f} {:9.1f} {:13.2f}\n", name, row[0], row[1], row[2],
             row[3], row[4]);
  std::fflush(stdout);
}

Status Measure(const Options& options, const fs::path& trace_file) {
  RIG_TRY_ASSIGN(const Workload work, Load(options));
  const double device_s = Seconds(Duration(work.run.scenario.message.duration()));
  RIG_TRY(RunRig(work, trace_file));  // also warms up what both use
  RIG_TRY_ASSIGN(BareSetup input, SameInput(work, trace_file));
  std::array<std::vector<double>, 5> columns;
  fmt::print("{}: {:g} s of device time, {} waveforms; device seconds per wall second\n",
             work.run.scenario.message.scenario(), device_s, input.waveforms.size());
  fmt::print("round       rig      bare  rig/bare  unlocked  rig/unlocked\n");
  std::uint64_t sent = 0;
  for (unsigned round = 1; round <= options.rounds; ++round) {
    RIG_TRY_ASSIGN(const double rig_s, RunRig(work, trace_file));
    const RunTime end = AtNanoseconds(work.run.scenario.message.duration());
    input.step_cycles = 1;
    RIG_TRY_ASSIGN(const BareOutcome bare, RunBareEmulator(input, end));
    input.step_cycles = kUnlockedCycles;
    RIG_TRY_ASSIGN(const BareOutcome unlocked, RunBareEmulator(input, end));
    sent = bare.uart_bytes;
    const std::array<double, 5> row = {device_s / rig_s, device_s / bare.wall_s,
                                       bare.wall_s / rig_s, device_s / unlocked.wall_s,
                                       unlocked.wall_s / rig_s};
    for (std::size_t i = 0; i < row.size(); ++i) columns[i].push_back(row[i]);
    PrintRow(std::to_string(round), row);
  }
  std::array<double, 5> medians{};
  for (std::size_t i = 0; i < medians.size(); ++i) medians[i] = Median(columns[i]);
  PrintRow("median", medians);
  fmt::print("goal: rig/bare at least 0.7. The bare firmware sent {} bytes.\n", sent);
  return {};
}

bool ParseOptions(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    const auto number = [&](auto& into) {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), into);
      return error == std::errc() && end == value.data() + value.size() && into > 0;
    };
    const bool taken = (argument == "--device-seconds" && number(options.device_s)) ||
                       (argument == "--rounds" && number(options.rounds));
    if (taken) {
      ++i;
    } else if (argument.starts_with('-')) {
      return false;
    } else {
      options.scenario = argument;
    }
  }
  return true;
}

}  // namespace
}  // namespace rig

int main(int argc, char** argv) {
  rig::Options options;
  if (!rig::ParseOptions(argc, argv, options)) {
    fmt::print(stderr, "usage: run_bench [--device-seconds S] [--rounds N] [SCENARIO]\n");
    return 64;
  }
  const std::filesystem::path trace_file =
      std::filesystem::temp_directory_path() / fmt::format("run_bench.{}.h5", getpid());
  const rig::Status measured = rig::Measure(options, trace_file);
  std::filesystem::remove(trace_file);
  if (measured) return 0;
  fmt::print(stderr, "run_bench: {}\n", measured.error().message);
  return 3;
}

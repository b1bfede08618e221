#include "tests/reports/example_night.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rig/base/digest.h"
#include "rig/record/record.h"
#include "rig/record/trace_writer.h"

namespace rig {
namespace {

using std::chrono::milliseconds;

RunTime Ms(std::int64_t ms) { return RunTime(milliseconds(ms)); }

// Something that looks like an ECG with 72 beats a minute; flat during asystole.
double EcgVolts(std::int64_t ms, bool asystole) {
  const double ripple = 2e-5 * static_cast<double>((ms * 7919) % 17 - 8) / 8.0;
  if (asystole) return ripple;
  const double phase = static_cast<double>(ms % 833) / 833.0;
  const auto bump = [&](double at, double width, double height) {
    const double d = (phase - at) / width;
    return std::fabs(d) < 1 ? height * (1 - d * d) * (1 - d * d) : 0.0;
  };
  return ripple + bump(0.2, 0.06, 1.2e-4) + bump(0.375, 0.02, -1.5e-4) + bump(0.4, 0.025, 1e-3) +
         bump(0.43, 0.02, -2.5e-4) + bump(0.65, 0.12, 3e-4);
}

struct MonitorChannels {
  TraceSink::ChannelId commanded, observed, beat, asystole, rate, heart_rate, lamp, buzzer, log;
};

MonitorChannels DeclareAll(TraceWriter& trace) {
  const auto step = [&](const char* name, const char* unit) {
    return trace.Declare(name, unit, ChannelKind::kStep).value();
  };
  const auto sampled = [&](const char* name) {
    return trace.Declare(name, "V", ChannelKind::kSampled, milliseconds(2)).value();
  };
  const TraceSink::ChannelId supply = step("observed.vcc", "V");
  EXPECT_TRUE(trace.AppendStep(supply, Ms(0), 5.0));
  return {sampled("commanded.ecg"),
          sampled("observed.ecg"),
          step("truth.ecg.beat", "1"),
          step("truth.ecg.asystole", "1"),
          step("truth.ecg.rate", "Hz"),
          step("device.heart_rate", "Hz"),
          step("observed.lamp_high", "1"),
          step("observed.buzzer", "1"),
          trace.Declare("log.device", "", ChannelKind::kText).value()};
}

void AppendSecond(TraceWriter& trace, const MonitorChannels& id, std::int64_t second, bool asystole,
                  bool alarm) {
  std::vector<double> commanded;
  std::vector<double> observed;
  for (std::int64_t ms = second * 1000; ms < (second + 1) * 1000; ms += 2) {
    commanded.push_back(EcgVolts(ms, asystole));
    observed.push_back(std::round(commanded.back() / 1e-5) * 1e-5);
    const bool beat = !asystole && (ms % 833 == 332 || ms % 833 == 333);
    const std::int64_t beats = ms / 833 + 1;
    if (beat) {
      EXPECT_TRUE(trace.AppendStep(id.beat, Ms(ms), static_cast<double>(beats)));
    }
  }
  EXPECT_TRUE(trace.AppendSamples(id.commanded, commanded));
  EXPECT_TRUE(trace.AppendSamples(id.observed, observed));
  EXPECT_TRUE(trace.AppendStep(id.asystole, Ms(second * 1000), asystole));
  EXPECT_TRUE(trace.AppendStep(id.rate, Ms(second * 1000), asystole ? 0 : 1.2));
  const double rate = (alarm ? 0.0 : 72.0 + static_cast<double>(second % 3)) / 60.0;
  EXPECT_TRUE(trace.AppendStep(id.heart_rate, Ms(second * 1000 + 300), rate));
  for (int half = 0; half < 2; ++half) {
    EXPECT_TRUE(trace.AppendStep(id.lamp, Ms(second * 1000 + 500 * half), alarm && half == 0));
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(trace.AppendStep(id.buzzer, Ms(second * 1000 + 100 * i), alarm && i % 2 == 0));
  }
  if (second % 60 == 0) {
    EXPECT_TRUE(trace.AppendText(id.log, Ms(second * 1000), "alive <&>"));
  }
  EXPECT_TRUE(trace.AdvanceTo(Ms((second + 1) * 1000)));
}

v1::RunRecord MonitorRun(const std::string& scenario, v1::Verdict verdict) {
  v1::RunRecord run;
  run.set_run(scenario + ".1");
  run.set_device("patient_monitor");
  run.set_scenario(scenario);
  run.set_title("Asystole raises the high-priority alarm in time");
  run.set_attempt(1);
  run.set_state(v1::ENDED);
  run.set_verdict(verdict);
  run.add_verifies("PM-ALM-003");
  run.add_controls("RC-02");
  run.set_safe_state_reached(true);
  run.set_replay("rig run scenarios/" + scenario + ".yaml --seed 7");
  run.mutable_firmware()->set_path("patient_monitor.elf");
  run.mutable_firmware()->set_sha256(std::string(64, 'a'));
  run.mutable_reported()->set_device("patient_monitor");
  run.mutable_reported()->set_version("1.4.0");
  run.mutable_environment()->set_host("bench-3");
  run.set_started("2026-01-02T03:04:05Z");
  run.set_ended("2026-01-02T03:04:15Z");
  v1::CheckResult& check = *run.add_checks();
  check.set_id("asystole_alarm");
  check.set_text("The alarm is there at most 10 s after the last beat");
  check.add_verifies("PM-ALM-003");
  check.set_verdict(verdict);
  check.set_formula("always(rise(truth.ecg.asystole) -> eventually[0 s, 10 s] device.alarm < 1)");
  check.set_decided_at_ns(75'000'000'000);
  check.set_reason(verdict == v1::PASS ? "alarm after 8.2 s, 10 s allowed"
                                       : "expected the alarm within 10 s, seen after 12.5 s");
  check.set_decision_rule("measured + U <= limit");
  v1::Quantity& time = *check.mutable_time();
  time.set_known(true);
  time.set_unit("s");
  time.set_limit(10);
  time.set_measured(verdict == v1::PASS ? 8.2 : 12.5);
  time.set_margin(10 - time.measured());
  time.set_relative_margin(time.margin() / 10);
  time.set_uncertainty(0.02);
  return run;
}

void AddToNight(ExampleNight& example, const v1::RunRecord& run) {
  const auto directory = example.evidence / "runs" / run.run();
  EXPECT_TRUE(SaveRunRecord(directory, run));
  v1::NightRun& entry = *example.night.add_runs();
  entry.set_device(run.device());
  entry.set_scenario(run.scenario());
  entry.set_run(run.run());
  entry.set_title(run.title());
  entry.set_verdict(run.verdict());
  entry.set_record_sha256(Sha256OfFile(directory / "record.json").value());
  entry.set_worst_check("asystole_alarm");
  entry.set_worst_margin(run.verdict() == v1::PASS ? "1.8 s of 10 s" : "-2.5 s of 10 s");
  *entry.mutable_verifies() = run.verifies();
  entry.set_device_s(600);
  entry.set_wall_s(3.4);
  example.runs.push_back(run);
}

void AddCoverage(v1::NightRecord& night) {
  v1::Coverage& covered = *night.add_coverage();
  covered.set_device("patient_monitor");
  covered.set_requirement("PM-ALM-003");
  covered.set_text("Asystole is alarmed within 10 s of the last QRS complex");
  covered.set_source("IEC 60601-2-27:2011, 201.12.4.101");
  covered.set_kind("fixed");
  covered.add_scenarios("asystole");
  covered.add_scenarios("asystole_late");
  covered.set_verdict(v1::FAIL);
  v1::Coverage& open = *night.add_coverage();
  open.set_device("patient_monitor");
  open.set_requirement("PM-ALM-009");
  open.set_text("Alarm settings survive a power cut of 30 s");
  open.set_not_covered("needs a supply with a holdup time");
}

}  // namespace

void WriteMonitorTrace(const std::filesystem::path& file, int minutes) {
  auto trace = TraceWriter::Create(file).value();
  const MonitorChannels id = DeclareAll(*trace);
  for (std::int64_t second = 0; second < minutes * 60; ++second) {
    const bool asystole = second >= 62 && second < 90;
    AppendSecond(*trace, id, second, asystole, second >= 75 && second < 95);
  }
  EXPECT_TRUE(trace->Close());
}

ExampleNight MakeExampleNight(const std::string& folder, int minutes) {
  ExampleNight example;
  example.evidence = std::filesystem::path(testing::TempDir()) / folder;
  std::filesystem::remove_all(example.evidence);
  for (const auto& [scenario, verdict] :
       {std::pair{"asystole", v1::PASS}, std::pair{"asystole_late", v1::FAIL}}) {
    const v1::RunRecord run = MonitorRun(scenario, verdict);
    const auto directory = example.evidence / "runs" / run.run();
    std::filesystem::create_directories(directory);
    WriteMonitorTrace(directory / "trace.h5", minutes);
    AddToNight(example, run);
  }
  v1::NightRun& missing = *example.night.add_runs();
  missing.set_device("infusion_pump");
  missing.set_scenario("occlusion");
  missing.set_error("worker ended by signal 9");
  missing.set_verdict(v1::ERROR);
  example.night.set_night("2026-01-02T030405Z");
  example.night.set_previous("2026-01-01T030405Z");
  example.night.set_started("2026-01-02T03:04:05Z");
  example.night.set_ended("2026-01-02T03:06:20Z");
  example.night.set_complete(true);
  example.night.set_verdict(v1::ERROR);
  v1::Change& change = *example.night.add_changes();
  change.set_kind(v1::Change::NEW_FAILURE);
  change.set_device("patient_monitor");
  change.set_scenario("asystole_late");
  change.set_text("asystole_alarm: pass with 1.8 s, now FAIL by 2.5 s");
  AddCoverage(example.night);
  return example;
}

}  // namespace rig

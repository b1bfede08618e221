// Whole runs through the command line: determinism, evidence, crashes, nights.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "rig/controller/perform.h"
#include "rig/controller/worker.h"
#include "rig/record/record.h"
#include "rig/record/trace_reader.h"
#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

nlohmann::json Json(const ProbeDevice& device, const std::string& file) {
  return nlohmann::json::parse(device.Read(file));
}

TEST(RunTest, TheSameRunTwiceHasTheSameTraceDigest) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("run scenarios/count.yaml scenarios/count.yaml").exit_code, 0);
  const auto first = Json(device, "evidence/runs/probe.count.0001/record.json");
  const auto second = Json(device, "evidence/runs/probe.count.0002/record.json");
  EXPECT_EQ(first["trace"]["sha256"], second["trace"]["sha256"]);
  EXPECT_EQ(first["trace"]["sha256"].get<std::string>().size(), 64u);
}

TEST(RunTest, AnotherSeedHasAnotherTraceDigest) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 0);
  ASSERT_EQ(device.Rig("run scenarios/count.yaml --seed 2").exit_code, 0);
  EXPECT_NE(Json(device, "evidence/runs/probe.count.0001/record.json")["trace"]["sha256"],
            Json(device, "evidence/runs/probe.count.0002/record.json")["trace"]["sha256"]);
}

TEST(RunTest, StoresEveryInputByItsDigest) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 0);
  const auto record = Json(device, "evidence/runs/probe.count.0001/record.json");
  for (const std::string sha256 : {record["firmware"]["sha256"], record["scenario_file"]["sha256"],
                                   record["bench_file"]["sha256"]}) {
    EXPECT_TRUE(fs::exists(ObjectPath(device.folder() / "evidence", sha256))) << sha256;
  }
  EXPECT_EQ(record["resolved_bench"]["board"]["avr"]["brown_out"], 2.7);
}

TEST(RunTest, StoresTheRecordOfAnArtefact) {
  const ProbeDevice device;
  ASSERT_EQ(device
                .Rig("signal render --play 'noise=constant: {value: 0 V}, artefacts: [{muscle: "
                     "{rms: 1 mV}}]' --duration 20 --csv scenarios/noise.csv")
                .exit_code,
            0);
  device.Edit("scenarios/count.yaml", "ecg: {}",
              "ecg: {}, artefacts: [{record: {file: noise.csv}, snr: 12 dB}]");
  const auto run = device.Rig("run scenarios/count.yaml");
  ASSERT_EQ(run.exit_code, 0) << run.out;
  const auto record = Json(device, "evidence/runs/probe.count.0001/record.json");
  EXPECT_THAT(record["inputs"].dump(), HasSubstr("scenarios/noise.csv"));
}

// The lamp is pump and valve in one: what matters is whose pulses the cuff has.
TEST(RunTest, APlantHasTheBodyOfTheRun) {
  const ProbeDevice device;
  device.Edit("bench/virtual.yaml", "signal: ecg, fixture: dac, pin: PA0, gain: 500 V/V",
              "signal: ecg, fixture: dac, pin: PA0, gain: 0.1 V/kPa");
  device.Edit("scenarios/count.yaml", "  - at: 0 s\n    play: {signal: ecg, ecg: {}}\n", "");
  device.Edit("scenarios/count.yaml", "record_signal: ecg\n",
              "plants:\n  - {name: arm, cuff: {pump: lamp, valve: lamp, pressure: ecg}}\n");
  device.Edit("scenarios/count.yaml",
              "always[1 s, 4 s] (eventually[0 s, 500 ms] rise(device.count))",
              "eventually[0 s, 5 s] (plant.arm.pulse > 4)");
  const auto run = device.Rig("run scenarios/count.yaml");
  EXPECT_EQ(run.exit_code, 0) << run.out;
  device.Edit("scenarios/count.yaml", "  - {at: 0 s, body: {rhythm: {sinus: {rate: 72 bpm}}}}\n",
              "");
  const auto refused = device.Rig("lint scenarios/count.yaml");
  EXPECT_THAT(refused.out, HasSubstr("plant arm: a cuff without a patient"));
}

TEST(RunTest, ReachesTheSafeStateAndSaysSo) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 0);
  EXPECT_TRUE(Json(device, "evidence/runs/probe.count.0001/record.json")["safe_state_reached"]);
}

TEST(RunTest, StopsAtTheFirstFailureWhenAskedTo) {
  const ProbeDevice device;
  device.Edit(kScenario, "    formula: always[1 s, 4 s]",
              R"(    formula: always[1 s, 2 s] (not device_counts)
  - id: later
    text: Nothing yet.
    formula: always[1 s, 4 s])");
  device.Edit(kScenario, "checks:", R"(definitions:
  - name: device_counts
    formula: rise(device.count)
checks:)");
  EXPECT_EQ(device.Rig("run scenarios/count.yaml --stop-at-fail").exit_code, 1);
  const auto stopped = Json(device, "evidence/runs/probe.count.0001/record.json");
  EXPECT_EQ(stopped["verdict"], "FAIL");
  EXPECT_EQ(stopped["checks"][0]["verdict"], "FAIL");
  EXPECT_EQ(stopped["checks"][1]["verdict"], "INCONCLUSIVE");
  EXPECT_THAT(stopped["checks"][1]["reason"].get<std::string>(), HasSubstr("was stopped at"));
  EXPECT_LT(stopped["device_s"].get<double>(), 3.0);
  EXPECT_TRUE(stopped["safe_state_reached"]);
  // The whole run says the same of the check that failed.
  EXPECT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 1);
  const auto whole = Json(device, "evidence/runs/probe.count.0002/record.json");
  EXPECT_EQ(whole["checks"][0]["decided_at_ns"], stopped["checks"][0]["decided_at_ns"]);
  EXPECT_EQ(whole["checks"][1]["verdict"], "PASS");
}

TEST(RunTest, ADefinitionNobodyUsesIsRefused) {
  const ProbeDevice device;
  device.Edit(kScenario, "checks:", R"(definitions:
  - {name: spare, formula: device.count > 3}
checks:)");
  const auto outcome = device.Rig("run scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("no check uses \"spare\""));
}

// Outputs that fall at power-off would otherwise fail checks that ask until the end.
TEST(RunTest, TheSafeStateComesAfterTheLastInstantThatIsJudged) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("run scenarios/count.yaml").exit_code, 0);
  const auto log = device.Rig("trace probe.count.0001 --csv --channels log.engine");
  EXPECT_THAT(log.out, HasSubstr("5.001"));
  EXPECT_EQ(Json(device, "evidence/runs/probe.count.0001/record.json")["trace"]["end_ns"],
            "5000000000");
}

TEST(RunTest, JsonIsForMachines) {
  const ProbeDevice device;
  const auto outcome = device.Rig("run scenarios/count.yaml --json");
  EXPECT_EQ(nlohmann::json::parse(outcome.out)[0]["verdict"], "PASS");
}

TEST(RunTest, AFileThatHasChangedSinceItWasPlannedIsAnError) {
  const ProbeDevice device;
  v1::RunOrder order;
  order.set_evidence((device.folder() / "evidence").string());
  order.set_scenario((device.folder() / kScenario).string());
  order.set_bench((device.folder() / "bench/virtual.yaml").string());
  v1::File* planned = order.add_planned();
  planned->set_path(order.scenario());
  planned->set_sha256("0000");
  ASSERT_TRUE(OpenRunFolder("probe", "count", order));
  const v1::RunRecord record = PerformOrder(order, {});
  EXPECT_EQ(record.verdict(), v1::ERROR);
  EXPECT_THAT(record.error(), HasSubstr("has changed since the run was planned"));
}

class WorkerTest : public testing::Test {
 protected:
  // Starts one long run and sends its worker a signal as soon as it has got going.
  v1::RunRecord RunAndSignal(int signal) {
    device_.Edit(kScenario, "duration: 5 s", "duration: 100000 s");
    v1::RunOrder order;
    order.set_evidence((device_.folder() / "evidence").string());
    order.set_scenario((device_.folder() / kScenario).string());
    order.set_bench((device_.folder() / "bench/virtual.yaml").string());
    EXPECT_TRUE(OpenRunFolder("probe", "count", order));
    WorkerOptions options;
    options.program = std::string(RIG_BINARY_DIR) + "/bin/rig";
    options.hang_limit = std::chrono::milliseconds(3000);
    int pid = 0;
    bool sent = false;
    v1::RunRecord record;
    WorkerEvents events;
    events.started = [&](const v1::RunOrder&, int started) { pid = started; };
    events.progress = [&](const v1::RunOrder&, RunTime t) {
      if (sent || Seconds(t) < 100) return;
      sent = true;
      kill(pid, signal);
    };
    events.ended = [&](const v1::RunOrder&, const v1::RunRecord& ended) { record = ended; };
    EXPECT_TRUE(RunWorkers({order}, options, events));
    EXPECT_TRUE(sent);
    trace_ = fs::path(RunFolder(order)) / "trace.h5";
    return record;
  }

  ProbeDevice device_;
  fs::path trace_;
};

// Each would find the bench held by the other.
TEST(RunWorkersTest, RunsOnARealBenchGoOneAfterTheOther) {
  const ProbeDevice device;
  device.Write("worker.sh",
               "#!/bin/sh\ncd $(dirname $0); mkdir busy || touch both; i=0\n"
               "while [ $i -lt 30000 ]; do i=$((i+1)); done; rmdir busy\n");
  const fs::path program = device.folder() / "worker.sh";
  fs::permissions(program, fs::perms::owner_all);
  const auto run_two = [&](const std::string& bench) {
    std::vector<v1::RunOrder> orders(2);
    for (v1::RunOrder& order : orders) {
      order.set_evidence((device.folder() / "evidence").string());
      order.set_bench(bench);
      EXPECT_TRUE(OpenRunFolder("probe", "count", order));
    }
    fs::remove(device.folder() / "both");
    EXPECT_TRUE(RunWorkers(orders, {.program = program.string(), .jobs = 2}, {}));
    return fs::exists(device.folder() / "both");
  };
  EXPECT_TRUE(run_two((device.folder() / "bench/virtual.yaml").string()));
  EXPECT_FALSE(run_two(RIG_SOURCE_DIR "/scenarios/patient_monitor/bench/table.yaml"));
}

// A controller that has been stopped, or one whose terminal takes nothing.
TEST(WorkerMainTest, GoesOnWhenNobodyHearsOfItsProgress) {
  const ProbeDevice device;
  device.Edit(kScenario, "duration: 5 s", "duration: 300 s");
  v1::RunOrder order;
  order.set_evidence((device.folder() / "evidence").string());
  order.set_scenario((device.folder() / kScenario).string());
  order.set_bench((device.folder() / "bench/virtual.yaml").string());
  ASSERT_TRUE(OpenRunFolder("probe", "count", order));
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
  while (write(ends[1], "0\n", 2) == 2) {
  }
  ASSERT_EQ(fcntl(ends[1], F_SETFL, 0), 0);
  const pid_t worker = fork();
  if (worker == 0) {
    dup2(ends[1], 3);
    execl(RIG_BINARY_DIR "/bin/rig", "rig", "worker", RunFolder(order).c_str(), "120000", nullptr);
    _exit(1);
  }
  const int process = static_cast<int>(syscall(SYS_pidfd_open, worker, 0));
  pollfd ended{process, POLLIN, 0};
  EXPECT_EQ(poll(&ended, 1, 60'000), 1) << "it waits";
  kill(worker, SIGKILL);
  int status = 0;
  waitpid(worker, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  for (const int fd : {process, ends[0], ends[1]}) close(fd);
}

TEST_F(WorkerTest, ACrashIsAnErrorOfThatRun) {
  const v1::RunRecord record = RunAndSignal(SIGSEGV);
  EXPECT_EQ(record.verdict(), v1::ERROR);
  EXPECT_THAT(record.error(), HasSubstr("signal 11"));
  ASSERT_GT(record.checks_size(), 0);
  for (const v1::CheckResult& check : record.checks()) EXPECT_EQ(check.verdict(), v1::ERROR);
}

TEST_F(WorkerTest, AHangIsAnErrorOfThatRun) {
  const v1::RunRecord record = RunAndSignal(SIGSTOP);
  EXPECT_EQ(record.verdict(), v1::ERROR);
  EXPECT_THAT(record.error(), HasSubstr("no progress"));
}

TEST_F(WorkerTest, WhatWasRecordedBeforeAKillStaysReadable) {
  const v1::RunRecord record = RunAndSignal(SIGKILL);
  EXPECT_EQ(record.verdict(), v1::ERROR);
  const auto trace = TraceReader::Open(trace_);
  ASSERT_TRUE(trace);
  EXPECT_NE(trace->Find("observed.ecg"), nullptr);
  EXPECT_FALSE(record.trace().sha256().empty());
}

std::string OnlyNight(const ProbeDevice& device) {
  std::string last;
  for (const auto& entry : fs::directory_iterator(device.folder() / "evidence/nights")) {
    last = std::max(last, entry.path().filename().string());
  }
  return "evidence/nights/" + last;
}

TEST(NightTest, LeavesRecordReportAndJUnit) {
  const ProbeDevice device;
  const auto outcome = device.Rig("nightly .");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  const std::string night = OnlyNight(device);
  EXPECT_EQ(Json(device, night + "/night.json")["verdict"], "PASS");
  EXPECT_THAT(device.Read(night + "/report.html"), HasSubstr("<svg"));
  EXPECT_THAT(device.Read(night + "/junit.xml"), HasSubstr("<testsuite"));
}

TEST(NightTest, ComparesWithTheNightBefore) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("nightly .").exit_code, 0);
  device.Edit(kScenario, "500 ms", "50 ms");
  const auto outcome = device.Rig("nightly .");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("new failure"));
}

TEST(NightTest, ResumesOnlyWhatIsMissing) {
  const ProbeDevice device;
  std::string second = device.Read(kScenario);
  second.replace(second.find("scenario: count"), 15, "scenario: other");
  device.Write("scenarios/other.yaml", second);
  ASSERT_EQ(device.Rig("nightly .").exit_code, 0);
  // As an interruption after the first run leaves it.
  const std::string file = OnlyNight(device) + "/night.json";
  auto night = Json(device, file);
  night.erase("complete");
  for (auto& run : night["runs"]) {
    if (run["scenario"] == "other") run.erase("record_sha256");
  }
  device.Write(file, night.dump());
  ASSERT_EQ(device.Rig("nightly . --resume").exit_code, 0);
  EXPECT_TRUE(Json(device, file)["complete"]);
  EXPECT_FALSE(fs::exists(device.folder() / "evidence/runs/probe.count.0002"));
  EXPECT_TRUE(fs::exists(device.folder() / "evidence/runs/probe.other.0002"));
}

// Leaves the night as an interruption does, with its run's verdict turned into `verdict` in both
// places.
void InterruptAndForge(const ProbeDevice& device, const std::string& verdict) {
  const std::string file = OnlyNight(device) + "/night.json";
  auto night = Json(device, file);
  night.erase("complete");
  night["runs"][0]["verdict"] = verdict;
  device.Write(file, night.dump());
  auto record = Json(device, "evidence/runs/probe.count.0001/record.json");
  record["verdict"] = verdict;
  device.Write("evidence/runs/probe.count.0001/record.json", record.dump());
}

TEST(NightTest, DoesNotKeepARecordThatWasAltered) {
  const ProbeDevice device("-DHANG");
  ASSERT_EQ(device.Rig("nightly .").exit_code, 1);
  InterruptAndForge(device, "PASS");
  const auto outcome = device.Rig("nightly . --resume");
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("ran again: probe/count; before: probe.count.0001"));
}

TEST(NightTest, LeavesTheNightOfOtherDevicesAlone) {
  const ProbeDevice device;
  ASSERT_EQ(device.Rig("nightly .").exit_code, 0);
  const std::string first = OnlyNight(device);
  auto night = Json(device, first + "/night.json");
  night.erase("complete");
  night["runs"][0]["device"] = "other";
  device.Write(first + "/night.json", night.dump());
  ASSERT_EQ(device.Rig("nightly . --resume").exit_code, 0);
  EXPECT_EQ(Json(device, first + "/night.json"), night);
}

// The probe with a scenario of a recording that lies elsewhere.
class RecordedNightTest : public testing::Test {
 protected:
  RecordedNightTest() {
    std::string recorded = device_.Read(kScenario);
    recorded.replace(recorded.find("scenario: count"), 15, "scenario: patient");
    const std::string played = "ecg: {}";
    recorded.replace(recorded.find(played), played.size(),
                     "record: {file: \"recordings:ward/a.csv\", sampling_rate: 1 Hz, unit: mV}");
    device_.Write("recorded/patient.yaml", recorded);
    device_.Write("elsewhere/ward/a.csv", "lead\n0\n1\n0\n1\n0\n1\n");
  }
  const ProbeDevice device_;
};

TEST_F(RecordedNightTest, LeavesOutWhatNeedsRecordingsAndSaysSo) {
  const auto outcome = device_.Rig("nightly .");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("--recordings FOLDER: probe/patient"));
  EXPECT_EQ(Json(device_, OnlyNight(device_) + "/night.json")["runs"].size(), 1);
  EXPECT_THAT(device_.Read(OnlyNight(device_) + "/report.html"), HasSubstr("probe/patient"));
}

TEST_F(RecordedNightTest, RunsItWhereTheRecordingsAre) {
  const auto outcome = device_.Rig("nightly . --recordings elsewhere");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  const auto record = Json(device_, "evidence/runs/probe.patient.0001/record.json");
  EXPECT_THAT(record["inputs"].dump(), HasSubstr("elsewhere/ward/a.csv"));
  EXPECT_THAT(std::string(record["replay"]), HasSubstr("--recordings"));
}

TEST_F(RecordedNightTest, IsAnErrorWhereTheRecordingIsMissing) {
  device_.Write("empty/none", "");
  const auto outcome = device_.Rig("nightly . --recordings empty");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("a.csv"));
}

TEST_F(RecordedNightTest, IsNotForgottenByAResumptionWithoutTheRecordings) {
  ASSERT_EQ(device_.Rig("nightly . --recordings elsewhere").exit_code, 0);
  const std::string file = OnlyNight(device_) + "/night.json";
  auto night = Json(device_, file);
  night.erase("complete");
  device_.Write(file, night.dump());
  const auto without = device_.Rig("nightly . --resume");
  EXPECT_EQ(without.exit_code, 3);
  EXPECT_THAT(without.out, HasSubstr("began with --recordings elsewhere; expected the same"));
  fs::remove(device_.folder() / "recorded/patient.yaml");
  const auto gone = device_.Rig("nightly . --resume --recordings elsewhere");
  EXPECT_EQ(gone.exit_code, 3);
  EXPECT_THAT(gone.out, HasSubstr("patient.yaml: was to run in this night"));
}

TEST_F(RecordedNightTest, ReadsWhatItCanTellWithoutTheRecording) {
  const auto refused = [&](const std::string& from, const std::string& to) {
    device_.Edit("recorded/patient.yaml", from, to);
    const auto outcome = device_.Rig("lint recorded/patient.yaml");
    device_.Edit("recorded/patient.yaml", to, from);
    return outcome.out;
  };
  EXPECT_THAT(refused("unit: mV", "unit: ohm"), HasSubstr("in ohm; expected a unit of V"));
  EXPECT_THAT(refused("unit: mV", "unit: mV, gain: 0"), HasSubstr("gain 0; expected"));
  EXPECT_THAT(refused("recordings:ward/a.csv", "ward.csv"), HasSubstr("nothing from recordings:"));
  device_.Write("scenarios/stray.yaml", device_.Read("recorded/patient.yaml"));
  EXPECT_THAT(device_.Rig("lint scenarios/stray.yaml").out,
              HasSubstr("in scenarios/; expected the scenario in <device>/recorded/"));
  device_.Edit("recorded/patient.yaml", "recordings:ward", "recordings:../elsewhere/ward");
  EXPECT_THAT(device_.Rig("run recorded/patient.yaml --recordings elsewhere").out,
              HasSubstr("expected a path below the folder of recordings"));
}

TEST_F(RecordedNightTest, IsReadWithoutRecordingsButNotRun) {
  EXPECT_EQ(device_.Rig("lint .").exit_code, 0);
  const auto outcome = device_.Rig("run recorded/patient.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("patient.yaml:12:40: \"recordings:ward/a.csv\" without a "
                                     "folder; expected --recordings FOLDER"));
}

TEST(NightTest, AScenarioThatDoesNotLoadIsAnErrorOfTheNight) {
  const ProbeDevice device;
  device.Write("scenarios/bad.yaml", "scenario: bad\n");
  const auto outcome = device.Rig("nightly .");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("bad.yaml:"));
}

}  // namespace
}  // namespace rig

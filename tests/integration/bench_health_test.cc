// A bench's health from the bench file to the run's record, by the rig's own program.

#include "rig/controller/bench_health.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "rig/controller/perform.h"
#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class BenchHealthRunTest : public testing::Test {
 protected:
  nlohmann::json Record(const std::string& run = "probe.count.0001") const {
    return nlohmann::json::parse(device_.Read("evidence/runs/" + run + "/record.json"));
  }
  void Expect(const std::string& more) const {
    device_.Edit("bench/virtual.yaml", "virtual_capture: {channels: 1}",
                 "virtual_capture: {channels: 1}\n    " + more);
  }
  const ProbeDevice device_;
};

TEST_F(BenchHealthRunTest, IsInTheRunsRecordAndInTheEvidence) {
  ASSERT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
  const auto health = Record()["health"];
  EXPECT_EQ(health["verdict"], "PASS");
  EXPECT_GT(health["findings"].size(), 10u);
  const std::string sha256 = health["sha256"];
  EXPECT_TRUE(fs::exists(device_.folder() / "evidence/objects" / sha256.substr(0, 2) / sha256));
}

TEST_F(BenchHealthRunTest, ASwappedFixtureMakesTheRunAnErrorBeforeItStarts) {
  Expect("expect: {serial: LA-7}");
  const auto outcome = device_.Rig("run scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("expected LA-7"));
  const auto record = Record();
  EXPECT_EQ(record["verdict"], "ERROR");
  EXPECT_EQ(record["health"]["verdict"], "ERROR");
  EXPECT_FALSE(fs::exists(device_.folder() / "evidence/runs/probe.count.0001/trace.h5"));
}

TEST_F(BenchHealthRunTest, TheRightFixtureRuns) {
  Expect("expect: {serial: LA-7}\n    virtual_serial_number: LA-7");
  EXPECT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
}

TEST_F(BenchHealthRunTest, ANightChecksABenchOnceAndItsPageShowsIt) {
  ASSERT_EQ(device_.Rig("nightly .").exit_code, 0);
  const auto health = Record()["health"];
  EXPECT_TRUE(health["shared"].get<bool>());
  EXPECT_FALSE(health.contains("findings"));
  std::string page;
  for (const auto& night : fs::directory_iterator(device_.folder() / "evidence/nights")) {
    page = device_.Read(fs::relative(night.path() / "report.html", device_.folder()).string());
  }
  EXPECT_THAT(page, HasSubstr("aria-label=\"Bench health\""));
  EXPECT_THAT(page, HasSubstr("edge_time"));
}

// As when an address has moved to another instrument in the middle of a night.
TEST_F(BenchHealthRunTest, AnotherInstrumentThanInTheSharedHealthMakesTheRunAnError) {
  v1::RunOrder order;
  order.set_scenario((device_.folder() / kScenario).string());
  order.set_bench((device_.folder() / "bench/virtual.yaml").string());
  order.set_evidence((device_.folder() / "evidence").string());
  v1::BenchHealth health = CheckHealthOf(LoadBench(order.bench()).value()).value();
  const auto run = [&] {
    order.set_health(StoreHealth(order.evidence(), health).value());
    EXPECT_TRUE(OpenRunFolder("probe", "count", order));
    return PerformOrder(order, nullptr);
  };
  EXPECT_EQ(run().verdict(), v1::PASS);
  health.mutable_fixtures(0)->set_serial("MY1");
  const v1::RunRecord record = run();
  EXPECT_EQ(record.verdict(), v1::ERROR);
  EXPECT_TRUE(record.health().shared());
  EXPECT_THAT(record.error(), HasSubstr("fixture supply: rig virtual_supply (serial "));
  EXPECT_FALSE(fs::exists(fs::path(RunFolder(order)) / "trace.h5"));
}

TEST_F(BenchHealthRunTest, BenchCheckShowsLimitsToPeopleAndMachines) {
  Expect("health: {edge_time: 1 us, required: [clock_offset]}");
  const auto table = device_.Rig("bench check --bench bench/virtual.yaml");
  EXPECT_EQ(table.exit_code, 3);
  EXPECT_THAT(table.out, HasSubstr("not measured"));
  EXPECT_THAT(table.out, HasSubstr("at most 1 us"));
  const auto rows =
      nlohmann::json::parse(device_.Rig("bench check --json --bench bench/virtual.yaml").out);
  const auto edge = std::find_if(rows.begin(), rows.end(),
                                 [](const auto& row) { return row["check"] == "edge_time"; });
  ASSERT_NE(edge, rows.end());
  EXPECT_EQ((*edge)["limit"], 1e-6);
  EXPECT_EQ((*edge)["unit"], "s");
}

class CalibrateCommandTest : public BenchHealthRunTest {
 protected:
  // A meter that sees 0.1 % more, and `offset_mv`.
  void WriteReadings(double offset_mv) const {
    std::string text;
    for (int k = 0; k < 5; ++k) {
      for (int repeat = 0; repeat < 3; ++repeat) {
        const double volts = 1.25 * k;
        text += "0, " + std::to_string(volts) + " V, " +
                std::to_string(1.001 * volts + 1e-3 * offset_mv) + " V\n";
      }
    }
    device_.Write("readings.csv", text);
  }
  ProbeDevice::Outcome Calibrate(const std::string& more) const {
    return device_.Rig(
        "calibrate bench/virtual.yaml dac --board-removed --reference 'meter 7' "
        "--reference-uncertainty '60 uV' --reference-due 2999-01-01 --readings readings.csv " +
        more);
  }
  // The newest file, in the bench file's place.
  void Name() const {
    std::string file;
    for (const auto& entry : fs::directory_iterator(device_.folder() / "bench/calibration")) {
      file = std::max(file, entry.path().filename().string());
    }
    const std::string bench = device_.Read("bench/virtual.yaml");
    const std::size_t at = bench.find("update_rate: 500 Hz}") + 20;
    const std::size_t next = bench.find("\n  - name: capture");
    device_.Write("bench/virtual.yaml", bench.substr(0, at) +
                                            "\n    calibration: {file: calibration/" + file + "}" +
                                            bench.substr(next));
  }
};

TEST_F(CalibrateCommandTest, StoresACalibrationThatTheBenchThenRestsOn) {
  WriteReadings(2);
  const auto outcome = Calibrate("--limit '10 mV'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("calibration: {file: calibration/dac."));
  Name();
  ASSERT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
  const auto record = Record();
  std::string inputs;
  for (const auto& input : record["inputs"]) inputs += input["path"].get<std::string>() + "\n";
  EXPECT_THAT(inputs, HasSubstr("bench/calibration/dac."));
}

TEST_F(CalibrateCommandTest, ACalibrationThatFailedListsTheVerdictsInQuestion) {
  WriteReadings(0);
  ASSERT_EQ(Calibrate("--limit '10 mV'").exit_code, 0);
  Name();
  ASSERT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
  WriteReadings(20);
  const auto outcome = Calibrate("--html affected.html --csv affected.csv");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("OUT OF ITS LIMIT"));
  EXPECT_THAT(outcome.out, HasSubstr("alive"));
  EXPECT_THAT(device_.Read("affected.html"), HasSubstr("probe.count.0001"));
  EXPECT_THAT(device_.Read("affected.csv"), HasSubstr("\"probe.count.0001\""));
  const auto json = Calibrate("--json");
  ASSERT_EQ(json.exit_code, 3);
  const auto document = nlohmann::json::parse(json.out);
  EXPECT_EQ(document["calibration"]["found"], "OUT_OF_LIMIT");
  EXPECT_EQ(document["affected"]["verdicts"].size(), 2u);
  // What was superseded is not used silently.
  EXPECT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 3);
}

// The bench file goes on naming its certificate, and the runs do not.
TEST_F(CalibrateCommandTest, ACalibrationThatFailedStopsRunsUnderTheirCertificate) {
  device_.Edit("bench/virtual.yaml", "update_rate: 500 Hz}",
               "update_rate: 500 Hz}\n    virtual_serial_number: virtual.dac\n    calibration: "
               "{date: 2020-01-01, due: 2999-01-01, serial: virtual.dac, uncertainty: 5 mV}");
  ASSERT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
  WriteReadings(8);
  const auto found = Calibrate("--limit '1 V' --evidence elsewhere");
  EXPECT_EQ(found.exit_code, 3);
  EXPECT_THAT(found.out, HasSubstr("OUT OF ITS LIMIT of 5 mV"));
  EXPECT_THAT(found.out, HasSubstr("elsewhere: no runs to search"));
  EXPECT_THAT(Calibrate("--json --evidence elsewhere").out, HasSubstr(", \"affected\": null}"));
  const auto outcome = device_.Rig("run scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("probe/bench/calibration/dac."));
}

TEST_F(CalibrateCommandTest, ADueDateThatIsNoDayIsUsage) {
  WriteReadings(0);
  EXPECT_EQ(Calibrate("--limit '10 mV' --due 31.12.2999").exit_code, 64);
  EXPECT_EQ(Calibrate("--limit '10 mV' --due 2999-12-31").exit_code, 0);
}

TEST_F(CalibrateCommandTest, AFileEditedByHandIsRefused) {
  WriteReadings(2);
  ASSERT_EQ(Calibrate("--limit '10 mV'").exit_code, 0);
  Name();
  const auto file = fs::directory_iterator(device_.folder() / "bench/calibration")->path();
  fs::permissions(file, fs::perms::owner_all);
  device_.Edit(fs::relative(file, device_.folder()).string(), "made_by: ", "made_by: not ");
  const auto outcome = device_.Rig("run scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("was changed after the calibration"));
}

TEST_F(CalibrateCommandTest, AffectedVerdictsCanBeAskedForAlone) {
  ASSERT_EQ(device_.Rig("run scenarios/count.yaml").exit_code, 0);
  const auto outcome =
      device_.Rig("calibrate affected bench/virtual.yaml dac --since 2020-01-01 --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_EQ(nlohmann::json::parse(outcome.out)["verdicts"].size(), 2u);
  EXPECT_EQ(device_.Rig("calibrate affected bench/virtual.yaml dac --since soon").exit_code, 64);
  EXPECT_EQ(device_.Rig("calibrate affected bench/virtual.yaml adc --since 2020-01-01").exit_code,
            3);
}

TEST_F(BenchHealthRunTest, ProbeAsksEachFixtureAlone) {
  const auto outcome = device_.Rig("fixtures probe bench/virtual.yaml --json");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out;
  const auto rows = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[1]["driver"], "virtual_dac");
  EXPECT_EQ(rows[1]["serial"], "virtual.dac");
  EXPECT_EQ(rows[1]["answers"], "yes");
}

}  // namespace
}  // namespace rig

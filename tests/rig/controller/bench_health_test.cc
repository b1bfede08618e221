#include "rig/controller/bench_health.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "rig/record/record.h"
#include "tests/rig/edited_file.h"
#include "tests/rig/scripted_equipment.h"

namespace rig {
namespace {

using testing::HasSubstr;

constexpr char kNow[] =
    "2024-06-01T12:00:00Z";  // the injector is calibrated from 2024-01-31 for a year

class BenchHealthTest : public testing::Test {
 protected:
  BenchHealthTest() { SetZone("UTC0"); }
  ~BenchHealthTest() override {
    unsetenv("TZ");
    tzset();
    std::filesystem::remove_all(TestFolder());
  }
  static void SetZone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }

  static LoadedBench Bench(const std::string& from = "", const std::string& to = "") {
    return LoadBench(EditedFile(TestFolder(), "bench.yaml", from, to)).value();
  }
  // The bad findings as "fixture what".
  static std::vector<std::string> Bad(const v1::BenchHealth& health) {
    std::vector<std::string> bad;
    for (const v1::HealthFinding& finding : health.findings()) {
      if (finding.verdict() == v1::PASS) continue;
      bad.push_back(finding.fixture() + " " + finding.what());
      EXPECT_FALSE(finding.remedy().empty());
    }
    return bad;
  }
  v1::BenchHealth Check(const LoadedBench& bench, const std::string& now = kNow) {
    return CheckHealth(bench, equipment_, now);
  }
  ScriptedEquipment equipment_;
};

TEST_F(BenchHealthTest, AGoodBenchIsFit) {
  const LoadedBench bench = Bench();
  const v1::BenchHealth health = Check(bench);
  EXPECT_TRUE(Bad(health).empty());
  EXPECT_EQ(health.verdict(), v1::PASS);
  EXPECT_TRUE(JudgeHealth(health, bench));
  EXPECT_EQ(health.fixtures_size(), bench.message.fixtures_size());
}

TEST_F(BenchHealthTest, ASwappedFixtureIsNot) {
  equipment_.identities["injector"] = {"maker", "model", "C-2", ""};
  const LoadedBench bench = Bench();
  const v1::BenchHealth health = Check(bench);
  EXPECT_THAT(Bad(health), testing::ElementsAre("injector serial"));
  const Status fit = JudgeHealth(health, bench);
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(fit.error().message, HasSubstr("serial: C-2, expected C-1"));
}

TEST_F(BenchHealthTest, AFixtureThatDoesNotTellItsSerialIsNotTheCalibratedOne) {
  equipment_.identities["injector"] = {"maker", "model", "", ""};
  EXPECT_THAT(Bad(Check(Bench())), testing::ElementsAre("injector serial"));
}

TEST_F(BenchHealthTest, ALostFixtureIsAFindingWithItsCause) {
  equipment_.lost = "capture";
  const v1::BenchHealth health = Check(Bench());
  EXPECT_THAT(Bad(health), testing::ElementsAre("capture identity"));
}

TEST_F(BenchHealthTest, FirmwareIsComparedWhereItIsExpected) {
  equipment_.identities["capture"] = {"maker", "model", "7", "1.2"};
  EXPECT_TRUE(Bad(Check(Bench())).empty());
  const std::string capture = "virtual_capture: {channels: 3}";
  EXPECT_THAT(Bad(Check(Bench(capture, capture + ", expect: {firmware: \"1.3\"}"))),
              testing::ElementsAre("capture firmware"));
}

TEST_F(BenchHealthTest, ACalibrationPastDueIsNotFit) {
  EXPECT_TRUE(Bad(Check(Bench(), "2025-01-31T23:59:59Z")).empty());
  EXPECT_THAT(Bad(Check(Bench(), "2025-02-01T00:00:00Z")),
              testing::ElementsAre("injector calibration"));
}

TEST_F(BenchHealthTest, ADayThatIsOverHereIsOver) {
  SetZone("EAST-10");
  EXPECT_TRUE(Bad(Check(Bench(), "2025-01-31T13:59:59Z")).empty());
  EXPECT_THAT(Bad(Check(Bench(), "2025-01-31T14:00:00Z")),
              testing::ElementsAre("injector calibration"));
}

TEST_F(BenchHealthTest, ACalibrationOfTomorrowIsNotFit) {
  EXPECT_TRUE(Bad(Check(Bench(), "2024-01-31T00:00:00Z")).empty());
  EXPECT_THAT(Bad(Check(Bench(), "2024-01-30T23:59:59Z")),
              testing::ElementsAre("injector calibration"));
}

TEST_F(BenchHealthTest, ALoaderThatCannotBeAskedIsNotSaidToAnswer) {
  equipment_.not_asked = "loader";
  const v1::BenchHealth health = Check(Bench());
  EXPECT_TRUE(Bad(health).empty());
  const v1::FixtureSeen& seen = health.fixtures(health.fixtures_size() - 1);
  EXPECT_EQ(seen.fixture(), "loader");
  EXPECT_TRUE(seen.model().empty());
  const auto told = [&](const v1::HealthFinding& finding) {
    return finding.fixture() == "loader" && finding.measured() == "not asked";
  };
  EXPECT_EQ(std::count_if(health.findings().begin(), health.findings().end(), told), 1);
  // What was expected of it nobody has found.
  EXPECT_THAT(Bad(Check(Bench("virtual_loader: {}", "virtual_loader: {}, expect: {model: m}"))),
              testing::ElementsAre("loader identity"));
  // No other fixture may do so.
  equipment_.not_asked = "capture";
  EXPECT_THAT(Bad(Check(Bench())), testing::ElementsAre("capture identity"));
}

TEST_F(BenchHealthTest, MeasurementsAreHeldAgainstTheirLimits) {
  auto& measured = equipment_.measurements["injector"];
  measured = {{HealthQuantity::kLoopBack, 4.9e-3, "here"},
              {HealthQuantity::kLatency, 0.02, "here"}};
  EXPECT_TRUE(Bad(Check(Bench())).empty());
  measured = {
      {HealthQuantity::kLoopBack, 5.1e-3, "here"},    {HealthQuantity::kNoise, 2.1e-3, "here"},
      {HealthQuantity::kDrift, 2.1e-3, "here"},       {HealthQuantity::kEdgeTime, 11e-6, "here"},
      {HealthQuantity::kClockOffset, 101e-6, "here"}, {HealthQuantity::kLatency, 0.021, "here"}};
  EXPECT_EQ(Bad(Check(Bench())).size(), 6u);
}

TEST_F(BenchHealthTest, LimitsAreTheBenchFiles) {
  equipment_.measurements["injector"] = {{HealthQuantity::kLoopBack, 5.1e-3, "here"}};
  const LoadedBench bench =
      Bench("uncertainty: 0.1 mV}", "uncertainty: 0.1 mV}\n    health: {loop_back: 6 mV}");
  EXPECT_TRUE(Bad(Check(bench)).empty());
}

TEST_F(BenchHealthTest, WhatIsNoNumberIsNoPass) {
  for (const double value : {std::nan(""), -1.0, HUGE_VAL}) {
    equipment_.measurements["injector"] = {{HealthQuantity::kNoise, value, "here"}};
    EXPECT_THAT(Bad(Check(Bench())), testing::ElementsAre("injector noise")) << value;
  }
}

TEST_F(BenchHealthTest, WhatIsRequiredAndNotMeasuredIsNotFit) {
  const LoadedBench bench = Bench(
      "uncertainty: 0.1 mV}", "uncertainty: 0.1 mV}\n    health: {required: [loop_back, noise]}");
  equipment_.measurements["injector"] = {{HealthQuantity::kNoise, 0, "here"}};
  EXPECT_THAT(Bad(Check(bench)), testing::ElementsAre("injector loop_back"));
}

TEST_F(BenchHealthTest, NothingFoundOutIsNotFit) {
  const LoadedBench bench = Bench();
  EXPECT_FALSE(JudgeHealth(v1::BenchHealth(), bench));
  v1::BenchHealth claimed;
  claimed.set_verdict(v1::PASS);
  EXPECT_FALSE(JudgeHealth(claimed, bench));
}

TEST_F(BenchHealthTest, CountsForItsBenchAndItsTime) {
  const LoadedBench bench = Bench();
  const v1::BenchHealth health = Check(bench);
  EXPECT_TRUE(StillCounts(health, bench, kNow));
  EXPECT_TRUE(StillCounts(health, bench, "2024-06-02T12:00:00Z"));
  EXPECT_FALSE(StillCounts(health, bench, "2024-06-02T12:00:01Z"));
  EXPECT_FALSE(StillCounts(health, bench, "2024-06-01T11:59:59Z"));
  EXPECT_FALSE(StillCounts(health, bench, "yesterday"));
  EXPECT_FALSE(StillCounts(health, Bench("A small bench", "Another small bench"), kNow));
}

// A run of a night rests on a health of hours ago; the instruments are asked again.
class StillThereTest : public BenchHealthTest {
 protected:
  std::string ErrorOf(const LoadedBench& bench) {
    const Status there = CheckStillThere(bench, equipment_, health_);
    return there ? "" : there.error().message;
  }
  void Rest(const LoadedBench& bench) {
    const v1::BenchHealth health = Check(bench);
    *health_.mutable_fixtures() = health.fixtures();
    health_.set_checked(health.checked());
  }
  v1::RunHealth health_;
};

TEST_F(StillThereTest, TheSameInstrumentsAre) {
  equipment_.not_asked = "loader";
  Rest(Bench());
  EXPECT_EQ(ErrorOf(Bench()), "");
}

TEST_F(StillThereTest, AnotherAtItsAddressIsNot) {
  equipment_.identities["capture"] = {"maker", "model", "MY1", "1.0"};
  const LoadedBench bench = Bench();
  Rest(bench);
  for (const FixtureIdentity& other : {FixtureIdentity{"maker", "model", "MY2", "1.0"},
                                       FixtureIdentity{"maker", "model", "MY1", "1.1"},
                                       FixtureIdentity{"maker", "model", "", ""}}) {
    equipment_.identities["capture"] = other;
    EXPECT_THAT(ErrorOf(bench), HasSubstr("fixture capture: maker model (serial"));
  }
  EXPECT_THAT(ErrorOf(bench), HasSubstr("serial not told, firmware not told) is there now; "
                                        "expected maker model (serial MY1, firmware 1.0)"));
  equipment_.lost = "capture";
  EXPECT_THAT(ErrorOf(bench), HasSubstr("fixture capture: no answer"));
}

TEST_F(StillThereTest, OneThatWasNeverSeenOrIsNotTheCalibratedOneIsNot) {
  const LoadedBench bench = Bench();
  EXPECT_THAT(ErrorOf(bench), HasSubstr("fixture supply"));
  equipment_.identities["injector"] = {"maker", "model", "C-2", ""};
  Rest(bench);
  EXPECT_THAT(ErrorOf(bench), HasSubstr("fixture injector: serial C-2; expected the calibrated"));
}

class EstablishHealthTest : public BenchHealthTest {
 protected:
  EstablishHealthTest() { order_.set_evidence((TestFolder() / "evidence").string()); }
  v1::RunOrder order_;
  v1::RunHealth reference_;
};

TEST_F(EstablishHealthTest, ARunWithoutOneChecksTheBenchItself) {
  const LoadedBench bench = Bench();
  ASSERT_TRUE(EstablishHealth(order_, bench, kNow, reference_));
  EXPECT_FALSE(reference_.shared());
  EXPECT_GT(reference_.findings_size(), 0);
  EXPECT_TRUE(LoadHealth(order_.evidence(), reference_.sha256()));
}

TEST_F(EstablishHealthTest, ASharedOneIsStoredByReference) {
  const LoadedBench bench = Bench();
  order_.set_health(StoreHealth(order_.evidence(), Check(bench)).value());
  ASSERT_TRUE(EstablishHealth(order_, bench, "2024-06-01T20:00:00Z", reference_));
  EXPECT_TRUE(reference_.shared());
  EXPECT_EQ(reference_.sha256(), order_.health());
  EXPECT_EQ(reference_.findings_size(), 0);
  EXPECT_EQ(reference_.checked(), kNow);
}

TEST_F(EstablishHealthTest, OneThatIsTooOldIsCheckedAgain) {
  const LoadedBench bench = Bench();
  order_.set_health(StoreHealth(order_.evidence(), Check(bench)).value());
  ASSERT_TRUE(EstablishHealth(order_, bench, "2024-06-03T00:00:00Z", reference_));
  EXPECT_FALSE(reference_.shared());
  EXPECT_NE(reference_.sha256(), order_.health());
}

TEST_F(EstablishHealthTest, ADueDateThatPassedSincePlanningIsAnError) {
  const LoadedBench bench = Bench();
  order_.set_health(StoreHealth(order_.evidence(), Check(bench, "2025-01-31T23:00:00Z")).value());
  const Status fit = EstablishHealth(order_, bench, "2025-02-01T01:00:00Z", reference_);
  ASSERT_FALSE(fit);
  EXPECT_THAT(fit.error().message, HasSubstr("was due on 2025-01-31"));
}

TEST_F(EstablishHealthTest, ABadSharedOneIsAnErrorOfEveryRun) {
  const LoadedBench bench = Bench();
  equipment_.lost = "supply";
  order_.set_health(StoreHealth(order_.evidence(), Check(bench)).value());
  EXPECT_FALSE(EstablishHealth(order_, bench, kNow, reference_));
  EXPECT_EQ(reference_.verdict(), v1::ERROR);
}

TEST_F(EstablishHealthTest, AMissingRecordIsAnError) {
  order_.set_health(std::string(64, 'a'));
  const Status fit = EstablishHealth(order_, Bench(), kNow, reference_);
  ASSERT_FALSE(fit);
  EXPECT_THAT(fit.error().message, HasSubstr("expected the record that was made"));
}

TEST_F(EstablishHealthTest, AnAlteredRecordIsAnError) {
  const LoadedBench bench = Bench();
  v1::BenchHealth health = Check(bench);
  order_.set_health(StoreHealth(order_.evidence(), health).value());
  std::ofstream(ObjectPath(order_.evidence(), order_.health()), std::ios::app) << " ";
  EXPECT_EQ(EstablishHealth(order_, bench, kNow, reference_).error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace rig

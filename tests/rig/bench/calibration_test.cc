#include "rig/bench/calibration.h"

#include <gmock/gmock.h>

#include "rig/bench/uncertainty_components.h"
#include "rig/calibration/record_file.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using testing::HasSubstr;

constexpr char kByHand[] =
    "calibration: {date: 2024-01-31, due: 2025-01-31, serial: C-1, uncertainty: 0.1 mV}";

// The corpus' bench, its injector calibrated by files of the test.
class BenchCalibrationTest : public testing::Test {
 protected:
  ~BenchCalibrationTest() override { std::filesystem::remove_all(TestFolder()); }

  // Both channels: twice as many volts as the fixture says, plus 100 mV on channel 1.
  static v1::CalibrationRecord Record() {
    v1::CalibrationRecord record;
    record.set_bench("small");
    record.set_fixture("injector");
    record.set_serial("C-9");
    record.set_date("2026-01-31");
    record.set_due("2027-01-31");
    record.set_made("2026-01-31T12:00:00Z");
    record.set_made_by("someone");
    record.mutable_reference()->set_identity("meter 7");
    record.mutable_reference()->set_due("2027-01-01");
    record.mutable_reference()->set_uncertainty(60e-6);
    record.set_limit(0.01);
    record.set_drift(3e-3);
    record.set_found(v1::CalibrationRecord::WITHIN_LIMIT);
    for (const std::uint32_t number : {0u, 1u}) {
      v1::CalibratedChannel& channel = *record.add_channels();
      channel.set_channel(number);
      channel.set_quantity(v1::CalibratedChannel::OUTPUT);
      channel.set_gain(2);
      channel.set_offset(0.1 * number);
      channel.set_uncertainty(1e-3 * (number + 1));
      channel.set_high(5);
    }
    record.add_readings()->set_quantity(v1::CalibratedChannel::OUTPUT);
    return record;
  }
  static Result<LoadedBench> Load(v1::CalibrationRecord record, const std::string& more = "") {
    const auto file = StoreCalibration(TestFolder() / "calibration", record).value();
    return LoadBench(
        EditedFile(TestFolder(), "bench.yaml", kByHand,
                   "calibration: {file: calibration/" + file.filename().string() + more + "}"));
  }
};

TEST_F(BenchCalibrationTest, TakesOverWhatTheFileSays) {
  const auto bench = Load(Record());
  ASSERT_TRUE(bench) << bench.error().message;
  const v1::Calibration& calibration = bench->message.fixtures(1).calibration();
  EXPECT_EQ(calibration.serial(), "C-9");
  EXPECT_EQ(calibration.due(), "2027-01-31");
  EXPECT_EQ(calibration.uncertainty(), 2e-3);
  EXPECT_EQ(calibration.sha256().size(), 64u);
}

TEST_F(BenchCalibrationTest, UncertaintyIsThatOfTheChannel) {
  const auto bench = Load(Record()).value();
  const auto budget = UncertaintyComponents(bench.message, "observed.ecg");
  ASSERT_GE(budget.value_size(), 2);
  EXPECT_EQ(budget.value(0).half_width(), 1e-3);
  EXPECT_THAT(budget.value(0).source(), HasSubstr("injector.2026-01-31.1.yaml"));
  EXPECT_EQ(budget.value(1).name(), "drift");
}

TEST_F(BenchCalibrationTest, RefusesAChannelThatWasLeftOut) {
  v1::CalibrationRecord record = Record();
  record.mutable_channels()->RemoveLast();
  const auto bench = Load(record);
  ASSERT_FALSE(bench);
  EXPECT_THAT(bench.error().message, HasSubstr("channel 1 of injector (signal pressure)"));
}

TEST_F(BenchCalibrationTest, RefusesTheCalibrationOfAnotherFixture) {
  v1::CalibrationRecord record = Record();
  record.set_fixture("supply");
  EXPECT_THAT(Load(record).error().message, HasSubstr("a calibration of fixture supply"));
}

TEST_F(BenchCalibrationTest, RefusesACertificateBesideTheFile) {
  EXPECT_THAT(Load(Record(), ", due: 2099-01-01").error().message, HasSubstr("beside file"));
}

TEST_F(BenchCalibrationTest, RefusesCorrectionsWithoutTheirCalibration) {
  const auto bench = LoadBench(
      EditedFile(TestFolder(), "bench.yaml", "uncertainty: 0.1 mV",
                 "uncertainty: 0.1 mV, channels: [{quantity: output, gain: 1, offset: 0 V, "
                 "gain_uncertainty: 0, offset_uncertainty: 0 V, uncertainty: 0 V, low: 0 V, high: "
                 "1 V, as_found: 0 V, as_left: 0 V}]"));
  ASSERT_FALSE(bench);
  EXPECT_THAT(bench.error().message, HasSubstr("corrections without their calibration"));
}

TEST_F(BenchCalibrationTest, ABenchThatDoesNotNameTheLatestIsNotFit) {
  const auto bench = Load(Record()).value();
  EXPECT_TRUE(CheckCalibration(bench, "2026-06-01"));
  v1::CalibrationRecord again = Record();
  ASSERT_TRUE(StoreCalibration(TestFolder() / "calibration", again));
  const Status valid = CheckCalibration(bench, "2026-06-01");
  ASSERT_FALSE(valid);
  EXPECT_THAT(valid.error().message, HasSubstr("injector.2026-01-31.2.yaml"));
}

TEST_F(BenchCalibrationTest, ACalibrationElsewhereDoesNotHideALaterOneBesideTheBench) {
  v1::CalibrationRecord record = Record();
  const auto file = StoreCalibration(TestFolder() / "elsewhere", record).value();
  const auto bench =
      LoadBench(EditedFile(TestFolder(), "bench.yaml", kByHand,
                           "calibration: {file: elsewhere/" + file.filename().string() + "}"))
          .value();
  EXPECT_TRUE(CheckCalibration(bench, "2026-06-01"));
  // A copy of it is the same calibration.
  std::filesystem::create_directories(TestFolder() / "calibration");
  std::filesystem::copy_file(file, TestFolder() / "calibration" / file.filename());
  EXPECT_TRUE(CheckCalibration(bench, "2026-06-01"));
  v1::CalibrationRecord again = Record();
  again.set_made("2026-01-31T12:00:01Z");
  ASSERT_TRUE(StoreCalibration(TestFolder() / "calibration", again));
  EXPECT_FALSE(CheckCalibration(bench, "2026-06-01"));
}

TEST_F(BenchCalibrationTest, ACertificateDoesNotHideALaterCalibration) {
  const auto bench = LoadBench(EditedFile(TestFolder(), "bench.yaml", "", "")).value();
  const auto store = [](const std::string& date, const std::string& serial) {
    v1::CalibrationRecord record = Record();
    record.set_found(v1::CalibrationRecord::OUT_OF_LIMIT);
    record.set_date(date);
    record.set_serial(serial);
    ASSERT_TRUE(StoreCalibration(TestFolder() / "calibration", record));
  };
  store("2024-01-30", "C-1");
  store("2024-06-01", "C-2");
  EXPECT_TRUE(CheckCalibration(bench, "2024-12-01"));
  store("2024-01-31", "C-1");
  const Status valid = CheckCalibration(bench, "2024-12-01");
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(valid.error().message, HasSubstr("injector.2024-01-31.1.yaml"));
}

TEST_F(BenchCalibrationTest, ACalibrationOfTomorrowIsNone) {
  const auto bench = Load(Record()).value();
  EXPECT_TRUE(CheckCalibration(bench, "2026-01-31"));
  EXPECT_THAT(CheckCalibration(bench, "2026-01-30").error().message,
              HasSubstr("is of 2026-01-31, today is 2026-01-30"));
}

TEST_F(BenchCalibrationTest, RefusesACalibrationOfLessThanTheWireMayBeAskedFor) {
  v1::CalibrationRecord record = Record();
  // A converter's highest code is one step below its range's end.
  record.mutable_channels(1)->set_high(5 - 5.0 / 65535);
  EXPECT_TRUE(Load(record));
  record.mutable_channels(1)->set_high(0.5);
  EXPECT_THAT(
      Load(record).error().message,
      HasSubstr("channel 1 of injector (signal pressure) was calibrated from 0 V to 500 mV; "
                "expected all it may be asked for: 0 V to 5 V"));
  record.mutable_channels(1)->set_high(5);
  record.mutable_channels(1)->set_low(0.1);
  EXPECT_FALSE(Load(record));
}

TEST_F(BenchCalibrationTest, TheRangeOfAPinIsEnough) {
  v1::CalibrationRecord record = Record();
  for (auto& channel : *record.mutable_channels()) channel.set_high(2.56);
  const auto file = StoreCalibration(TestFolder() / "calibration", record).value();
  const auto bench =
      EditedFile(TestFolder(), "bench.yaml", kByHand,
                 "calibration: {file: calibration/" + file.filename().string() + "}");
  std::string text = ReadFile(bench).value();
  for (const std::string offset : {"offset: 1.28 V", "offset: 0.2 V"}) {
    text.replace(text.find(offset), offset.size(), offset + ", pin_range: {high: 2.56 V}");
  }
  ASSERT_TRUE(WriteFileAtomically(bench, text));
  const auto loaded = LoadBench(bench);
  EXPECT_TRUE(loaded) << loaded.error().message;
}

TEST_F(BenchCalibrationTest, RefusesAnExpectationThatTheCalibrationContradicts) {
  const auto bench = LoadBench(EditedFile(TestFolder(), "bench.yaml", kByHand,
                                          std::string(kByHand) + "\n    expect: {serial: C-2}"));
  ASSERT_FALSE(bench);
  EXPECT_THAT(bench.error().message, HasSubstr("serial C-2, calibrated is C-1"));
}

TEST_F(BenchCalibrationTest, RefusesToRequireWhatNobodyMeasures) {
  const auto bench =
      LoadBench(EditedFile(TestFolder(), "bench.yaml", kByHand,
                           std::string(kByHand) + "\n    health: {required: [loop_bakc]}"));
  ASSERT_FALSE(bench);
  EXPECT_THAT(bench.error().message, HasSubstr("loop_back"));
}

// Puts out and reads back what the test says.
class ScriptedSupply final : public PowerSupply {
 public:
  Result<double> SetVoltage(double volts) override { return set = volts; }
  Result<double> Ramp(double volts, Duration) override { return set = volts; }
  Status Cut() override { return {}; }
  Result<double> Measure() override { return 2.0; }
  Result<double> MeasureCurrent() override { return 0.1; }
  double set = -1;
};

TEST(CorrectedSupplyTest, AsksForWhatMakesTheTerminalsHaveWhatIsWanted) {
  ScriptedSupply supply;
  const auto corrected = MakeCorrected(supply, {1.01, 0.02}, {0.99, -0.01});
  EXPECT_NEAR(corrected->SetVoltage(5).value(), 5, 1e-12);
  EXPECT_NEAR(supply.set, (5 - 0.02) / 1.01, 1e-12);
  EXPECT_NEAR(corrected->Measure().value(), 1.97, 1e-12);
}

TEST(CorrectedSupplyTest, ZeroIsOffWhateverTheOffset) {
  ScriptedSupply supply;
  const auto corrected = MakeCorrected(supply, {1.0, 0.02}, {});
  EXPECT_EQ(corrected->SetVoltage(0).value(), 0);
  EXPECT_EQ(supply.set, 0);
  // Less than its offset it cannot do, and says so.
  EXPECT_NEAR(corrected->SetVoltage(0.01).value(), 0.02, 1e-12);
  EXPECT_EQ(supply.set, 0);
}

}  // namespace
}  // namespace rig

#include "rig/controller/calibrate.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/rig/edited_file.h"
#include "tests/rig/scripted_equipment.h"

namespace rig {
namespace {

using testing::HasSubstr;

constexpr char kNow[] = "2024-06-01T12:00:00Z";

class CalibrateTest : public testing::Test {
 protected:
  // The calibration in use claims 20 mV.
  CalibrateTest() : bench_(Bench("uncertainty: 0.1 mV", "uncertainty: 20 mV")) {
    request_.fixture = "injector";
    request_.reference.set_identity("meter 7");
    request_.reference.set_due("2025-01-01");
    request_.reference.set_uncertainty(60e-6);
    request_.due = "2025-06-01";
    request_.limit_v = 0.01;
    request_.board_removed = true;
    request_.made_by = "someone";
  }
  ~CalibrateTest() override { std::filesystem::remove_all(TestFolder()); }

  static LoadedBench Bench(const std::string& from, const std::string& to) {
    return LoadBench(EditedFile(TestFolder(), "bench.yaml", from, to)).value();
  }
  // A meter that sees gain and offset.
  Result<v1::CalibrationRecord> Do(double gain, double offset_v) {
    return Calibrate(
        bench_, equipment_, request_,
        [&](const MeterReading& wanted) -> Result<double> {
          readings_.push_back(wanted);
          return offset_v + gain * wanted.fixture_v;
        },
        kNow);
  }
  std::string ErrorOf(double gain = 1) {
    const auto record = Do(gain, 0);
    return record ? "no error" : record.error().message;
  }

  LoadedBench bench_;
  ScriptedEquipment equipment_;
  CalibrationRequest request_;
  std::vector<MeterReading> readings_;
};

TEST_F(CalibrateTest, FitsEveryWiredChannelAndSaysWhatItRestsOn) {
  const auto record = Do(1.001, 2e-3);
  ASSERT_TRUE(record) << record.error().message;
  ASSERT_EQ(record->channels_size(), 2);
  EXPECT_NEAR(record->channels(1).gain(), 1.001, 1e-9);
  EXPECT_EQ(record->serial(), "C-1");
  EXPECT_EQ(record->readings_size(), 2 * 5 * 3);
  EXPECT_EQ(record->made_by(), "someone");
  EXPECT_EQ(record->found(), v1::CalibrationRecord::WITHIN_LIMIT);
}

TEST_F(CalibrateTest, ASupplysReadBackIsCalibratedToo) {
  bench_ = Bench("maximum: 6 V", "maximum: 5 V");
  request_.fixture = "supply";
  request_.board_removed = false;
  const auto record = Do(1.001, 0);
  ASSERT_TRUE(record) << record.error().message;
  ASSERT_EQ(record->channels_size(), 2);
  EXPECT_EQ(record->channels(1).quantity(), v1::CalibratedChannel::READ_BACK);
  EXPECT_LE(*std::max_element(equipment_.put_out.begin(), equipment_.put_out.end()), 5.0);
}

TEST_F(CalibrateTest, GoesFromSmallToLargeAndBackToTheSafeState) {
  ASSERT_TRUE(Do(1, 0));
  for (std::size_t i = 1; i < readings_.size(); ++i) {
    if (readings_[i].channel != readings_[i - 1].channel) continue;
    EXPECT_GE(readings_[i].asked_v, readings_[i - 1].asked_v);
  }
  ASSERT_GE(equipment_.put_out.size(), 2u);
  // The bench file's: 1.28 V on ecg, 0.2 V on pressure.
  EXPECT_THAT(std::vector<double>(equipment_.put_out.end() - 2, equipment_.put_out.end()),
              testing::ElementsAre(1.28, 0.2));
}

TEST_F(CalibrateTest, ReachesTheSafeStateAfterAReadingThatFailed) {
  const auto record = Calibrate(
      bench_, equipment_, request_,
      [](const MeterReading&) -> Result<double> { return MakeError(Code::kAborted, "enough"); },
      kNow);
  EXPECT_EQ(record.error().code, Code::kAborted);
  EXPECT_EQ(equipment_.put_out.back(), 0.2);
}

TEST_F(CalibrateTest, AnErrorBeyondTheLimitIsFoundOut) {
  EXPECT_EQ(Do(1.003, 0)->found(), v1::CalibrationRecord::OUT_OF_LIMIT);
}

TEST_F(CalibrateTest, AnErrorAsCloseToTheLimitAsItsUncertaintyIsNotDecided) {
  EXPECT_EQ(Do(1.002, 20e-6)->found(), v1::CalibrationRecord::NOT_DECIDED);
  EXPECT_EQ(Do(1.002, -20e-6)->found(), v1::CalibrationRecord::NOT_DECIDED);
  EXPECT_EQ(Do(1.002, -80e-6)->found(), v1::CalibrationRecord::WITHIN_LIMIT);
}

TEST_F(CalibrateTest, WithoutALimitWhatIsClaimedCounts) {
  request_.limit_v = 0;
  EXPECT_EQ(Do(1, 50e-6)->limit(), 20e-3);
  request_.fixture = "supply";
  EXPECT_THAT(ErrorOf(), HasSubstr("expected --limit"));
}

// Verdicts were judged with what it claims, whatever is wished for now.
TEST_F(CalibrateTest, ALimitIsNeverWiderThanWhatIsClaimed) {
  bench_ = Bench("uncertainty: 0.1 mV", "uncertainty: 5 mV, drift: 2 mV");
  const auto record = Do(1, 8e-3);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_NEAR(record->limit(), 7e-3, 1e-12);
  EXPECT_EQ(record->found(), v1::CalibrationRecord::OUT_OF_LIMIT);
  EXPECT_EQ(Do(1, 6e-3)->found(), v1::CalibrationRecord::WITHIN_LIMIT);
  // Of a file that channel counts of which it claims least.
  for (const double claimed : {3e-3, 4e-3}) {
    v1::Calibration& in_use = *bench_.message.mutable_fixtures(1)->mutable_calibration();
    v1::CalibratedChannel& channel = *in_use.add_channels();
    channel.set_channel(static_cast<std::uint32_t>(in_use.channels_size() - 1));
    channel.set_quantity(v1::CalibratedChannel::OUTPUT);
    channel.set_gain(1);
    channel.set_uncertainty(claimed);
  }
  EXPECT_NEAR(Do(1, 0)->limit(), 5e-3, 1e-12);
}

TEST_F(CalibrateTest, RefusesARangeThatLeavesOutWhatRunsUse) {
  request_.low_v = 0;
  request_.high_v = 0.5;
  request_.board_removed = false;
  EXPECT_THAT(ErrorOf(), HasSubstr("expected all that channel 0 (signal ecg) may be asked for"));
  EXPECT_TRUE(equipment_.put_out.empty());
}

TEST_F(CalibrateTest, OfABoardOnTheTableTheBenchFileSaysWhatItSurvives) {
  bench_ = Bench("maximum: 6 V", "maximum: 3.3 V");
  request_.fixture = "supply";
  request_.board_removed = false;
  bench_.message.mutable_board()->mutable_external()->set_programming_voltage(1.8);
  EXPECT_THAT(ErrorOf(), HasSubstr("expected 0 V to 1.8 V, or the board taken off"));
  bench_.message.mutable_board()->mutable_external()->set_programming_voltage(3.3);
  EXPECT_EQ(ErrorOf(), "no error");
}

TEST_F(CalibrateTest, RefusesADayThatIsNone) {
  request_.reference.set_due("31.12.2020");
  EXPECT_THAT(ErrorOf(), HasSubstr("due on \"31.12.2020\"; expected a day"));
  request_.reference.set_due("2025-01-01");
  request_.due = "next year";
  EXPECT_THAT(ErrorOf(), HasSubstr("due on \"next year\"; expected a day"));
}

TEST_F(CalibrateTest, KeepsTheBoardsPinsSafe) {
  request_.board_removed = false;
  EXPECT_THAT(ErrorOf(), HasSubstr("--board-removed"));
  request_.fixture = "supply";
  request_.high_v = 6;
  EXPECT_THAT(ErrorOf(), HasSubstr("--board-removed"));
  EXPECT_TRUE(equipment_.put_out.empty());
}

TEST_F(CalibrateTest, RefusesAReferencePastDue) {
  request_.reference.set_due("2024-05-31");
  EXPECT_THAT(ErrorOf(), HasSubstr("reference's own calibration was due on 2024-05-31"));
}

TEST_F(CalibrateTest, RefusesWhatHasNoVoltsOrNoSerialNumber) {
  request_.fixture = "capture";
  EXPECT_THAT(ErrorOf(), HasSubstr("no volts"));
  request_.fixture = "dac";
  EXPECT_THAT(ErrorOf(), HasSubstr("expected one of its fixtures"));
  request_.fixture = "injector";
  equipment_.identities["injector"] = {"maker", "model", "", ""};
  EXPECT_THAT(ErrorOf(), HasSubstr("does not tell its serial number"));
}

TEST_F(CalibrateTest, RefusesReadingsThatCannotBe) {
  EXPECT_THAT(ErrorOf(1e-3), HasSubstr("expected it within"));
  EXPECT_THAT(ErrorOf(std::nan("")), HasSubstr("expected it within"));
}

constexpr MeterReading kWanted{.channel = 1,
                               .asked_v = 1.25,
                               .fixture_v = 1.25,
                               .repeat = 1,
                               .done = 1,
                               .all = 1,
                               .plausible_v = 0.1};

std::string ReadingError(const std::string& text) {
  auto readings = ReadingsFile::Parse(text, "r.csv");
  if (!readings) return readings.error().message;
  const auto volts = readings->Read(kWanted);
  if (!volts) return volts.error().message;
  const Status used = readings->CheckAllUsed();
  return used ? "" : used.error().message;
}

TEST(ReadingsFileTest, GivesReadingsInTheirOrder) {
  auto readings = ReadingsFile::Parse(
      "# a comment\n\n1, 1.25 V, 1.2503 V\r\n1,1250 mV,1251 mV # again", "r.csv");
  ASSERT_TRUE(readings) << readings.error().message;
  EXPECT_EQ(readings->Read(kWanted).value(), 1.2503);
  EXPECT_NEAR(readings->Read(kWanted).value(), 1.251, 1e-12);
  EXPECT_FALSE(readings->Read(kWanted));
  EXPECT_TRUE(readings->CheckAllUsed());
}

TEST(ReadingsFileTest, RefusesWithTheLine) {
  EXPECT_THAT(ReadingError("1, 1.25 V, nan V"), HasSubstr("r.csv:1: reading"));
  EXPECT_THAT(ReadingError("1, 1.25 V, inf V"), HasSubstr("r.csv:1: reading"));
  EXPECT_THAT(ReadingError("1, 1.25 V, 1.25 A"), HasSubstr("expected volts"));
  EXPECT_THAT(ReadingError("1, 1.25 V, 1.25"), HasSubstr("expected volts"));
  EXPECT_THAT(ReadingError("1, 1.25 V, 1.25 mV"), HasSubstr("decimal point"));
  EXPECT_THAT(ReadingError("1, 1.25 V"), HasSubstr("r.csv:1: expected"));
  EXPECT_THAT(ReadingError("-1, 1.25 V, 1.25 V"), HasSubstr("a number from 0"));
  EXPECT_THAT(ReadingError("1, 1.25 V, 1.25 V, 2 V"), HasSubstr("r.csv:1: expected"));
}

TEST(ReadingsFileTest, RefusesWhatIsLeftOutAndWhatNobodyAskedFor) {
  EXPECT_THAT(ReadingError("0, 1.25 V, 1.25 V"), HasSubstr("no reading 1 of channel 1"));
  EXPECT_THAT(ReadingError("1, 1.25 V, 1.25 V\n2, 1.25 V, 1.25 V"),
              HasSubstr("r.csv:2: nobody asked"));
}

}  // namespace
}  // namespace rig

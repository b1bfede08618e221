#include "rig/calibration/record_file.h"

#include <gmock/gmock.h>

#include "rig/base/digest.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

using testing::HasSubstr;

class CalibrationFileTest : public testing::Test {
 protected:
  ~CalibrationFileTest() override { std::filesystem::remove_all(TestFolder()); }

  static v1::CalibrationRecord Record(const std::string& date = "2026-05-31") {
    v1::CalibrationRecord record;
    record.set_bench("rack");
    record.set_fixture("dac");
    record.set_serial("C-1");
    record.set_date(date);
    record.set_due("2027-05-31");
    record.set_made(date + "T12:00:00Z");
    record.set_made_by("someone");
    record.mutable_reference()->set_identity("meter 7");
    record.mutable_reference()->set_due("2027-01-01");
    record.mutable_reference()->set_uncertainty(60e-6);
    record.set_limit(0.01);
    record.set_found(v1::CalibrationRecord::WITHIN_LIMIT);
    v1::CalibratedChannel& channel = *record.add_channels();
    channel.set_quantity(v1::CalibratedChannel::OUTPUT);
    channel.set_gain(1.0 / 3);
    channel.set_gain(1.001);
    channel.set_offset(-0.1 / 3);
    v1::CalibrationReading& reading = *record.add_readings();
    reading.set_quantity(v1::CalibratedChannel::OUTPUT);
    reading.set_reference(2.0 / 3);
    return record;
  }
  static std::filesystem::path Store(v1::CalibrationRecord record) {
    return StoreCalibration(TestFolder(), record).value();
  }
};

TEST_F(CalibrationFileTest, ReadsBackWhatItWrote) {
  v1::CalibrationRecord record = Record();
  const auto file = StoreCalibration(TestFolder(), record).value();
  EXPECT_EQ(file.filename(), "dac.2026-05-31.1.yaml");
  const auto loaded = LoadCalibration(file);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->SerializeAsString(), record.SerializeAsString());
}

TEST_F(CalibrationFileTest, TwoOnADayAreTwoFiles) {
  const auto first = Store(Record());
  const std::string before = ReadFile(first).value();
  const auto second = Store(Record());
  EXPECT_EQ(second.filename(), "dac.2026-05-31.2.yaml");
  EXPECT_EQ(ReadFile(first).value(), before);
  EXPECT_EQ(NewestCalibration(TestFolder(), "dac", "C-1").value(), second);
}

TEST_F(CalibrationFileTest, NoticesAnEditAfterItWasMade) {
  const auto file = Store(Record());
  std::string text = ReadFile(file).value();
  const std::size_t at = text.find("1.001");
  ASSERT_NE(at, std::string::npos);
  ASSERT_TRUE(WriteFileAtomically(file, text.replace(at, 5, "1.002")));
  const auto loaded = LoadCalibration(file);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::kDataLoss);
  EXPECT_THAT(loaded.error().message, HasSubstr("was changed after the calibration"));
}

TEST_F(CalibrationFileTest, TheNewestIsThatOfTheLatestDay) {
  Store(Record("2026-04-01"));
  const auto latest = Store(Record("2026-10-01"));
  Store(Record("2026-09-30"));
  EXPECT_EQ(NewestCalibration(TestFolder(), "dac", "C-1").value(), latest);
  EXPECT_TRUE(NewestCalibration(TestFolder(), "dac", "C-2").value().empty());
  EXPECT_TRUE(NewestCalibration(TestFolder(), "supply", "C-1").value().empty());
}

TEST_F(CalibrationFileTest, TheLastGoodOneIsNotOneThatWasFoundOut) {
  const auto good = Store(Record("2026-04-01"));
  for (const auto found :
       {v1::CalibrationRecord::OUT_OF_LIMIT, v1::CalibrationRecord::NOT_DECIDED}) {
    v1::CalibrationRecord bad = Record("2026-10-01");
    bad.set_found(found);
    Store(bad);
  }
  EXPECT_EQ(LastGoodCalibration(TestFolder(), "dac", "C-1").value(), good);
}

TEST_F(CalibrationFileTest, AFileThatIsNoneIsAnErrorAndNotPassedOver) {
  Store(Record());
  ASSERT_TRUE(WriteFileAtomically(TestFolder() / "dac.2026-06-01.1.yaml", "bench: rack\n"));
  EXPECT_FALSE(NewestCalibration(TestFolder(), "dac", "C-1"));
}

}  // namespace
}  // namespace rig

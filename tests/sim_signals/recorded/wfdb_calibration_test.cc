#include "sim_signals/recorded/wfdb_calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

// The example of wfdbcal(5), and a more specific entry before.
constexpr char kFile[] =
    "# Calibration\r\nECG lead II\t- 2 sine 1 mV\r\nECG\t- 1 sine 1 mV\r\n\r\n"
    "NBP\t0 100 square 100 mmHg\r\nIBP\t0 - square 100 mmHg\r\nResp\t- - undefined 1 l\r\n";

TEST(WfdbCalibrationTest, ReadsTheEntriesInTheirOrder) {
  const auto entries = ParseWfdbCalibration(kFile, "cal");
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 5u);
  const WfdbCalibration& pressure = (*entries)[2];
  EXPECT_EQ(pressure.description, "NBP");
  EXPECT_EQ(pressure.low, 0.0);
  EXPECT_EQ(pressure.size(), 100.0);
  EXPECT_EQ(pressure.pulse, WfdbCalibration::Pulse::kSquare);
  EXPECT_EQ(pressure.scale, 100.0);
  EXPECT_EQ(pressure.unit, "mmHg");
  EXPECT_EQ((*entries)[3].size(), std::nullopt);
  EXPECT_EQ((*entries)[4].low, std::nullopt);
}

TEST(WfdbCalibrationTest, TheFirstEntryOfTheUnitThatTheNameBeginsWithHolds) {
  const auto entries = ParseWfdbCalibration(kFile, "cal");
  EXPECT_EQ(FindCalibration(*entries, {"ECG lead II", "mV"})->line, 2);
  EXPECT_EQ(FindCalibration(*entries, {"ECG lead V1", "mV"})->line, 3);
  EXPECT_EQ(FindCalibration(*entries, {"ECG lead V1", "uV"}), nullptr);
  EXPECT_EQ(FindCalibration(*entries, {"PLETH", "NU"}), nullptr);
}

TEST(WfdbCalibrationTest, NamesTheLineThatIsBroken) {
  const auto refusal = [](const std::string& line) {
    const auto entries = ParseWfdbCalibration("# comment\n" + line + "\n", "cal");
    return entries ? "accepted" : entries.error().message;
  };
  EXPECT_EQ(refusal("ECG - 1 sine 1 mV"),
            "cal:2: no description before a tab; expected \"DESC<tab>LOW HIGH TYPE SCALE UNITS\", "
            "\"ECG<tab>- 1 sine 1 mV\"");
  EXPECT_THAT(refusal("ECG\t- 1 sine 1"), testing::HasSubstr("cal:2: not five words"));
  EXPECT_THAT(refusal("ECG\t- 1 sine 1 mV mV"), testing::HasSubstr("not five words"));
  EXPECT_THAT(refusal("ECG\tx 1 sine 1 mV"), testing::HasSubstr("LOW \"x\""));
  EXPECT_THAT(refusal("ECG\t- nan sine 1 mV"), testing::HasSubstr("HIGH \"nan\""));
  EXPECT_THAT(refusal("ECG\t- 1 triangle 1 mV"), testing::HasSubstr("TYPE \"triangle\""));
  EXPECT_THAT(refusal("ECG\t- 1 sine 0 mV"), testing::HasSubstr("SCALE \"0\""));
  EXPECT_THAT(refusal("ECG\t2 1 square 1 mV"), testing::HasSubstr("HIGH that is not above LOW"));
}

// 180 counts where the gain says 200 a millivolt, with a spike that a square pulse has at its edge.
TEST(WfdbCalibrationTest, MeasuresThePulsesOfARecord) {
  const WfdbFiles files;
  std::vector<int> counts(1000);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = i / 100 % 2 == 0 ? 20 : 200;
  counts[500] = 230;
  files.Write("r.dat", Format16(counts));
  files.Write("r.hea", "r 1 250 1000\nr.dat 16 200/mV 12 0 20 -21042 0 ECG\n");
  const auto recording = OpenRecording(files.Path("r.hea"));
  ASSERT_TRUE(recording) << recording.error().message;
  using Pulse = WfdbCalibration::Pulse;
  EXPECT_DOUBLE_EQ(*MeasurePulses(**recording, 0, 0, 1000, Pulse::kSquare), 0.9);
  EXPECT_DOUBLE_EQ(*MeasurePulses(**recording, 0, 0, 1000, Pulse::kSine), 1.05);
  EXPECT_EQ(MeasurePulses(**recording, 0, 0, 50, Pulse::kSquare).error().code,
            Code::kInvalidArgument);
  EXPECT_FALSE(MeasurePulses(**recording, 0, 900, 1100, Pulse::kSquare));
  EXPECT_FALSE(MeasurePulses(**recording, 0, 10, 10, Pulse::kSquare));
}

}  // namespace
}  // namespace rig

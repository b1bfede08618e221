// What bad input gets: one clear line, the right exit code, what was recorded kept.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::HasSubstr;

constexpr char kRun[] = "run scenarios/count.yaml";
constexpr char kRunFolder[] = "evidence/runs/probe.count.0001/";

TEST(BadInputTest, NothingWrongPasses) {
  const ProbeDevice device;
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
}

TEST(BadInputTest, MalformedYamlIsNamedWithItsPlace) {
  const ProbeDevice device;
  device.Edit(kScenario, "seed: 1", "seed: [1");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("scenarios/count.yaml:"));
}

TEST(BadInputTest, ContradictoryYamlIsNamedWithItsPlace) {
  const ProbeDevice device;
  device.Edit(kScenario, "voltage: 5 V}", "voltage: 5 V, cut: true}");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("scenarios/count.yaml:9:"));
}

TEST(BadInputTest, ASignalNobodyWiredIsNamed) {
  const ProbeDevice device;
  device.Edit(kScenario, "record_signal: ecg", "record_signal: emg");
  device.Edit(kScenario, "play: {signal: ecg", "play: {signal: emg");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("scenarios/count.yaml:12:"));
  EXPECT_THAT(outcome.out, HasSubstr("emg"));
}

TEST(BadInputTest, AMissingGoldenTraceIsNamed) {
  const ProbeDevice device;
  device.Edit(kScenario, "formula: always[1 s, 4 s] (eventually[0 s, 500 ms] rise(device.count))",
              "golden: {file: ../golden/none.yaml}");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("no golden trace"));
}

TEST(BadInputTest, NanInALimitIsRefused) {
  const ProbeDevice device;
  device.Edit(kScenario, "rise(device.count))", "(device.count <= nan))");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("scenarios/count.yaml:16:"));
}

TEST(BadInputTest, AnElfForAnotherMicrocontrollerIsRefused) {
  const ProbeDevice device;
  ASSERT_EQ(std::system(("printf 'int main(void){for(;;);}' | avr-gcc -mmcu=atmega328p -xc - -o " +
                         (device.folder() / "other.elf").string())
                            .c_str()),
            0);
  const auto outcome = device.Rig(std::string(kRun) + " --firmware other.elf");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("other.elf"));
  EXPECT_THAT(outcome.out, HasSubstr("atmega1284p"));
}

TEST(BadInputTest, ATruncatedElfIsRefused) {
  const ProbeDevice device;
  const std::string elf = device.Read("firmware/probe.elf");
  device.Write("short.elf", elf.substr(0, elf.size() / 2));
  const auto outcome = device.Rig(std::string(kRun) + " --firmware short.elf");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("short.elf"));
}

// Ten seconds of silence at 100 Hz, format 16.
void WriteRecord(const ProbeDevice& device, int checksum, std::size_t samples) {
  device.Write("r.hea",
               "r 1 100 1000\nr.dat 16 200 16 0 0 " + std::to_string(checksum) + " 0 ECG\n");
  device.Write("r.dat", std::string(2 * samples, '\0'));
}

TEST(BadInputTest, ARecordThatIsRightIsPlayed) {
  const ProbeDevice device;
  WriteRecord(device, 0, 1000);
  EXPECT_EQ(device.Rig(std::string(kRun) + " --record r.hea").exit_code, 0);
}

TEST(BadInputTest, ARecordWithAWrongChecksumIsRefused) {
  const ProbeDevice device;
  WriteRecord(device, 17, 1000);
  const auto outcome = device.Rig(std::string(kRun) + " --record r.hea");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("checksum"));
}

TEST(BadInputTest, ARecordWithAShortDataFileIsRefused) {
  const ProbeDevice device;
  WriteRecord(device, 0, 400);
  const auto outcome = device.Rig(std::string(kRun) + " --record r.hea");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("r.dat"));
}

TEST(BadInputTest, ARecordThatEndsBeforeTheScenarioIsAnErrorNotAHeldValue) {
  const ProbeDevice device;
  WriteRecord(device, 0, 1000);
  const auto outcome = device.Rig(std::string(kRun) + " --record r.hea --duration '20 s'");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("r.hea"));
}

TEST(BadInputTest, AFullDiskKeepsWhatWasRecorded) {
  const ProbeDevice device;
  device.Edit(kScenario, "duration: 5 s", "duration: 5000 s");
  device.Edit("bench/virtual.yaml", "update_rate: 500 Hz", "update_rate: 20 kHz");
  // Blocks of 512 bytes a file, 8 MB: far less than these 5,000 s of ECG.
  const auto outcome = device.Rig(kRun, "ulimit -f 16000;");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("full"));
  const auto trace = device.Rig("trace probe.count.0001");
  EXPECT_EQ(trace.exit_code, 0) << trace.out;
  EXPECT_THAT(trace.out, HasSubstr("observed.ecg"));
}

TEST(BadInputTest, ABoardThatNeverAnswersIsTheRigsError) {
  const ProbeDevice device("-DSILENT");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("board does not answer"));
  EXPECT_THAT(device.Read(std::string(kRunFolder) + "record.json"), HasSubstr("did not run"));
}

TEST(BadInputTest, AFirmwareThatHangsIsTheDevicesFailure) {
  const ProbeDevice device("-DHANG");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("rig.reporting"));
}

TEST(BadInputTest, FirmwareOfAnotherDeviceIsTheRigsError) {
  const ProbeDevice device;
  device.Edit("requirements.yaml", "device: probe", "device: other");
  device.Edit("risks.yaml", "device: probe", "device: other");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("is firmware of device probe; expected other"));
}

TEST(BadInputTest, AShorterDurationThanTheScenariosIsRefused) {
  const ProbeDevice device;
  const auto outcome = device.Rig(std::string(kRun) + " --duration '2 s'");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("no shorter one"));
}

TEST(BadInputTest, ACheckThatLooksAtNothingTheDeviceDoesIsRefused) {
  const ProbeDevice device;
  device.Edit(kScenario, "rise(device.count)", "(commanded.power >= 4 V)");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("looks at nothing the device does"));
}

TEST(BadInputTest, ACheckThatAsksOnlyAtTheStartIsRefused) {
  const ProbeDevice device;
  device.Edit(kScenario, "always[1 s, 4 s] (eventually[0 s, 500 ms] rise(device.count))",
              "rise(device.count) -> false");
  const auto outcome = device.Rig(kRun);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("asks at run time 0 only"));
}

TEST(BadInputTest, AnUnknownOptionIsAUsageError) {
  const ProbeDevice device;
  EXPECT_EQ(device.Rig("run --no-such-option").exit_code, 64);
  EXPECT_EQ(device.Rig("run no-such-file.yaml").exit_code, 64);
}

TEST(BadInputTest, OneBadScenarioDoesNotKeepTheOthersFromRunning) {
  const ProbeDevice device;
  device.Write("scenarios/bad.yaml", "scenario: bad\n");
  const auto outcome = device.Rig("run scenarios/bad.yaml scenarios/count.yaml");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(device.Read(std::string(kRunFolder) + "record.json"), HasSubstr("\"PASS\""));
}

TEST(BadInputTest, TwoScenariosOfOneNameAreRefusedByWhateverRunsBoth) {
  const ProbeDevice device;
  device.Write("scenarios/twin.yaml", device.Read(kScenario));
  for (const char* command :
       {"run scenarios/count.yaml scenarios/twin.yaml", "nightly .", "lint ."}) {
    const auto outcome = device.Rig(command);
    EXPECT_EQ(outcome.exit_code, 3) << command;
    EXPECT_THAT(outcome.out, HasSubstr("scenarios/twin.yaml:1:")) << command;
    EXPECT_THAT(outcome.out, HasSubstr("again")) << command;
    EXPECT_FALSE(std::filesystem::exists(device.folder() / "evidence" / "runs")) << command;
  }
}

TEST(BadInputTest, AScenarioThatWouldNotBeRunForItsExtensionIsOneError) {
  const ProbeDevice device;
  device.Write("scenarios/other.yml", device.Read(kScenario));
  for (const char* command : {"nightly .", "lint .", "run scenarios/count.yaml"}) {
    const auto outcome = device.Rig(command);
    EXPECT_EQ(outcome.exit_code, 3) << command;
    EXPECT_THAT(outcome.out, HasSubstr("scenarios/other.yml: extension .yml; expected .yaml"))
        << command;
  }
}

}  // namespace
}  // namespace rig

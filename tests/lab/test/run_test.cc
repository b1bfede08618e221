// The rig's own program on the laboratory: the firmware passes between real drivers, and one with a
// planted defect does not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "tests/lab/test/contract_bench.h"

namespace rig {
namespace {

using ::testing::HasSubstr;

constexpr char kScenario[] = R"(scenario: table_electrode_off
title: "An electrode comes off, between real drivers"
verifies: [PM-ELECTRODE-OFF, PM-LAMP-LOW]
seed: 7
duration: 9 s
steps:
  - {at: 0 s, supply: {signal: power, voltage: 5 V}}
  - {at: 0 s, body: {rhythm: {sinus: {rate: 72 bpm, rate_sd: 0.5 bpm}}}}
  - {at: 0 s, play: {signal: ecg, ecg: {}}}
  - {at: 4 s, play: {signal: ecg, ecg: {}, artefacts: [{electrode_off: {}}]}}
checks:
  - id: alarm
    text: "Low-priority alarm within 4 s"
    verifies: [PM-ELECTRODE-OFF]
    formula: >-
      always[1 s, 5 s] (rise(truth.ecg.electrode_off)
      -> eventually[0 s, 4 s] (device.electrode_off_alarm and device.alarm_priority == 1))
  - id: cyan
    text: "Cyan is lit then"
    verifies: [PM-LAMP-LOW]
    formula: eventually[4 s, 8 s] observed.lamp_cyan
)";

struct Outcome {
  int exit_code;
  std::string out;
};

Outcome Shell(const std::string& command) {
  Outcome outcome{-1, {}};
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  char part[4096];
  while (const std::size_t n = std::fread(part, 1, sizeof part, pipe)) outcome.out.append(part, n);
  const int status = ::pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

// Runs the scenario in the laboratory on the device's firmware, or one with that defect.
Outcome RunInLab(const std::string& defect) {
  const TestFolder folder;
  const std::filesystem::path device = folder.path() / "patient_monitor";
  std::filesystem::create_directories(device / "scenarios");
  for (const char* file : {"requirements.yaml", "risks.yaml"}) {
    std::filesystem::copy(DeviceFolder() / file, device / file);
  }
  const std::filesystem::path scenario = device / "scenarios/table_electrode_off.yaml";
  std::ofstream(scenario) << kScenario;
  const std::filesystem::path firmware = folder.path() / "firmware.elf";
  const Outcome made =
      Shell("make -C " + (DeviceFolder() / "firmware").string() + " OUT=" + firmware.string() +
            (defect.empty() ? std::string() : " DEFECT=" + defect));
  if (made.exit_code != 0) return made;
  auto lab = OpenLab();
  if (!lab) return {-1, lab.error().message};
  for (v1::Fixture& fixture : *(*lab)->table().mutable_fixtures()) {
    if (fixture.has_card()) MakePatient(*fixture.mutable_card());
  }
  const auto bench = (*lab)->WriteBench(folder.path());
  if (!bench) return {-1, bench.error().message};
  return Shell(std::string(RIG_BINARY_DIR) + "/bin/rig run " + scenario.string() + " --bench " +
               bench->string() + " --firmware " + firmware.string() + " --evidence " +
               (folder.path() / "evidence").string());
}

// A person at the meter, who takes longer than the card is ahead, and reads what the outputs have.
class MeterReader {
 public:
  MeterReader(Lab& lab, const std::filesystem::path& folder) : lab_(lab), fifo_(folder / "typed") {
    EXPECT_EQ(::mkfifo(fifo_.c_str(), 0600), 0);
    typed_ = ::open(fifo_.c_str(), O_RDWR | O_CLOEXEC);
  }
  MeterReader(const MeterReader&) = delete;
  MeterReader& operator=(const MeterReader&) = delete;
  ~MeterReader() { ::close(typed_); }

  Outcome Attend(const std::string& command) {
    Outcome outcome{-1, {}};
    FILE* pipe = ::popen((command + " 2>&1 < " + fifo_.string()).c_str(), "r");
    if (pipe == nullptr) return outcome;
    std::size_t answered = 0;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
      outcome.out.push_back(static_cast<char>(c));
      if (!outcome.out.ends_with("show? ")) continue;
      if (++answered > 60) {  // it asks again and again
        ::close(std::exchange(typed_, -1));
        break;
      }
      Answer(outcome.out.substr(outcome.out.rfind("channel ") + 8, 1), answered <= 6);
    }
    const int status = ::pclose(pipe);
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome;
  }

 private:
  void Answer(const std::string& channel, bool slowly) {
    usb::UsbBus& bus = lab_.bus();
    const RunTime asked = bus.Locked([&] { return bus.NowLocked(); });
    const auto waited = [&] { return bus.NowLocked() >= asked + std::chrono::milliseconds(700); };
    if (slowly) {
      EXPECT_TRUE(bus.Await(waited, std::chrono::seconds(30)));
    }
    const double volts = bus.Locked(
        [&] { return lab_.board().output_volts(static_cast<unsigned>(channel[0] - '0')); });
    const std::string line = std::to_string(volts) + " V\n";
    EXPECT_EQ(::write(typed_, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }

  Lab& lab_;
  std::filesystem::path fifo_;
  int typed_ = -1;
};

// The board takes 4.8 V, and without power no more than 0.5 V at its pins.
TEST(LabRunTest, ABenchCheckDoesToTheBoardWhatItSurvives) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
  const TestFolder folder;
  auto lab = OpenLab();
  ASSERT_TRUE(lab.has_value()) << lab.error().message;
  for (v1::Fixture& fixture : *(*lab)->table().mutable_fixtures()) {
    if (fixture.has_card()) MakePatient(*fixture.mutable_card());
  }
  (*lab)->table().mutable_board()->mutable_external()->set_programming_voltage(4.8);
  (*lab)->bus().Locked([&] { (*lab)->board().KeepOutputs(true); });
  const auto bench = (*lab)->WriteBench(folder.path());
  ASSERT_TRUE(bench.has_value()) << bench.error().message;
  const Outcome checked =
      Shell(std::string(RIG_BINARY_DIR) + "/bin/rig bench check --bench " + bench->string());
  EXPECT_EQ(checked.exit_code, 0) << checked.out;
  EXPECT_THAT(checked.out, HasSubstr("4.8 V ± 50 mV"));
  (*lab)->bus().Locked([&] {
    EXPECT_FALSE((*lab)->board().outputs().empty());
    for (const auto& output : (*lab)->board().outputs()) EXPECT_LE(output.volts, 0.5 + 1e-4);
  });
}

TEST(LabRunTest, OutputsHoldWhileAPersonReadsTheMeter) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
  const TestFolder folder;
  auto lab = OpenLab();
  ASSERT_TRUE(lab.has_value()) << lab.error().message;
  // As in the bench file, 200 ms are ahead.
  const auto bench = (*lab)->WriteBench(folder.path());
  ASSERT_TRUE(bench.has_value()) << bench.error().message;
  const Outcome calibrated =
      MeterReader(**lab, folder.path())
          .Attend(std::string(RIG_BINARY_DIR) + "/bin/rig calibrate " + bench->string() +
                  " injector --board-removed --levels 3 --repeats 2 --reference meter"
                  " --reference-uncertainty '10 uV' --reference-due 2099-01-01 --evidence " +
                  (folder.path() / "evidence").string());
  EXPECT_EQ(calibrated.exit_code, 0) << calibrated.out;
  EXPECT_THAT(calibrated.out, HasSubstr("within its limit"));
}

TEST(LabRunTest, TheFirmwarePassesBetweenRealDrivers) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
  const Outcome run = RunInLab("");
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("verdict pass"));
}

TEST(LabRunTest, AFirmwareWithADefectFails) {
  if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
  const Outcome run = RunInLab("LEAD_OFF_UNDETECTED");
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_THAT(run.out, HasSubstr("verdict FAIL"));
}

}  // namespace
}  // namespace rig

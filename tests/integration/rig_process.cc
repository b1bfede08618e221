#include "tests/integration/rig_process.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "fixtures/console/console.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

constexpr char kRequirements[] = R"(device: probe
requirements:
  - id: PR-1
    text: The probe reports.
    source: this test
    kind: declared
)";

constexpr char kRisks[] = R"(device: probe
risks:
  - id: RK-1
    hazard: none
    controls:
      - id: RC-1
        text: It reports.
        requirements: [PR-1]
)";

constexpr char kBench[] = R"(bench: virtual
board:
  avr:
    mcu: atmega1284p
    clock: 16 MHz
    analog_reference: 2.56 V
  firmware: ../firmware/probe.elf
  serial: PB-0001
fixtures:
  - name: supply
    virtual_supply: {maximum: 6 V}
  - name: dac
    virtual_dac: {channels: 1, high: 5 V, bits: 16, update_rate: 500 Hz}
  - name: capture
    virtual_capture: {channels: 1}
  - name: serial
    virtual_serial: {}
  - name: loader
    virtual_loader: {}
wiring:
  - {signal: power, fixture: supply, pin: VCC}
  - {signal: ecg, fixture: dac, pin: PA0, gain: 500 V/V, offset: 1.28 V}
  - {signal: lamp, fixture: capture, pin: PB0}
  - {signal: console, fixture: serial, pin: UART0}
safe_state:
  - {signal: power, voltage: 0 V}
  - {signal: ecg, voltage: 0 V}
console:
  signal: console
  telemetry:
    - {key: n, channel: count}
)";

constexpr char kScenarioText[] = R"(scenario: count
title: The probe counts
verifies: [PR-1]
controls: [RC-1]
seed: 1
duration: 5 s
record_signal: ecg
steps:
  - {at: 0 s, supply: {signal: power, voltage: 5 V}}
  - {at: 0 s, body: {rhythm: {sinus: {rate: 72 bpm}}}}
  - at: 0 s
    play: {signal: ecg, ecg: {}}
checks:
  - id: alive
    text: It reports within every half second.
    formula: always[1 s, 4 s] (eventually[0 s, 500 ms] rise(device.count))
)";

std::string Literal(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '\r') {
      literal += "\\r";
    } else if (c == '\n') {
      literal += "\\n";
    } else {
      literal += c;
    }
  }
  return literal + "\"";
}

}  // namespace

ProbeDevice::ProbeDevice(const std::string& defines) {
  std::string pattern = testing::TempDir() + "/probe.XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
  folder_ = fs::path(pattern) / "probe";
  for (const char* sub : {"bench", "firmware", "scenarios"}) fs::create_directories(folder_ / sub);
  Write("requirements.yaml", kRequirements);
  Write("risks.yaml", kRisks);
  Write("bench/virtual.yaml", kBench);
  Write(kScenario, kScenarioText);
  const std::string command = fmt::format(
      "avr-gcc -mmcu=atmega1284p -DF_CPU=16000000UL -Os {} '-DIDENTITY={}' '-DREPORT_0={}' "
      "'-DREPORT_1={}' {}/tests/integration/firmware/probe.c -o {}",
      defines,
      Literal(EncodeConsoleFrame("I,device=probe,version=1.0.0,build=0123456789ab,serial=PB-0001")),
      Literal(EncodeConsoleFrame("S,n=0")), Literal(EncodeConsoleFrame("S,n=1")), RIG_SOURCE_DIR,
      (folder_ / "firmware/probe.elf").string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

ProbeDevice::Outcome ProbeDevice::Rig(const std::string& arguments,
                                      const std::string& before) const {
  const std::string command = fmt::format("cd '{}' && {} '{}/bin/rig' {} 2>&1", folder_.string(),
                                          before, RIG_BINARY_DIR, arguments);
  Outcome outcome{-1, ""};
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
    outcome.out.append(buffer, n);
  const int status = pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

void ProbeDevice::Write(const std::string& file, const std::string& text) const {
  std::filesystem::create_directories((folder_ / file).parent_path());
  std::ofstream(folder_ / file, std::ios::binary) << text;
}

std::string ProbeDevice::Read(const std::string& file) const {
  std::ostringstream text;
  text << std::ifstream(folder_ / file, std::ios::binary).rdbuf();
  return text.str();
}

void ProbeDevice::Edit(const std::string& file, const std::string& from,
                       const std::string& to) const {
  std::string text = Read(file);
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " is not in " << file;
  Write(file, text.replace(at, from.size(), to));
}

}  // namespace rig

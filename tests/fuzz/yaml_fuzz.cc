// Any text: loaded as every kind of file, it is refused with one line or written so that it loads
// back equal. A bench and a scenario also go through their cross-checks.
#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "rig/base/digest.h"
#include "rig/base/strict_yaml.h"
#include "rig/bench/bench.h"
#include "rig/scenario/scenario.h"
#include "rig/v1/calibration.pb.h"
#include "rig/v1/golden.pb.h"

namespace {

void Require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  fmt::print(stderr, "{}:\n{}\n", what, text);
  std::abort();
}

template <typename Message>
bool LoadAndWrite(std::string_view text) {
  Message message;
  const auto loaded = rig::LoadYamlText(text, "f.yaml", message);
  if (!loaded) {
    const std::string& line = loaded.error().message;
    Require(line.starts_with("f.yaml:"), "no place", line);
    Require(line.find("; expected ") != std::string::npos, "nothing expected", line);
    return false;
  }
  const std::string yaml = rig::WriteYaml(message);
  Message again;
  const auto reloaded = rig::LoadYamlText(yaml, "written", again);
  Require(reloaded.has_value(), "written but not loaded", yaml);
  Require(google::protobuf::util::MessageDifferencer::Equals(message, again),
          "loads back different", yaml);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("yaml_fuzz_{}.yaml", ::getpid());
  LoadAndWrite<rig::v1::Golden>(text);
  LoadAndWrite<rig::v1::Requirements>(text);
  LoadAndWrite<rig::v1::CalibrationRecord>(text);
  const bool is_bench = LoadAndWrite<rig::v1::Bench>(text);
  const bool is_scenario = LoadAndWrite<rig::v1::Scenario>(text);
  // With "$name" in it a scenario loads from a file only.
  const bool has_parameters = text.find("parameters:") != text.npos;
  if (!is_bench && !is_scenario && !has_parameters) return 0;
  if (!rig::WriteFileAtomically(file, text)) return 0;
  if (is_bench) {
    const auto bench = rig::LoadBench(file);
    if (bench) rig::BenchChannels(bench->message);
  }
  if (is_scenario || has_parameters) {
    const auto scenario = rig::LoadScenario(file);
    Require(scenario || !scenario.error().message.empty(), "no reason", std::string(text));
  }
  std::filesystem::remove(file);
  return 0;
}

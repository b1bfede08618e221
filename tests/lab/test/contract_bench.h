#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fixtures/catalogue.h"
#include "rig/bench/bench.h"
#include "tests/lab/lab.h"

namespace rig {

inline std::filesystem::path DeviceFolder() {
  return std::filesystem::path(RIG_SOURCE_DIR) / "scenarios/patient_monitor";
}

// A folder that goes with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "rig_lab.XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    path_ = path;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Result<std::unique_ptr<Lab>> OpenLab() {
  return Lab::Open(DeviceFolder() / "bench/table.yaml", DeviceFolder() / "bench/virtual.yaml");
}

// A machine that is busy with other tests must not end those that are about something else.
inline void MakePatient(v1::Card& card) {
  card.set_lead(1'500'000'000);
  card.set_late_limit(900'000'000);
}

// The patient monitor's bench, computed, in the laboratory in software, or on a real table.
enum class BenchSort { kVirtual, kLab, kHardware };

// One bench, open. `lab` is null but for kLab.
struct ContractBench {
  TestFolder folder;
  std::unique_ptr<Lab> lab;
  std::optional<LoadedBench> loaded;
  std::unique_ptr<Equipment> equipment;

  // `edit`: of the card's settings, before it is opened.
  Status Open(BenchSort sort, const std::function<void(v1::Card&)>& edit = {}) {
    std::filesystem::path file = DeviceFolder() / "bench/virtual.yaml";
    if (sort == BenchSort::kLab) {
      RIG_TRY_ASSIGN(lab, OpenLab());
      RIG_TRY_ASSIGN(file, lab->WriteBench(folder.path()));
    }
    if (sort == BenchSort::kHardware) file = std::getenv("RIG_HARDWARE_BENCH");
    RIG_TRY_ASSIGN(loaded, LoadBench(file));
    if (sort == BenchSort::kVirtual) AddAdc(loaded->message);
    for (v1::Fixture& fixture : *loaded->message.mutable_fixtures()) {
      if (fixture.has_card() && edit) edit(*fixture.mutable_card());
    }
    return OpenAgain();
  }
  Status OpenAgain() {
    equipment.reset();
    RIG_TRY_ASSIGN(equipment, OpenEquipment(loaded->message, loaded->where, 1));
    return {};
  }

  // The wire of a signal; its fixture and channel are what the tests speak to.
  const v1::Wire& WireOf(const std::string& signal) const {
    for (const v1::Wire& wire : loaded->message.wiring()) {
      if (wire.signal() == signal) return wire;
    }
    ADD_FAILURE() << "the bench wires no " << signal;
    return v1::Wire::default_instance();
  }

 private:
  // The twin of the card's, which the device's virtual bench does without.
  static void AddAdc(v1::Bench& bench) {
    v1::Fixture& adc = *bench.add_fixtures();
    adc.set_name("adc");
    adc.mutable_virtual_adc()->set_channels(1);
    adc.mutable_virtual_adc()->set_high(5);
    adc.mutable_virtual_adc()->set_bits(12);
    adc.mutable_virtual_adc()->set_rate(100);
    v1::Wire& wire = *bench.add_wiring();
    wire.set_signal("supply_voltage");
    wire.set_fixture("adc");
    wire.set_pin("VCC");
    wire.set_gain("1 V/V");
  }
};

}  // namespace rig

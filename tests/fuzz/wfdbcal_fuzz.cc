// WFDB calibration files of arbitrary bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim_signals/recorded/wfdb_calibration.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto entries = rig::ParseWfdbCalibration(text, "fuzz.cal");
  if (!entries) return 0;
  for (const rig::WfdbCalibration& entry : *entries) {
    if (entry.description.empty() || !(entry.scale > 0.0)) __builtin_trap();
    if (entry.size() && !(*entry.size() > 0.0)) __builtin_trap();
    // Each is found by its own description, or one before it is.
    if (rig::FindCalibration(*entries, {entry.description, entry.unit}) == nullptr) {
      __builtin_trap();
    }
  }
  return 0;
}

// A file of a meter's readings, of arbitrary bytes: what is read is a plausible number of volts,
// and each line is read once.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "rig/controller/calibrate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  auto readings = rig::ReadingsFile::Parse(text, "fuzz.csv");
  if (!readings) {
    if (!readings.error().message.starts_with("fuzz.csv:")) __builtin_trap();
    return 0;
  }
  const rig::MeterReading wanted{.channel = 0,
                                 .asked_v = 1.25,
                                 .fixture_v = 1.25,
                                 .repeat = 1,
                                 .done = 1,
                                 .all = 1,
                                 .plausible_v = 0.1};
  for (std::size_t read = 0; read <= size; ++read) {
    const auto volts = readings->Read(wanted);
    if (!volts) return 0;
    if (!(std::fabs(*volts - wanted.fixture_v) <= wanted.plausible_v)) __builtin_trap();
  }
  __builtin_trap();  // more readings than bytes
}

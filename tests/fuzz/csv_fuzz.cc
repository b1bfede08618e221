// The CSV reader on arbitrary bytes. The first byte says whether a sampling rate is given.
#include <cstddef>
#include <cstdint>

#include "sim_signals/recorded/csv.h"
#include "tests/fuzz/recording_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  rig::RecordingOptions options;
  options.rate_hz = bytes[0] == '1' ? 250.0 : 0.0;
  options.open_file =
      rig::OnlyFile(std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1));
  const auto recording = rig::OpenCsv("fuzz.csv", options);
  if (recording) rig::ReadEverything(**recording);
  return 0;
}

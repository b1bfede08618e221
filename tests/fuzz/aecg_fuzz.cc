// The HL7 aECG reader on arbitrary bytes.
#include <cstddef>
#include <cstdint>

#include "sim_signals/recorded/aecg.h"
#include "tests/fuzz/recording_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(bytes), size);
  const auto recording = rig::OpenAecg("fuzz.xml", rig::OnlyFile(input));
  if (recording) rig::ReadEverything(**recording);
  return 0;
}

#include "tests/fuzz/programmer_output_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CheckProgrammerOutput<rig::OpenocdOutput>(data, size);
  return 0;
}

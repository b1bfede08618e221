// What a device may send: the decoder stays within its bounds, and what it accepts it would also
// have written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "fixtures/console/console.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<rig::SerialByte> bytes;
  bytes.reserve(size);
  for (std::size_t i = 0; i < size; ++i) bytes.push_back({rig::RunTime(), data[i]});
  rig::ConsoleDecoder decoder;
  std::vector<rig::ConsoleFrame> frames;
  decoder.Feed(bytes, frames);
  const std::string_view sent(reinterpret_cast<const char*>(data), size);
  for (const rig::ConsoleFrame& frame : frames) {
    std::string payload(1, frame.type);
    for (const auto& field : frame.fields) payload += "," + field.key + "=" + field.value;
    const std::string written = rig::EncodeConsoleFrame(payload);
    if (written.size() > 96 || sent.find(written) == std::string_view::npos) std::abort();
  }
  return 0;
}

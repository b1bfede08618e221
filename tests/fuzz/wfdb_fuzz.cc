// The WFDB reader on arbitrary bytes. Input: header text, a line "%%", two bytes of length (low
// first), that many bytes of sample file (every signal file of the header), then annotations.
#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "sim_signals/wfdb.h"

namespace {

void ReadSamples(const rig::WfdbHeader& header, const std::string& data) {
  for (std::size_t i = 0; i < header.signals.size();) {
    const rig::WfdbFileGroup group = rig::GroupOf(header, i);
    const auto signals = std::span(header.signals).subspan(group.first, group.size);
    std::istringstream stream(data);
    rig::WfdbSampleFile file(stream, "fuzz.dat", signals[0].format, signals[0].byte_offset,
                             group.size);
    const auto bytes = static_cast<std::int64_t>(data.size());
    const std::int64_t frames = file.FramesIn(bytes);
    if (frames > 0 && file.BytesFor(frames) > bytes)
      __builtin_trap();  // whole frames fit, by definition
    if (file.BytesFor(header.frames) <= bytes) (void)file.Verify(header.frames, signals);
    if (frames > 0 && !file.Verify(frames, signals)) {
      std::vector<std::int32_t> last(group.size);
      if (!file.Read(frames - 1, last)) __builtin_trap();  // what is there can be read
    }
    i = group.first + group.size;
  }
}

void ReadAnnotations(const std::string& bytes) {
  std::istringstream stream(bytes);
  rig::WfdbAnnotationReader reader(stream, "fuzz.atr");
  std::int64_t last = 0;
  while (true) {
    const auto next = reader.Next();
    if (!next || !*next) return;
    if ((*next)->time < last) __builtin_trap();  // time order is promised
    last = (*next)->time;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(bytes), size);
  const std::size_t mark = input.find("%%\n");
  const auto header = rig::ParseWfdbHeader(input.substr(0, mark), "fuzz.hea");
  if (mark == std::string::npos) return 0;
  const std::string rest = input.substr(mark + 3);
  if (rest.size() < 2) return 0;
  const std::size_t length = static_cast<std::uint8_t>(rest[0]) |
                             static_cast<std::size_t>(static_cast<std::uint8_t>(rest[1])) << 8;
  const std::string data = rest.substr(2, length);
  if (header) ReadSamples(*header, data);
  if (rest.size() > 2 + length) ReadAnnotations(rest.substr(2 + length));
  return 0;
}

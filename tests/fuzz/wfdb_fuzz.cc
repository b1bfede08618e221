// The WFDB reader on arbitrary bytes. Input: header text, perhaps a line "%&" and the text of every
// other header, a line "%%", two bytes of length (low first), that many bytes of sample file (every
// signal file of a header), then annotations.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "sim_signals/recorded/wfdb_annotations.h"
#include "sim_signals/recorded/wfdb_recording.h"
#include "tests/fuzz/recording_fuzz.h"

namespace {

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

struct Files {
  std::string header, others, data, annotations;
};

Files Split(const std::string& input) {
  Files files;
  const std::size_t mark = input.find("%%\n");
  files.header = input.substr(0, mark);
  const std::size_t other = files.header.find("%&\n");
  if (other != std::string::npos) {
    files.others = files.header.substr(other + 3);
    files.header.resize(other);
  }
  const std::string rest = mark == std::string::npos ? "" : input.substr(mark + 3);
  if (rest.size() < 2) return files;
  const std::size_t length = static_cast<std::uint8_t>(rest[0]) |
                             static_cast<std::size_t>(static_cast<std::uint8_t>(rest[1])) << 8;
  files.data = rest.substr(2, length);
  if (rest.size() > 2 + length) files.annotations = rest.substr(2 + length);
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const Files files = Split(std::string(reinterpret_cast<const char*>(bytes), size));
  const auto open = [&](const std::filesystem::path& path) -> std::unique_ptr<std::istream> {
    const std::string extension = path.extension().string();
    const std::string& text = path == "fuzz.hea"    ? files.header
                              : extension == ".hea" ? files.others
                              : extension == ".atr" ? files.annotations
                                                    : files.data;
    if (extension == ".atr" && text.empty()) return nullptr;
    return std::make_unique<std::istringstream>(text);
  };
  const auto recording = rig::OpenWfdb("fuzz.hea", open);
  if (recording) rig::ReadEverything(**recording);
  ReadAnnotations(files.annotations);
  return 0;
}

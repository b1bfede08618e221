#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace rig {

// A small record of our own, in a folder of its own. Written anew by each test.
class WfdbFiles {
 public:
  WfdbFiles() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(info->test_suite_name()) + "." + info->name();
    for (char& c : name) c = c == '/' ? '_' : c;
    directory_ = std::filesystem::path(testing::TempDir()) / name;
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  std::filesystem::path Path(const std::string& name) const { return directory_ / name; }
  void Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(Path(name), std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path directory_;
};

inline std::string Format16(const std::vector<int>& counts) {
  std::string bytes;
  for (const int c : counts) {
    bytes += static_cast<char>(c & 0xFF);
    bytes += static_cast<char>(c >> 8 & 0xFF);
  }
  return bytes;
}

inline std::string Format212(const std::vector<int>& counts) {
  std::string bytes;
  for (std::size_t i = 0; i < counts.size(); i += 2) {
    const int a = counts[i];
    const int b = i + 1 < counts.size() ? counts[i + 1] : 0;
    bytes += static_cast<char>(a & 0xFF);
    bytes += static_cast<char>((a >> 8 & 0x0F) | (b >> 4 & 0xF0));
    if (i + 1 < counts.size()) bytes += static_cast<char>(b & 0xFF);
  }
  return bytes;
}

// One annotation word; `interval` since the last annotation, below 1024.
inline std::string Annotation(int code, int interval) {
  const int word = code << 10 | interval;
  return {static_cast<char>(word & 0xFF), static_cast<char>(word >> 8)};
}
inline std::string Skip(std::int32_t interval) {
  const auto v = static_cast<std::uint32_t>(interval);
  return Annotation(59, 0) + Format16({static_cast<int>(v >> 16), static_cast<int>(v & 0xFFFF)});
}
inline std::string Text(const std::string& text) {
  return Annotation(63, static_cast<int>(text.size())) + text +
         (text.size() % 2 != 0 ? std::string(1, '\0') : "");
}
inline const std::string kEndMark = std::string(2, '\0');

}  // namespace rig

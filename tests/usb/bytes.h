#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Fields of what USB moves: little endian. Beyond the end all is 0.
namespace rig::usb {

inline std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : std::uint8_t{0};
}

inline std::uint16_t WordAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(ByteAt(bytes, at) | ByteAt(bytes, at + 1) << 8);
}

}  // namespace rig::usb

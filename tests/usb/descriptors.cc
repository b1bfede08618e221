#include "tests/usb/descriptors.h"

#include <set>

namespace rig::usb {
namespace {

void AppendWord(std::string& bytes, std::uint16_t word) {
  bytes += static_cast<char>(word & 0xff);
  bytes += static_cast<char>(word >> 8);
}

std::string Bytes(std::initializer_list<unsigned> values) {
  std::string bytes;
  for (const unsigned value : values) bytes += static_cast<char>(value);
  return bytes;
}

// The next character of a text in UTF-8.
char32_t Next(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
  if (more < 0 || at + more > text.size()) return 0xfffd;
  char32_t character = first & (0x3f >> more);
  for (int i = 0; i < more; ++i, ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xc0) != 0x80) return 0xfffd;
    character = character << 6 | (byte & 0x3f);
  }
  return character > 0x10ffff ? 0xfffd : character;
}

}  // namespace

std::string DeviceDescriptor(const DeviceText& device) {
  std::string bytes = Bytes({18, 1, 0x00, 0x02, device.device_class, 0, 0, device.control_packet});
  AppendWord(bytes, device.vendor);
  AppendWord(bytes, device.product);
  AppendWord(bytes, device.release);
  return bytes + Bytes({device.manufacturer, device.product_name, device.serial, 1});
}

std::string ConfigurationDescriptor(const std::vector<std::string>& parts) {
  std::string all;
  std::set<char> interfaces;
  for (const std::string& part : parts) {
    if (part.size() > 2 && part[1] == 4) interfaces.insert(part[2]);
    all += part;
  }
  std::string bytes = Bytes({9, 2});
  AppendWord(bytes, static_cast<std::uint16_t>(9 + all.size()));
  // Configuration 1, powered by the bus, 100 mA.
  bytes += Bytes({static_cast<unsigned>(interfaces.size()), 1, 0, 0x80, 50});
  return bytes + all;
}

std::string InterfaceDescriptor(const InterfaceText& interface) {
  return Bytes({9, 4, interface.number, interface.alternate, interface.endpoints,
                interface.interface_class, interface.subclass, interface.protocol, interface.name});
}

std::string EndpointDescriptor(std::uint8_t address, std::uint8_t type, std::uint16_t packet,
                               std::uint8_t interval) {
  std::string bytes = Bytes({7, 5, address, type});
  AppendWord(bytes, packet);
  return bytes + Bytes({interval});
}

std::string StringDescriptor(std::string_view text) {
  constexpr std::size_t kMost = 2 + 2 * 126;
  std::string bytes(2, '\3');
  for (std::size_t at = 0; at < text.size() && bytes.size() < kMost;) {
    const char32_t character = Next(text, at);
    if (character < 0x10000) {
      AppendWord(bytes, static_cast<std::uint16_t>(character));
    } else if (bytes.size() + 4 <= kMost) {
      AppendWord(bytes, static_cast<std::uint16_t>(0xd7c0 + (character >> 10)));
      AppendWord(bytes, static_cast<std::uint16_t>(0xdc00 | (character & 0x3ff)));
    }
  }
  bytes[0] = static_cast<char>(bytes.size());
  return bytes;
}

}  // namespace rig::usb

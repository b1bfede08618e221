#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Descriptors as bytes (USB 2.0, 9.6).
namespace rig::usb {

struct DeviceText {
  std::uint16_t vendor;
  std::uint16_t product;
  std::uint16_t release = 0x0100;  // bcdDevice
  std::uint8_t device_class = 0;   // 0: each interface's
  std::uint8_t manufacturer = 0;   // indices of strings
  std::uint8_t product_name = 0;
  std::uint8_t serial = 0;
  std::uint8_t control_packet = 64;
};
std::string DeviceDescriptor(const DeviceText& device);

// With all that follows it: its length and its number of interfaces are counted here.
std::string ConfigurationDescriptor(const std::vector<std::string>& parts);

struct InterfaceText {
  std::uint8_t number = 0;
  std::uint8_t alternate = 0;
  std::uint8_t endpoints = 0;
  std::uint8_t interface_class = 0xff;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  std::uint8_t name = 0;
};
std::string InterfaceDescriptor(const InterfaceText& interface);

inline constexpr std::uint8_t kBulk = 2;
inline constexpr std::uint8_t kInterrupt = 3;
std::string EndpointDescriptor(std::uint8_t address, std::uint8_t type, std::uint16_t packet,
                               std::uint8_t interval = 0);

// Of a text in UTF-8; its first 126 UTF-16 units. What is no UTF-8 becomes U+FFFD.
std::string StringDescriptor(std::string_view text);

}  // namespace rig::usb

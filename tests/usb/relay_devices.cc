#include "tests/usb/relay_devices.h"

namespace rig::usb {

Descriptors HidRelayDevice::descriptors() const {
  DeviceText device{.vendor = 0x16c0, .product = 0x05df};
  device.manufacturer = 1;
  device.product_name = 2;
  device.control_packet = 8;
  InterfaceText interface {};
  interface.endpoints = 1;
  interface.interface_class = 3;
  // HID 1.11, 6.2.1: one report descriptor of 22 bytes.
  const std::string hid("\x09\x21\x01\x01\x00\x01\x22\x16\x00", 9);
  return {DeviceDescriptor(device),
          ConfigurationDescriptor(
              {InterfaceDescriptor(interface), hid, EndpointDescriptor(0x81, kInterrupt, 8, 20)}),
          {"www.dcttech.com", "USBRelay2"}};
}

std::optional<std::string> HidRelayDevice::Control(const Setup& setup, std::string_view data) {
  if (setup.request_type == 0xa1 && setup.request == 1 && setup.value >> 8 == 3) {
    std::string report = serial + std::string(8 - serial.size(), '\0');
    report[7] = static_cast<char>(relays);
    return report;
  }
  // The firmware does not look at the kind of report: Debian's usbrelay sends an output report.
  if (setup.request_type == 0x21 && setup.request == 9) {
    if (data.size() < 2) return std::nullopt;
    const auto command = static_cast<std::uint8_t>(data[0]);
    const auto relay = static_cast<unsigned>(data[1]);
    if (stuck) return std::string();
    const auto bit = static_cast<std::uint8_t>(relay >= 1 && relay <= 8 ? 1U << (relay - 1) : 0);
    if (command == 0xff) relays = static_cast<std::uint8_t>(relays | bit);
    if (command == 0xfd) relays = static_cast<std::uint8_t>(relays & ~bit);
    if (command == 0xfe) relays = 0xff;
    if (command == 0xfc) relays = 0;
    return std::string();
  }
  if (setup.request_type == 0x21) return std::string();  // SET_IDLE
  return std::nullopt;
}

Descriptors FtdiRelayDevice::descriptors() const {
  DeviceText device{.vendor = 0x0403, .product = 0x6001, .release = 0x0600};
  device.manufacturer = 1;
  device.product_name = 2;
  device.serial = 3;
  InterfaceText interface {};
  interface.endpoints = 2;
  return {
      DeviceDescriptor(device),
      ConfigurationDescriptor({InterfaceDescriptor(interface), EndpointDescriptor(kIn, kBulk, 64),
                               EndpointDescriptor(kOut, kBulk, 64)}),
      {"FTDI", "FT232R USB UART", serial_}};
}

std::optional<std::string> FtdiRelayDevice::Control(const Setup& setup, std::string_view) {
  if (setup.request_type == 0xc0 && setup.request == 0x0c) {  // read pins
    return std::string(1, static_cast<char>(pins()));
  }
  if (setup.request_type == 0xc0) return std::nullopt;
  if (setup.request == 0x0b) {  // set bit mode: mask, and 1 for asynchronous bit-bang
    outputs_ = static_cast<std::uint8_t>(setup.value);
    bitbang_ = setup.value >> 8 == 1;
  }
  return std::string();
}

std::optional<std::size_t> FtdiRelayDevice::Out(std::uint8_t, std::string_view bytes) {
  if (bitbang_ && !bytes.empty()) latch_ = static_cast<std::uint8_t>(bytes.back());
  return bytes.size();
}

EmulatedDevice::InResult FtdiRelayDevice::In(std::uint8_t, std::size_t) {
  return {InResult::kNak, {}};
}

Descriptors HubDevice::descriptors() const {
  DeviceText device{.vendor = 0x1a40, .product = 0x0101};
  device.device_class = 9;
  InterfaceText interface {};
  interface.endpoints = 1;
  interface.interface_class = 9;
  return {DeviceDescriptor(device),
          ConfigurationDescriptor(
              {InterfaceDescriptor(interface), EndpointDescriptor(0x81, kInterrupt, 1, 12)}),
          {}};
}

std::optional<std::string> HubDevice::Control(const Setup& setup, std::string_view) {
  const unsigned port = setup.index & 0xff;
  const bool is_port = port >= 1 && port <= ports_;
  switch (setup.request_type << 8 | setup.request) {
    case 0xa006: {  // GET_DESCRIPTOR of the hub
      std::string text = {
          9, 0x29, static_cast<char>(ports_), static_cast<char>(switching), 0, 50, 100, 0, '\xff'};
      return text;
    }
    case 0xa000:  // GET_STATUS of the hub
      return std::string(4, '\0');
    case 0xa300:  // GET_STATUS of a port
      if (!is_port) return std::nullopt;
      return std::string{0, static_cast<char>(powered(port) ? 1 : 0), 0, 0};
    case 0x2303:  // SET_FEATURE
      if (!is_port) return std::nullopt;
      if (setup.value == 8) power_ |= 1U << port;
      return std::string();
    case 0x2301:  // CLEAR_FEATURE
      if (!is_port) return std::nullopt;
      if (setup.value == 8) power_ &= ~(1U << port);
      return std::string();
    default:
      return std::nullopt;
  }
}

}  // namespace rig::usb

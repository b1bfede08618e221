#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/usb/descriptors.h"
#include "tests/usb/emulated_device.h"

namespace rig::usb {

// Sends back what it is sent, on a pair of bulk endpoints; control requests of the vendor's kind,
// too.
class EchoDevice : public EmulatedDevice {
 public:
  static constexpr std::uint8_t kOut = 0x02;
  static constexpr std::uint8_t kIn = 0x81;
  explicit EchoDevice(std::string serial = "ECHO1") : serial_(std::move(serial)) {}

  Descriptors descriptors() const override {
    InterfaceText interface {};
    interface.endpoints = 2;
    InterfaceText silent{};
    silent.alternate = 1;
    return {DeviceDescriptor({0x1209, product, 0x0100, 0, 1, 2, 3}),
            ConfigurationDescriptor(
                {InterfaceDescriptor(interface), EndpointDescriptor(kIn, kBulk, 512),
                 EndpointDescriptor(kOut, kBulk, 512), InterfaceDescriptor(silent)}),
            {"rig", "Echo", serial_}};
  }
  std::optional<std::string> Control(const Setup& setup, std::string_view data) override {
    if ((setup.request_type & 0x60) != 0x40 || setup.request != 1) return std::nullopt;
    if ((setup.request_type & 0x80) != 0) return memory;
    memory = data;
    return std::string();
  }
  std::optional<std::size_t> Out(std::uint8_t, std::string_view bytes) override {
    if (bytes.empty()) ++empties;
    const std::size_t taken = std::min(bytes.size(), room - std::min(room, held.size()));
    held += bytes.substr(0, taken);
    return taken;
  }
  InResult In(std::uint8_t, std::size_t most) override {
    if (held.empty()) return {InResult::kNak, {}};
    std::string data = held.substr(0, babbles ? std::string::npos : most);
    held.erase(0, data.size());
    return {InResult::kData, data};
  }
  void BusReset() override {
    ++resets;
    held.clear();
  }
  void SelectAlternate(std::uint8_t, std::uint8_t alternate) override {
    selected.push_back(alternate);
  }
  void ClearHalt(std::uint8_t) override { ++cleared; }
  bool TakeReattach() override { return std::exchange(reattach, false); }

  std::uint16_t product = 1;
  std::string memory;
  std::string held;
  std::size_t room = 1 << 20;
  bool babbles = false;  // sends more than asked
  int empties = 0;       // packets without data
  int resets = 0;
  std::vector<int> selected;  // alternates of interface 0
  int cleared = 0;
  bool reattach = false;

 private:
  std::string serial_;
};

}  // namespace rig::usb

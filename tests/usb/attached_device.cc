#include "tests/usb/attached_device.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "tests/usb/bytes.h"
#include "tests/usb/descriptors.h"

namespace rig::usb {
AttachedDevice::AttachedDevice(EmulatedDevice& device, Descriptors told, Descriptors taken,
                               PlugOptions options)
    : device_(device),
      told_(std::move(told)),
      taken_(std::move(taken)),
      options_(std::move(options)) {
  device_.BusReset();
  configuration_ = ByteAt(taken_.configuration, 5);
  ParseConfiguration();
  if (options_.kernel_driver.empty()) return;
  for (const auto& [interface, alternate] : alternates_) holders_[interface] = kKernel;
}

// Whatever the descriptors say: those of a wrong device are read as far as they go.
void AttachedDevice::ParseConfiguration() {
  endpoints_.clear();
  alternates_.clear();
  const std::string_view all = taken_.configuration;
  std::uint8_t interface = 0, alternate = 0;
  for (std::size_t at = 0; at + 2 <= all.size();) {
    const std::size_t length = ByteAt(all, at);
    if (length < 2 || at + length > all.size()) break;
    const std::uint8_t type = ByteAt(all, at + 1);
    if (type == 4 && length >= 9) {
      interface = ByteAt(all, at + 2);
      alternate = ByteAt(all, at + 3);
      alternates_.emplace(interface, std::uint8_t{0});
    } else if (type == 5 && length >= 7) {
      const std::size_t packet = WordAt(all, at + 4) & 0x7ff;
      if (packet > 0) endpoints_.push_back({interface, alternate, ByteAt(all, at + 2), packet});
    }
    at += length;
  }
}

const AttachedDevice::Endpoint* AttachedDevice::Find(std::uint8_t address) const {
  for (const Endpoint& endpoint : endpoints_) {
    const auto selected = alternates_.find(endpoint.interface);
    if (endpoint.address == address && selected != alternates_.end() &&
        selected->second == endpoint.alternate) {
      return &endpoint;
    }
  }
  return nullptr;
}

std::optional<std::uint8_t> AttachedDevice::InterfaceOf(std::uint8_t endpoint) const {
  const Endpoint* found = configuration_ == 0 ? nullptr : Find(endpoint);
  if (found == nullptr) return std::nullopt;
  return found->interface;
}

bool AttachedDevice::HasInterface(std::uint8_t interface) const {
  return configuration_ != 0 && alternates_.contains(interface);
}

void AttachedDevice::ReleaseAll(std::uint64_t owner) {
  for (auto& [interface, holder] : holders_) {
    if (holder == owner) holder = 0;
  }
}

int AttachedDevice::SetConfiguration(std::uint8_t value) {
  if (!attached_) return ENODEV;
  if (value != 0 && value != ByteAt(taken_.configuration, 5)) return EINVAL;
  configuration_ = value;
  for (auto& [interface, alternate] : alternates_) alternate = 0;
  for (auto& [address, pipe] : pipes_) pipe.halted = false;
  return 0;
}

int AttachedDevice::SelectAlternate(std::uint8_t interface, std::uint8_t alternate) {
  if (!attached_) return ENODEV;
  const std::string_view all = taken_.configuration;
  bool exists = false;
  for (std::size_t at = 0; at + 9 <= all.size() && ByteAt(all, at) >= 2; at += ByteAt(all, at)) {
    exists |= ByteAt(all, at + 1) == 4 && ByteAt(all, at + 2) == interface &&
              ByteAt(all, at + 3) == alternate;
  }
  if (!exists) return EINVAL;
  alternates_[interface] = alternate;
  for (const Endpoint& endpoint : endpoints_) {
    if (endpoint.interface == interface) pipes_[endpoint.address].halted = false;
  }
  device_.SelectAlternate(interface, alternate);
  return 0;
}

int AttachedDevice::ClearHalt(std::uint8_t endpoint) {
  if (!attached_) return ENODEV;
  if (!InterfaceOf(endpoint)) return ENOENT;
  pipes_[endpoint].halted = false;
  device_.ClearHalt(endpoint);
  return 0;
}

bool AttachedDevice::Reset() {
  for (auto& [address, pipe] : pipes_) {
    for (Transfer& transfer : pipe.queue) {
      transfer.status = -ENOENT;
      Retire(std::move(transfer));
    }
    pipe = {};
  }
  for (auto& [interface, alternate] : alternates_) alternate = 0;
  device_.BusReset();
  const Descriptors now = device_.descriptors();
  if (now.device == told_.device && now.configuration == told_.configuration) {
    return true;
  }
  departure_ = Departure{true, kDebounce};
  return false;
}

void AttachedDevice::Detach() {
  for (auto& [address, pipe] : pipes_) {
    for (Transfer& transfer : pipe.queue) {
      transfer.status = -ESHUTDOWN;
      Retire(std::move(transfer));
    }
    pipe.queue.clear();
  }
  attached_ = false;
}

std::optional<AttachedDevice::Departure> AttachedDevice::TakeDeparture() {
  return std::exchange(departure_, std::nullopt);
}

std::optional<std::string> AttachedDevice::Control(const Setup& setup, std::string_view data) {
  if ((setup.request_type & 0x60) == 0) return Standard(setup, data);
  return device_.Control(setup, data);
}

// USB 2.0, 9.4. What is not here goes to the device.
std::optional<std::string> AttachedDevice::Standard(const Setup& setup, std::string_view data) {
  const auto index = static_cast<std::uint8_t>(setup.index);
  const auto value = static_cast<std::uint8_t>(setup.value);
  const auto outcome = [](int error) {
    return error == 0 ? std::optional<std::string>(std::string()) : std::nullopt;
  };
  switch (setup.request_type << 8 | setup.request) {
    case 0x8006:
      return GetDescriptor(setup);
    case 0x8000:
      return std::string(2, '\0');
    case 0x8100:
      return std::string(2, '\0');
    case 0x8200:
      return std::string{pipes_.contains(index) && pipes_[index].halted ? '\1' : '\0', '\0'};
    case 0x8008:
      return std::string(1, static_cast<char>(configuration_));
    case 0x810a:
      if (!alternates_.contains(index)) return std::nullopt;
      return std::string(1, static_cast<char>(alternates_[index]));
    case 0x0009:
      return outcome(SetConfiguration(value));
    case 0x010b:
      return outcome(SelectAlternate(index, value));
    case 0x0201:
      if (setup.value != 0) break;
      return outcome((index & 0x7f) == 0 ? 0 : ClearHalt(index));
    case 0x0203:
      if (setup.value != 0 || !InterfaceOf(index)) break;
      pipes_[index].halted = true;
      return std::string();
    default:
      break;
  }
  return device_.Control(setup, data);
}

std::optional<std::string> AttachedDevice::GetDescriptor(const Setup& setup) {
  const auto index = static_cast<std::uint8_t>(setup.value);
  switch (setup.value >> 8) {
    case 1:
      return told_.device;
    case 2:
      if (index != 0) return std::nullopt;
      return told_.configuration;
    case 3:
      if (index == 0) return std::string("\x04\x03\x09\x04", 4);  // English (United States)
      if (index > told_.strings.size()) return std::nullopt;
      return StringDescriptor(told_.strings[index - 1]);
    default:
      return device_.Control(setup, {});
  }
}

}  // namespace rig::usb

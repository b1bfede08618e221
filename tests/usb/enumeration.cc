#include "tests/usb/enumeration.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "tests/usb/bytes.h"

namespace rig::usb {
namespace {

constexpr std::size_t kDeviceSize = 18;
constexpr std::size_t kConfigurationSize = 9;
constexpr std::uint8_t kDeviceType = 1;
constexpr std::uint8_t kConfigurationType = 2;

bool Accepts(std::string_view device) {
  if (device.size() < kDeviceSize) return false;
  const std::uint8_t packet = ByteAt(device, 7);
  return ByteAt(device, 1) == kDeviceType &&
         (packet == 8 || packet == 16 || packet == 32 || packet == 64) && ByteAt(device, 17) > 0;
}

// How much of a configuration has descriptors with lengths that fit.
std::size_t SoundPart(std::string_view all) {
  std::size_t at = 0;
  while (at + 2 <= all.size()) {
    const std::size_t length = ByteAt(all, at);
    if (length < 2 || at + length > all.size()) break;
    at += length;
  }
  return at;
}

}  // namespace

std::optional<Descriptors> Enumerate(Descriptors told) {
  if (!Accepts(told.device)) return std::nullopt;
  told.device.resize(kDeviceSize);
  told.device[17] = 1;  // asked for others, the bus stalls: the count is cut
  std::string& configuration = told.configuration;
  if (configuration.size() < kConfigurationSize) return std::nullopt;
  const std::size_t total = std::max<std::size_t>(kConfigurationSize, WordAt(configuration, 2));
  configuration.resize(std::min(configuration.size(), total));
  const bool sound = ByteAt(configuration, 1) == kConfigurationType &&
                     ByteAt(configuration, 0) >= kConfigurationSize &&
                     ByteAt(configuration, 0) <= configuration.size();
  if (!sound) return std::nullopt;
  configuration.resize(SoundPart(configuration));
  return told;
}

}  // namespace rig::usb

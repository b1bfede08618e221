#include "tests/usb/fuzzed_device.h"

#include <algorithm>
#include <utility>

namespace rig::usb {
namespace {

constexpr std::size_t kDeviceDescriptor = 18;
// Answers that are none.
constexpr std::uint8_t kStall = 0xff;
constexpr std::uint8_t kNak = 0xfe;

}  // namespace

FuzzedDevice::FuzzedDevice(std::string_view bytes, Descriptors sound)
    : rest_(bytes), descriptors_(std::move(sound)) {
  const std::uint8_t made_up = Byte();
  if ((made_up & 1) != 0) descriptors_.configuration = Take(4 * std::size_t{Byte()});
  if ((made_up & 2) != 0) {
    // It is found by what it is: vendor and product stay.
    const std::string identity = descriptors_.device.substr(8, 4);
    descriptors_.device = Take(kDeviceDescriptor);
    descriptors_.device.resize(kDeviceDescriptor, '\0');
    descriptors_.device.replace(8, 4, identity);
  }
  if ((made_up & 4) != 0) {
    for (std::string& text : descriptors_.strings) text = Take(Byte());
  }
}

std::uint8_t FuzzedDevice::Byte() {
  if (rest_.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return byte;
}

std::string FuzzedDevice::Take(std::size_t most) {
  std::string taken(rest_.substr(0, most));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::optional<std::string> FuzzedDevice::Control(const Setup& setup, std::string_view) {
  const std::uint8_t size = Byte();
  if (size == kStall) return std::nullopt;
  if ((setup.request_type & 0x80) == 0) return std::string();
  return Take(std::min<std::size_t>(size, setup.length));
}

std::optional<std::size_t> FuzzedDevice::Out(std::uint8_t, std::string_view bytes) {
  const std::uint8_t taken = Byte();
  if (taken == kStall) return std::nullopt;
  return taken == kNak ? 0 : bytes.size();
}

EmulatedDevice::InResult FuzzedDevice::In(std::uint8_t, std::size_t most) {
  if (rest_.empty()) return {InResult::kNak, {}};
  const std::uint8_t size = Byte();
  if (size == kStall) return {InResult::kStall, {}};
  if (size == kNak) return {InResult::kNak, {}};
  // Up to more than was asked.
  return {InResult::kData, Take(std::min<std::size_t>(std::size_t{4} * size, most + 4))};
}

}  // namespace rig::usb

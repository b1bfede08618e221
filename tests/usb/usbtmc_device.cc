#include "tests/usb/usbtmc_device.h"

#include <algorithm>

namespace rig::usb {
namespace {

constexpr std::size_t kHeader = 12;
constexpr char kSuccess = 1;
constexpr char kNotInProgress = '\x81';

std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::size_t SizeIn(std::string_view header) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size |= std::size_t{ByteAt(header, 4 + i)} << 8 * i;
  return size;
}

}  // namespace

Descriptors UsbtmcDevice::descriptors() const {
  DeviceText device{.vendor = kVendor, .product = kProduct};
  device.manufacturer = 1;
  device.product_name = 2;
  device.serial = 3;
  InterfaceText interface {};
  interface.endpoints = 2;
  interface.interface_class = 0xfe;
  interface.subclass = 3;
  interface.protocol = 1;  // USB488
  return {
      DeviceDescriptor(device),
      ConfigurationDescriptor({InterfaceDescriptor(interface), EndpointDescriptor(kIn, kBulk, 512),
                               EndpointDescriptor(kOut, kBulk, 512)}),
      {"rig", "USBTMC supply", serial_}};
}

void UsbtmcDevice::Clear() {
  message_.clear();
  response_.clear();
  sending_.clear();
  requested_ = false;
}

std::optional<std::string> UsbtmcDevice::Control(const Setup& setup, std::string_view) {
  switch (setup.request_type << 8 | setup.request) {
    case 0xa203: {  // INITIATE_ABORT_BULK_IN
      ++aborts;
      const bool under_way = requested_ && (setup.value & 0xff) == tag_;
      requested_ = false;
      sending_.clear();
      return std::string{under_way ? kSuccess : kNotInProgress, static_cast<char>(tag_)};
    }
    case 0xa204:  // CHECK_ABORT_BULK_IN_STATUS
      return std::string{kSuccess, 0, 0, 0, 0, 0, 0, 0};
    case 0xa105:  // INITIATE_CLEAR
      ++clears;
      Clear();
      return std::string{kSuccess};
    case 0xa106:  // CHECK_CLEAR_STATUS
      return std::string{kSuccess, 0};
    case 0xa107: {  // GET_CAPABILITIES
      std::string reply(24, '\0');
      reply[0] = kSuccess;
      reply[3] = 1;   // bcdUSBTMC 1.00
      reply[13] = 1;  // bcdUSB488 1.00
      reply[14] = 6;  // USB488.2, and remote control
      reply[15] = 8;  // SCPI
      return reply;
    }
    case 0xa1a0:  // REN_CONTROL
      remote = setup.value != 0;
      return std::string{kSuccess};
    default:
      return std::nullopt;
  }
}

void UsbtmcDevice::Take(std::string_view transfer) {
  if (ByteAt(transfer, 0) == 2) {
    tag_ = ByteAt(transfer, 1);
    asked_ = SizeIn(transfer);
    requested_ = true;
    return;
  }
  message_ += transfer.substr(kHeader, SizeIn(transfer));
  if ((ByteAt(transfer, 8) & 1) == 0) return;
  while (!message_.empty() && (message_.back() == '\n' || message_.back() == '\r')) {
    message_.pop_back();
  }
  // A response that nobody took is gone (IEEE 488.2, 6.3.2.3: INTERRUPTED).
  response_ = answer_(message_);
  message_.clear();
}

std::optional<std::size_t> UsbtmcDevice::Out(std::uint8_t, std::string_view bytes) {
  if (bytes.empty()) return 0;
  if (bytes.size() < kHeader) return std::nullopt;
  const std::uint8_t kind = ByteAt(bytes, 0);
  const bool sound = (kind == 1 || kind == 2) && ByteAt(bytes, 1) != 0 &&
                     ByteAt(bytes, 2) == static_cast<std::uint8_t>(~ByteAt(bytes, 1)) &&
                     (kind == 2 || SizeIn(bytes) <= bytes.size() - kHeader) &&
                     bytes.size() % 4 == 0;
  if (!sound) return std::nullopt;
  Take(bytes);
  return bytes.size();
}

EmulatedDevice::InResult UsbtmcDevice::In(std::uint8_t, std::size_t most) {
  if (sending_.empty()) {
    if (!requested_ || response_.empty() || silent) return {InResult::kNak, {}};
    const std::size_t limit = part == 0 ? asked_ : std::min(part, asked_);
    const std::string now = response_.substr(0, limit);
    response_.erase(0, now.size());
    std::string header(kHeader, '\0');
    header[0] = 2;
    header[1] = static_cast<char>(tag_);
    header[2] = static_cast<char>(~tag_);
    for (std::size_t i = 0; i < 4; ++i) header[4 + i] = static_cast<char>(now.size() >> 8 * i);
    header[8] = response_.empty() ? 1 : 0;
    sending_ = header + now;
    sending_.resize((sending_.size() + 3) / 4 * 4, '\0');
    if (corrupt) corrupt(sending_);
    requested_ = false;
  }
  std::string data = sending_.substr(0, most);
  sending_.erase(0, data.size());
  return {InResult::kData, data};
}

}  // namespace rig::usb

#include "tests/usb/test/usb_host.h"

#include <fmt/format.h>

#include <array>

namespace rig::usb {

std::vector<std::string> UsbHost::List() {
  std::vector<std::string> found;
  libusb_device** devices = nullptr;
  const ssize_t count = libusb_get_device_list(context_, &devices);
  for (ssize_t i = 0; i < count; ++i) {
    libusb_device_descriptor descriptor{};
    EXPECT_EQ(libusb_get_device_descriptor(devices[i], &descriptor), 0);
    std::array<std::uint8_t, 7> ports{};
    const int depth = libusb_get_port_numbers(devices[i], ports.data(), ports.size());
    if (depth <= 0) continue;
    std::string port = fmt::format("{}-{}", libusb_get_bus_number(devices[i]), ports[0]);
    for (int level = 1; level < depth; ++level) port += fmt::format(".{}", ports[level]);
    found.push_back(
        fmt::format("{:04x}:{:04x} {}", descriptor.idVendor, descriptor.idProduct, port));
  }
  if (count >= 0) libusb_free_device_list(devices, 1);
  return found;
}

int UsbHost::Open(std::uint16_t vendor, std::uint16_t product) {
  handle_ = libusb_open_device_with_vid_pid(context_, vendor, product);
  if (handle_ == nullptr) return LIBUSB_ERROR_NOT_FOUND;
  return libusb_claim_interface(handle_, 0);
}

void UsbHost::Close() {
  if (handle_ != nullptr) libusb_close(handle_);
  handle_ = nullptr;
}

UsbHost::Moved UsbHost::Bulk(std::uint8_t endpoint, std::string data, unsigned timeout_ms) {
  int bytes = 0;
  const int code =
      libusb_bulk_transfer(handle_, endpoint, reinterpret_cast<unsigned char*>(data.data()),
                           static_cast<int>(data.size()), &bytes, timeout_ms);
  if ((endpoint & 0x80) != 0) data.resize(static_cast<std::size_t>(bytes));
  return {code, data, static_cast<std::size_t>(bytes)};
}

}  // namespace rig::usb

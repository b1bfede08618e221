#pragma once

#include <gtest/gtest.h>
#include <libusb.h>

#include <memory>
#include <string>
#include <vector>

namespace rig::usb {

// libusb, as a program would use it.
class UsbHost {
 public:
  UsbHost() { EXPECT_EQ(libusb_init(&context_), 0); }
  ~UsbHost() {
    Close();
    libusb_exit(context_);
  }
  UsbHost(const UsbHost&) = delete;
  UsbHost& operator=(const UsbHost&) = delete;

  libusb_context* context() { return context_; }
  libusb_device_handle* handle() { return handle_; }

  // "1209:0001 1-1", one a device that is no root hub.
  std::vector<std::string> List();
  // Opens it and claims interface 0. libusb's code.
  int Open(std::uint16_t vendor, std::uint16_t product);
  void Close();

  struct Moved {
    int code;
    std::string data;  // IN: what came
    std::size_t bytes;
  };
  Moved Bulk(std::uint8_t endpoint, std::string data, unsigned timeout_ms = 2000);

 private:
  libusb_context* context_ = nullptr;
  libusb_device_handle* handle_ = nullptr;
};

}  // namespace rig::usb

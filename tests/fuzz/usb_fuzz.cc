// A USB device may be and say anything: libusb, our wrapper of it and libftdi survive it, in time.
#include <ftdi.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "fixtures/transport/usb.h"
#include "tests/usb/ft232h.h"
#include "tests/usb/fuzzed_device.h"
#include "tests/usb/under_umockdev.h"
#include "tests/usb/usb_bus.h"

namespace {

constexpr std::chrono::milliseconds kPatience{3};

void TalkThroughUsbDevice() {
  (void)rig::ListUsbDevices();
  const auto device = rig::UsbDevice::Open(rig::UsbMatch{0x0403, 0x6014, "", ""}, 0);
  if (!device) return;
  (void)(*device)->Text(1, rig::After(kPatience));
  (void)(*device)->ControlIn({0xc0, 1, 0, 0}, 200, rig::After(kPatience));
  (void)(*device)->BulkOut(0x02, std::string(700, 'x'), rig::After(kPatience));
  (void)(*device)->BulkIn(0x81, 700, rig::After(kPatience));
  (void)(*device)->SelectAlternate(1);
  (void)(*device)->ClearHalt(0x81);
}

void TalkThroughLibftdi() {
  const std::unique_ptr<ftdi_context, void (*)(ftdi_context*)> ftdi(ftdi_new(), ftdi_free);
  ftdi->usb_read_timeout = ftdi->usb_write_timeout = kPatience.count();
  ftdi_device_list* devices = nullptr;
  ftdi_usb_find_all(ftdi.get(), &devices, 0, 0);
  ftdi_list_free(&devices);
  if (ftdi_usb_open(ftdi.get(), 0x0403, 0x6014) != 0) return;
  if (ftdi_read_eeprom(ftdi.get()) == 0) ftdi_eeprom_decode(ftdi.get(), 0);
  ftdi_set_bitmode(ftdi.get(), 0, BITMODE_MPSSE);
  unsigned char bytes[700] = {};
  ftdi_write_data(ftdi.get(), bytes, sizeof bytes);
  ftdi_read_data(ftdi.get(), bytes, sizeof bytes);
  ftdi_read_pins(ftdi.get(), bytes);
}

}  // namespace

// libusb 1.0.26 loses an interface's settings when a descriptor behind them is malformed: one
// array, while the rest of the configuration is freed. What our side forgets to free, the tests of
// the transports show, which run without this.
extern "C" const char* __lsan_default_suppressions() { return "leak:libusb-1.0.so"; }

extern "C" int LLVMFuzzerInitialize(int*, char*** argv) {
  rig::usb::RunUnderUmockdev(*argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto bus = std::make_unique<rig::usb::UsbBus>();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  rig::usb::FuzzedDevice device(bytes.substr(1), rig::usb::Ft232h("RIG0001").descriptors());
  bus->Plug(device);
  if (data[0] % 2 == 0) {
    TalkThroughUsbDevice();
  } else {
    TalkThroughLibftdi();
  }
  bus->Unplug(device);
  return 0;
}

#include "tests/usb/usb_testbed.h"

#include <fmt/format.h>
#include <umockdev.h>

#include "tests/usb/bytes.h"

namespace rig::usb {
UsbTestbed::UsbTestbed() : testbed_(umockdev_testbed_new()) {}

UsbTestbed::~UsbTestbed() = default;

void UsbTestbed::Unref::operator()(_UMockdevTestbed* testbed) const { g_object_unref(testbed); }

std::filesystem::path UsbTestbed::root() const {
  g_autofree char* root = umockdev_testbed_get_root_dir(testbed_.get());
  return root;
}

UsbTestbed::Place UsbTestbed::Add(const std::string& parent, const std::string& name,
                                  unsigned address, const Descriptors& descriptors,
                                  const PlugOptions& options) {
  const std::string_view device = descriptors.device;
  const std::string file = fmt::format("/dev/bus/usb/001/{:03}", address);
  const std::string devnum = fmt::format("{}", address);
  const std::string minor = fmt::format("{}", address - 1);
  const std::string product =
      fmt::format("{:x}/{:x}/{:x}", WordAt(device, 8), WordAt(device, 10), WordAt(device, 12));
  g_autofree char* sysfs = umockdev_testbed_add_device(
      testbed_.get(), "usb", name.c_str(), parent.empty() ? nullptr : parent.c_str(),
      nullptr,  // attributes: below
      "DEVTYPE", "usb_device", "DEVNAME", file.c_str(), "BUSNUM", "001", "DEVNUM",
      fmt::format("{:03}", address).c_str(), "MAJOR", "189", "MINOR", minor.c_str(), "PRODUCT",
      product.c_str(), nullptr);
  const auto set = [&](const char* attribute, const std::string& value) {
    umockdev_testbed_set_attribute(testbed_.get(), sysfs, attribute, value.c_str());
  };
  std::string all = descriptors.device + descriptors.configuration;
  umockdev_testbed_set_attribute_binary(testbed_.get(), sysfs, "descriptors",
                                        reinterpret_cast<guint8*>(all.data()),
                                        static_cast<gint>(all.size()));
  set("busnum", "1\n");
  set("devnum", devnum + "\n");
  set("idVendor", fmt::format("{:04x}\n", WordAt(device, 8)));
  set("idProduct", fmt::format("{:04x}\n", WordAt(device, 10)));
  set("bcdDevice", fmt::format("{:04x}\n", WordAt(device, 12)));
  set("bDeviceClass", fmt::format("{:02x}\n", ByteAt(device, 4)));
  set("bNumConfigurations", fmt::format("{}\n", ByteAt(device, 17)));
  set("bConfigurationValue", fmt::format("{}\n", ByteAt(descriptors.configuration, 5)));
  set("speed", fmt::format("{}\n", options.speed));
  const auto text = [&](const char* attribute, std::size_t at) {
    const unsigned index = ByteAt(device, at);
    if (index == 0 || index > descriptors.strings.size()) return;
    set(attribute, descriptors.strings[index - 1] + "\n");
  };
  text("manufacturer", 14);
  text("product", 15);
  text("serial", 16);
  return {sysfs, file};
}

void UsbTestbed::Announce(const Place& place, const char* action) {
  umockdev_testbed_uevent(testbed_.get(), place.sysfs.c_str(), action);
}

void UsbTestbed::SetConfiguration(const Place& place, unsigned value) {
  umockdev_testbed_set_attribute(testbed_.get(), place.sysfs.c_str(), "bConfigurationValue",
                                 fmt::format("{}\n", value).c_str());
}

void UsbTestbed::Remove(const Place& place) {
  umockdev_testbed_remove_device(testbed_.get(), place.sysfs.c_str());
}

}  // namespace rig::usb

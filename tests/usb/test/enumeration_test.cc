#include "tests/usb/enumeration.h"

#include <gtest/gtest.h>

#include "tests/usb/test/echo_device.h"
#include "tests/usb/test/usb_host.h"
#include "tests/usb/usb_bus.h"

namespace rig::usb {
namespace {

Descriptors Sound() { return EchoDevice().descriptors(); }

TEST(EnumerationTest, TakesASoundDeviceAsItIs) {
  const auto taken = Enumerate(Sound());
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->device, Sound().device);
  EXPECT_EQ(taken->configuration, Sound().configuration);
}

TEST(EnumerationTest, RefusesADeviceDescriptorThatIsNone) {
  for (const std::size_t size : {0U, 8U, 17U}) {
    Descriptors told = Sound();
    told.device.resize(size);
    EXPECT_FALSE(Enumerate(told)) << size;
  }
  for (const auto& [at, value] : {std::pair(1, 2), std::pair(7, 9), std::pair(17, 0)}) {
    Descriptors told = Sound();
    told.device[at] = static_cast<char>(value);
    EXPECT_FALSE(Enumerate(told)) << at;
  }
}

TEST(EnumerationTest, RefusesAConfigurationWithoutItsHeader) {
  Descriptors told = Sound();
  told.configuration[1] = 4;
  EXPECT_FALSE(Enumerate(told));
  told = Sound();
  told.configuration.resize(8);
  EXPECT_FALSE(Enumerate(told));
}

TEST(EnumerationTest, CutsAConfigurationWhereALengthIsWrong) {
  Descriptors told = Sound();
  told.configuration[9 + 9] = 0;  // the first endpoint's
  EXPECT_EQ(Enumerate(told)->configuration.size(), 18U);
  told.configuration[9 + 9] = 100;
  EXPECT_EQ(Enumerate(told)->configuration.size(), 18U);
}

TEST(EnumerationTest, ADeviceThatIsRefusedDoesNotAppear) {
  EchoDevice device;
  UsbBus bus;
  bus.Plug(device);
  Descriptors wrong = Sound();
  wrong.device.resize(4);
  bus.Schedule(device, {.kind = Fault::Kind::kReplug, .descriptors = wrong});
  UsbHost host;
  host.Open(0x1209, 1);
  EXPECT_NE(host.Bulk(EchoDevice::kOut, "x").code, 0);
  EXPECT_FALSE(bus.plugged(device));
}

}  // namespace
}  // namespace rig::usb

#include "tests/usb/usb_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/usb/program.h"
#include "tests/usb/test/echo_device.h"
#include "tests/usb/test/usb_host.h"

namespace rig::usb {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string Pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 512);
  return bytes;
}

class UsbBusTest : public testing::Test {
 protected:
  void Open() { ASSERT_EQ(host_.Open(0x1209, 1), 0); }
  EchoDevice device_;
  UsbBus bus_;
  UsbHost host_;
};

TEST_F(UsbBusTest, ShowsItsDevicesAndNoOthers) {
  EXPECT_THAT(UsbHost().List(), IsEmpty());
  bus_.Plug(device_);
  EXPECT_THAT(UsbHost().List(), ElementsAre("1209:0001 1-1"));
  bus_.Unplug(device_);
  EXPECT_THAT(UsbHost().List(), IsEmpty());
}

TEST_F(UsbBusTest, ShowsWhichHubAndPortADeviceIsOn) {
  EchoDevice other("ECHO2");
  UsbBus& bus = bus_;
  bus.Plug(device_, {"1-2"});
  bus.Plug(other, {"1-2.4"});
  EXPECT_THAT(UsbHost().List(), testing::UnorderedElementsAre("1209:0001 1-2", "1209:0001 1-2.4"));
  bus.Unplug(other);
}

TEST_F(UsbBusTest, GivesTheStringsOfItsDevice) {
  bus_.Plug(device_);
  Open();
  unsigned char text[64];
  ASSERT_EQ(libusb_get_string_descriptor_ascii(host_.handle(), 3, text, sizeof text), 5);
  EXPECT_STREQ(reinterpret_cast<const char*>(text), "ECHO1");
  EXPECT_EQ(libusb_get_string_descriptor_ascii(host_.handle(), 4, text, sizeof text),
            LIBUSB_ERROR_PIPE);
}

TEST_F(UsbBusTest, MovesBulkDataBothWays) {
  bus_.Plug(device_);
  Open();
  const std::string sent = Pattern(100'000);
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, sent).bytes, sent.size());
  const UsbHost::Moved back = host_.Bulk(EchoDevice::kIn, std::string(sent.size(), '\0'));
  EXPECT_EQ(back.code, 0);
  EXPECT_EQ(back.data, sent);
}

TEST_F(UsbBusTest, MovesControlDataBothWays) {
  bus_.Plug(device_);
  Open();
  std::string data = Pattern(300);
  auto* bytes = reinterpret_cast<unsigned char*>(data.data());
  EXPECT_EQ(libusb_control_transfer(host_.handle(), 0x40, 1, 0, 0, bytes, 300, 1000), 300);
  std::string back(400, '\0');
  bytes = reinterpret_cast<unsigned char*>(back.data());
  EXPECT_EQ(libusb_control_transfer(host_.handle(), 0xc0, 1, 0, 0, bytes, 400, 1000), 300);
  EXPECT_EQ(back.substr(0, 300), data);
  EXPECT_EQ(libusb_control_transfer(host_.handle(), 0xc0, 2, 0, 0, bytes, 400, 1000),
            LIBUSB_ERROR_PIPE);
}

TEST_F(UsbBusTest, LetsADeviceTakeItsTime) {
  device_.room = 1000;
  bus_.Plug(device_);
  Open();
  const UsbHost::Moved out = host_.Bulk(EchoDevice::kOut, Pattern(5000), 300);
  EXPECT_EQ(out.code, LIBUSB_ERROR_TIMEOUT);
  EXPECT_EQ(out.bytes, 1000U);
}

TEST_F(UsbBusTest, TimesOutWhenNothingComes) {
  bus_.Plug(device_);
  Open();
  EXPECT_EQ(host_.Bulk(EchoDevice::kIn, std::string(512, '\0'), 30).code, LIBUSB_ERROR_TIMEOUT);
}

TEST_F(UsbBusTest, GivesAnInterfaceToOneProgramAtATime) {
  bus_.Plug(device_);
  Open();
  UsbHost other;
  EXPECT_EQ(other.Open(0x1209, 1), LIBUSB_ERROR_BUSY);
  EXPECT_EQ(libusb_release_interface(host_.handle(), 0), 0);
  EXPECT_EQ(libusb_claim_interface(other.handle(), 0), 0);
}

TEST_F(UsbBusTest, HasADriverOfTheKernelThatCanBeDetached) {
  bus_.Plug(device_, {"1-1", 480, "ftdi_sio"});
  EXPECT_EQ(host_.Open(0x1209, 1), LIBUSB_ERROR_BUSY);
  EXPECT_EQ(libusb_kernel_driver_active(host_.handle(), 0), 1);
  EXPECT_EQ(libusb_set_auto_detach_kernel_driver(host_.handle(), 1), 0);
  EXPECT_EQ(libusb_claim_interface(host_.handle(), 0), 0);
  EXPECT_EQ(libusb_release_interface(host_.handle(), 0), 0);
  EXPECT_EQ(libusb_kernel_driver_active(host_.handle(), 0), 1);
}

TEST_F(UsbBusTest, EndsEverythingWhenUnplugged) {
  bus_.Plug(device_);
  Open();
  bus_.Schedule(device_, {.kind = Fault::Kind::kUnplug});
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, LIBUSB_ERROR_NO_DEVICE);
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, LIBUSB_ERROR_NO_DEVICE);
  EXPECT_FALSE(bus_.plugged(device_));
}

TEST_F(UsbBusTest, ComesBackUnderAnotherAddress) {
  bus_.Plug(device_);
  Open();
  const unsigned before = bus_.address(device_);
  bus_.Schedule(device_, {.kind = Fault::Kind::kReplug, .wait = Duration(20'000'000)});
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, LIBUSB_ERROR_NO_DEVICE);
  host_.Close();
  ASSERT_TRUE(bus_.Await([&] { return bus_.AddressLocked(device_) != 0; }, seconds(5)));
  EXPECT_NE(bus_.address(device_), before);
  UsbHost again;
  ASSERT_EQ(again.Open(0x1209, 1), 0);
  EXPECT_EQ(again.Bulk(EchoDevice::kOut, Pattern(64)).code, 0);
}

TEST_F(UsbBusTest, ResetsADeviceThatTurnsIntoAnother) {
  bus_.Plug(device_);
  Open();
  EXPECT_EQ(libusb_reset_device(host_.handle()), 0);
  EXPECT_EQ(bus_.Locked([&] { return device_.resets; }), 2);
  bus_.Locked([&] { device_.product = 2; });
  EXPECT_EQ(libusb_reset_device(host_.handle()), LIBUSB_ERROR_NOT_FOUND);
  host_.Close();
  const unsigned before = bus_.address(device_);
  ASSERT_TRUE(bus_.Await([&] { return bus_.AddressLocked(device_) > before; }, seconds(5)));
  EXPECT_EQ(UsbHost().Open(0x1209, 2), 0);
}

TEST_F(UsbBusTest, LetsADeviceDetachItself) {
  bus_.Plug(device_);
  Open();
  const unsigned before = bus_.address(device_);
  bus_.Locked([&] {
    device_.product = 2;
    device_.reattach = true;
  });
  ASSERT_TRUE(bus_.Await([&] { return bus_.AddressLocked(device_) == 0; }, seconds(5)));
  host_.Close();
  ASSERT_TRUE(bus_.Await([&] { return bus_.AddressLocked(device_) > before; }, seconds(5)));
  EXPECT_THAT(UsbHost().List(), ElementsAre("1209:0002 1-1"));
}

TEST_F(UsbBusTest, SelectsAlternatesAndConfigurations) {
  bus_.Plug(device_);
  Open();
  EXPECT_EQ(libusb_set_interface_alt_setting(host_.handle(), 0, 1), 0);
  EXPECT_NE(host_.Bulk(EchoDevice::kOut, "x").code, 0) << "it has no endpoints";
  EXPECT_EQ(libusb_set_interface_alt_setting(host_.handle(), 0, 0), 0);
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, "x").code, 0);
  EXPECT_THAT(bus_.Locked([&] { return device_.selected; }), ElementsAre(1, 0));
  EXPECT_EQ(libusb_set_configuration(host_.handle(), 1), LIBUSB_ERROR_BUSY) << "it is claimed";
  EXPECT_EQ(libusb_release_interface(host_.handle(), 0), 0);
  EXPECT_EQ(libusb_set_configuration(host_.handle(), -1), 0);
  // libusb reads it from /sys.
  int configuration = 7;
  ASSERT_TRUE(bus_.Await(
      [] {
        std::ifstream file("/sys/bus/usb/devices/1-1/bConfigurationValue");
        int value = -1;
        return file >> value && value == 0;
      },
      seconds(5)));
  EXPECT_EQ(libusb_get_configuration(host_.handle(), &configuration), 0);
  EXPECT_EQ(configuration, 0);
}

TEST_F(UsbBusTest, TellsOfADeviceThatSendsTooMuch) {
  device_.babbles = true;
  bus_.Plug(device_);
  Open();
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(100)).code, 0);
  EXPECT_EQ(host_.Bulk(EchoDevice::kIn, std::string(64, '\0')).code, LIBUSB_ERROR_OVERFLOW);
}

TEST_F(UsbBusTest, StallsUntilTheHaltIsCleared) {
  bus_.Plug(device_);
  Open();
  bus_.Schedule(device_, {.kind = Fault::Kind::kStall, .nth = 2, .endpoint = EchoDevice::kOut});
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, 0);
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, LIBUSB_ERROR_PIPE);
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, LIBUSB_ERROR_PIPE);
  EXPECT_EQ(libusb_clear_halt(host_.handle(), EchoDevice::kOut), 0);
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, 0);
}

TEST_F(UsbBusTest, CutsATransferShort) {
  bus_.Plug(device_);
  Open();
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, 0);
  bus_.Schedule(device_, {.kind = Fault::Kind::kShort, .endpoint = EchoDevice::kIn, .bytes = 10});
  EXPECT_EQ(host_.Bulk(EchoDevice::kIn, std::string(64, '\0')).data, Pattern(10));
  bus_.Schedule(device_, {.kind = Fault::Kind::kShort, .endpoint = EchoDevice::kOut, .bytes = 10});
  const UsbHost::Moved out = host_.Bulk(EchoDevice::kOut, Pattern(64));
  EXPECT_EQ(out.code, LIBUSB_ERROR_IO);
  EXPECT_EQ(out.bytes, 10U);
}

TEST_F(UsbBusTest, SlowsATransferDown) {
  bus_.Plug(device_);
  Open();
  const RunTime before = bus_.now();
  bus_.Schedule(device_, {.kind = Fault::Kind::kSlow, .wait = Duration(50'000'000)});
  EXPECT_EQ(host_.Bulk(EchoDevice::kOut, Pattern(64)).code, 0);
  EXPECT_GE(bus_.now() - before, Duration(50'000'000));
}

TEST_F(UsbBusTest, AnswersWithWhatATestSays) {
  bus_.Plug(device_);
  Open();
  bus_.Schedule(device_, {.kind = Fault::Kind::kAnswer, .endpoint = 0, .data = "\x04\x07xy"});
  unsigned char text[64];
  EXPECT_LT(libusb_get_string_descriptor_ascii(host_.handle(), 3, text, sizeof text), 0);
}

TEST_F(UsbBusTest, IsSeenByProgramsItStarts) {
  bus_.Plug(device_);
  const Result<Program::Ended> ended = RunProgram({"dfu-util", "--list", "-v"});
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->exit_code, 0) << ended->output;
}

}  // namespace
}  // namespace rig::usb

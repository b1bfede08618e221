// What libusb does not ask of a device file, and what it takes for granted: the file itself.
#include "tests/usb/usbfs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/usb/ch9.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "tests/usb/test/echo_device.h"
#include "tests/usb/usb_bus.h"

namespace rig::usb {
namespace {

class UsbfsTest : public testing::Test {
 protected:
  explicit UsbfsTest(UsbBus::Pace pace = UsbBus::Pace::kWall) : bus_(pace) {
    bus_.Plug(device_);
    file_ = ::open("/dev/bus/usb/001/002", O_RDWR | O_CLOEXEC);
  }
  ~UsbfsTest() override { ::close(file_); }

  // 0 or what it returns; the negative errno when it fails.
  int Call(unsigned long request, void* argument) {
    const int result = ::ioctl(file_, request, argument);
    return result < 0 ? -errno : result;
  }
  int Number(unsigned long request, unsigned number) { return Call(request, &number); }
  int Submit(usbdevfs_urb& urb, std::uint8_t endpoint, std::string& data) {
    urb = {};
    urb.type = USBDEVFS_URB_TYPE_BULK;
    urb.endpoint = endpoint;
    urb.buffer = data.data();
    urb.buffer_length = static_cast<int>(data.size());
    return Call(USBDEVFS_SUBMITURB, &urb);
  }
  bool Readable(int wait_ms) {
    pollfd polled{file_, POLLOUT, 0};
    return ::poll(&polled, 1, wait_ms) == 1;
  }

  EchoDevice device_;
  UsbBus bus_;
  int file_ = -1;
};

TEST_F(UsbfsTest, TellsSpeedDriverAndWhatItCan) {
  std::uint32_t capabilities = 0;
  EXPECT_EQ(Call(USBDEVFS_GET_CAPABILITIES, &capabilities), 0);
  EXPECT_NE(capabilities & USBDEVFS_CAP_REAP_AFTER_DISCONNECT, 0U);
  EXPECT_EQ(Call(USBDEVFS_GET_SPEED, nullptr), USB_SPEED_HIGH);
  usbdevfs_getdriver driver{};
  EXPECT_EQ(Call(USBDEVFS_GETDRIVER, &driver), -ENODATA);
  EXPECT_EQ(Number(USBDEVFS_CLAIMINTERFACE, 0), 0);
  EXPECT_EQ(Call(USBDEVFS_GETDRIVER, &driver), 0);
  EXPECT_STREQ(driver.driver, "usbfs");
  EXPECT_EQ(Call(USBDEVFS_GET_SPEED + 100, nullptr), -ENOTTY);
}

TEST_F(UsbfsTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(Number(USBDEVFS_CLAIMINTERFACE, 1), -ENOENT);
  EXPECT_EQ(Number(USBDEVFS_RELEASEINTERFACE, 0), -EINVAL);
  EXPECT_EQ(Number(USBDEVFS_CLEAR_HALT, 0x83), -ENOENT);
  EXPECT_EQ(Number(USBDEVFS_SETCONFIGURATION, 7), -EINVAL);
  usbdevfs_setinterface alternate{0, 5};
  EXPECT_EQ(Call(USBDEVFS_SETINTERFACE, &alternate), -EINVAL);
  std::string data(10, '\0');
  usbdevfs_urb urb{};
  EXPECT_EQ(Submit(urb, 0x83, data), -ENOENT);
  EXPECT_EQ(Call(USBDEVFS_DISCARDURB, &urb), -EINVAL);
  void* reaped = nullptr;
  EXPECT_EQ(Call(USBDEVFS_REAPURBNDELAY, &reaped), -EAGAIN);
}

TEST_F(UsbfsTest, MovesDataInCallsThatWait) {
  std::string data = "eleven bytes";
  usbdevfs_bulktransfer out{0x02, 12, 1000, data.data()};
  EXPECT_EQ(Call(USBDEVFS_BULK, &out), 12);
  std::string back(64, '\0');
  usbdevfs_bulktransfer in{0x81, 64, 1000, back.data()};
  EXPECT_EQ(Call(USBDEVFS_BULK, &in), 12);
  EXPECT_EQ(back.substr(0, 12), data);
  in.timeout = 20;
  EXPECT_EQ(Call(USBDEVFS_BULK, &in), -ETIMEDOUT);
  usbdevfs_ctrltransfer write{0x40, 1, 0, 0, 12, 1000, data.data()};
  EXPECT_EQ(Call(USBDEVFS_CONTROL, &write), 12);
  usbdevfs_ctrltransfer read{0xc0, 1, 0, 0, 64, 1000, back.data()};
  EXPECT_EQ(Call(USBDEVFS_CONTROL, &read), 12);
  read.bRequest = 9;
  EXPECT_EQ(Call(USBDEVFS_CONTROL, &read), -EPIPE);
}

TEST_F(UsbfsTest, EndsManyTransfersInTheirOrder) {
  std::array<usbdevfs_urb, 40> urbs{};
  std::array<std::string, 40> data;
  for (std::size_t i = 0; i < urbs.size(); ++i) {
    data[i] = std::string(300, static_cast<char>(i));
    ASSERT_EQ(Submit(urbs[i], 0x02, data[i]), 0);
  }
  for (usbdevfs_urb& urb : urbs) {
    void* reaped = nullptr;
    ASSERT_EQ(Call(USBDEVFS_REAPURB, &reaped), 0);
    EXPECT_EQ(reaped, &urb);
    EXPECT_EQ(urb.actual_length, 300);
  }
  std::string all;
  for (const std::string& part : data) all += part;
  EXPECT_TRUE(bus_.Locked([&] { return device_.held; }) == all);
}

TEST_F(UsbfsTest, CanBePolled) {
  EXPECT_FALSE(Readable(0));
  std::string data = "x";
  usbdevfs_urb urb{};
  ASSERT_EQ(Submit(urb, 0x02, data), 0);
  EXPECT_TRUE(Readable(2000));
  void* reaped = nullptr;
  EXPECT_EQ(Call(USBDEVFS_REAPURBNDELAY, &reaped), 0);
  EXPECT_FALSE(Readable(0));
}

TEST_F(UsbfsTest, GivesBackWhatIsDiscardedOrLostWithTheDevice) {
  std::string first(64, '\0'), second(64, '\0');
  usbdevfs_urb urbs[2] = {};
  ASSERT_EQ(Submit(urbs[0], 0x81, first), 0);
  ASSERT_EQ(Submit(urbs[1], 0x81, second), 0);
  EXPECT_EQ(Call(USBDEVFS_DISCARDURB, &urbs[0]), 0);
  void* reaped = nullptr;
  EXPECT_EQ(Call(USBDEVFS_REAPURB, &reaped), 0);
  EXPECT_EQ(reaped, &urbs[0]);
  EXPECT_EQ(urbs[0].status, -ENOENT);
  bus_.Unplug(device_);
  EXPECT_EQ(Call(USBDEVFS_REAPURB, &reaped), 0);
  EXPECT_EQ(urbs[1].status, -ESHUTDOWN);
  EXPECT_EQ(Call(USBDEVFS_REAPURB, &reaped), -ENODEV);
  EXPECT_EQ(Number(USBDEVFS_CLAIMINTERFACE, 0), -ENODEV);
}

class SteppedUsbfsTest : public UsbfsTest {
 protected:
  SteppedUsbfsTest() : UsbfsTest(UsbBus::Pace::kStepped) {}
};

TEST_F(SteppedUsbfsTest, DoesNothingButInItsSteps) {
  // Thirteen packets of 512 bytes go through in a microframe.
  std::string data(std::size_t{13} * 512 + 1, 'x');
  usbdevfs_urb urb{};
  ASSERT_EQ(Submit(urb, 0x02, data), 0);
  EXPECT_FALSE(Readable(20));
  bus_.Step(1);
  EXPECT_EQ(bus_.now(), AtNanoseconds(125'000));
  EXPECT_EQ(device_.held.size(), data.size() - 1);
  EXPECT_FALSE(Readable(20));
  bus_.Step(1);
  EXPECT_EQ(device_.held.size(), data.size());
  EXPECT_TRUE(Readable(0));
}

}  // namespace
}  // namespace rig::usb

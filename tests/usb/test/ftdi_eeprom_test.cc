#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "rig/base/child.h"
#include "tests/usb/ft232h.h"
#include "tests/usb/program.h"
#include "tests/usb/test/usb_host.h"
#include "tests/usb/usb_bus.h"

namespace rig::usb {
namespace {

using testing::HasSubstr;

TEST(FtdiEepromMemoryTest, KeepsAnIdentity) {
  FtdiEepromMemory memory;
  EXPECT_FALSE(memory.Parse());
  memory.Store({0x0403, 0x6014, 0x0900, "rig", "card", "RIG0001"});
  const auto told = memory.Parse();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->product_name, "card");
  EXPECT_EQ(told->serial, "RIG0001");
  memory.Write(5, memory.Read(5) ^ 1);
  EXPECT_FALSE(memory.Parse()) << "its checksum is wrong";
}

TEST(FtdiEepromMemoryTest, BeginsAnewBeyondItsEnd) {
  FtdiEepromMemory memory(64);
  memory.Write(0xc0, 0x55aa);
  EXPECT_EQ(memory.Read(0), 0x55aa);
}

class FtdiEepromTest : public testing::Test {
 protected:
  FtdiEepromTest() : folder_(TemporaryFolder::Make()) { bus_.Plug(chip_); }

  std::string Configuration(const std::string& text) {
    const std::string path = (folder_->path() / "eeprom.conf").string();
    std::ofstream(path) << "vendor_id=0x0403\nproduct_id=0x6014\n"
                        << "filename=\"" << (folder_->path() / "image").string() << "\"\n"
                        << text;
    return path;
  }
  Program::Ended Run(const std::string& action, const std::string& configuration) {
    const Result<Program::Ended> ended = RunProgram({"ftdi_eeprom", action, configuration});
    EXPECT_TRUE(ended) << ended.error().message;
    return ended.value_or(Program::Ended{-1, ""});
  }
  // As after unplugging it and plugging it in.
  std::string Serial() {
    bus_.Replug(chip_);
    UsbHost host;
    libusb_device_handle* handle = libusb_open_device_with_vid_pid(host.context(), 0x0403, 0x6014);
    if (handle == nullptr) return "gone";
    unsigned char text[64] = "";
    const int length = libusb_get_string_descriptor_ascii(handle, 3, text, sizeof text);
    libusb_close(handle);
    return length < 0 ? "none" : reinterpret_cast<const char*>(text);
  }

  Result<TemporaryFolder> folder_;
  Ft232h chip_{"RIG0001"};
  UsbBus bus_;
};

TEST_F(FtdiEepromTest, IsRead) {
  const Program::Ended read = Run("--read-eeprom", Configuration("eeprom_type=0x56\n"));
  EXPECT_EQ(read.exit_code, 0) << read.output;
  EXPECT_THAT(read.output, HasSubstr("FTDI read eeprom: 0"));
  std::ifstream file(folder_->path() / "image", std::ios::binary);
  const std::string image{std::istreambuf_iterator<char>(file), {}};
  ASSERT_EQ(image.size(), 256U);
  for (std::size_t i = 0; i < 128; ++i) {
    const unsigned word =
        static_cast<std::uint8_t>(image[2 * i]) | static_cast<std::uint8_t>(image[2 * i + 1]) << 8U;
    EXPECT_EQ(word, chip_.eeprom().Read(i)) << i;
  }
}

TEST_F(FtdiEepromTest, IsErasedAndProgrammed) {
  EXPECT_EQ(Serial(), "RIG0001");
  const std::string configuration = Configuration(
      "eeprom_type=0x56\nmanufacturer=\"rig\"\nproduct=\"card\"\nserial=\"RIG0002\"\n"
      "use_serial=true\nself_powered=false\nmax_power=100\ncha_type=\"FIFO\"\n");
  const Program::Ended erased = Run("--erase-eeprom", configuration);
  EXPECT_EQ(erased.exit_code, 0) << erased.output;
  EXPECT_EQ(Serial(), "none");
  const Program::Ended programmed = Run("--flash-eeprom", configuration);
  EXPECT_EQ(programmed.exit_code, 0) << programmed.output;
  EXPECT_THAT(programmed.output, HasSubstr("FTDI write eeprom: 0"));
  EXPECT_EQ(Serial(), "RIG0002");
}

}  // namespace
}  // namespace rig::usb

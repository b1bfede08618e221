#include "tests/usb/descriptors.h"

#include <gtest/gtest.h>

namespace rig::usb {
namespace {

TEST(DescriptorsTest, AConfigurationCountsWhatFollows) {
  InterfaceText second{};
  second.number = 1;
  const std::string bytes = ConfigurationDescriptor(
      {InterfaceDescriptor({}), EndpointDescriptor(0x81, kBulk, 512), InterfaceDescriptor(second)});
  ASSERT_EQ(bytes.size(), 9U + 9 + 7 + 9);
  EXPECT_EQ(bytes[2], 34);
  EXPECT_EQ(bytes[4], 2);
}

TEST(DescriptorsTest, ATextIsUtf16) {
  EXPECT_EQ(StringDescriptor("aµ"), std::string("\x06\x03"
                                                "a\0\xb5\0",
                                                6));
  EXPECT_EQ(StringDescriptor("\xf0\x9f\x94\x8c"), std::string("\x06\x03\x3d\xd8\x0c\xdd", 6));
  EXPECT_EQ(StringDescriptor("\xff"), std::string("\x04\x03\xfd\xff", 4));
  EXPECT_EQ(StringDescriptor(std::string(300, 'a')).size(), 254U);
}

}  // namespace
}  // namespace rig::usb

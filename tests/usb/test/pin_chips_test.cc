// The chips behind the engine, by its commands.
#include <gtest/gtest.h>

#include "tests/usb/i2c_eeprom.h"
#include "tests/usb/mpsse_engine.h"
#include "tests/usb/spi_flash.h"

namespace rig::usb {
namespace {

std::string Bytes(std::initializer_list<unsigned> values) {
  std::string bytes;
  for (const unsigned value : values) bytes += static_cast<char>(value);
  return bytes;
}

class SpiFlashTest : public testing::Test {
 protected:
  SpiFlashTest() {
    engine_.Attach(flash_);
    engine_.Feed(Bytes({0x8a, 0x86, 2, 0, 0x80, 0x08, 0x0b}));
  }
  // Selects it, sends, reads so many bytes, and deselects it.
  std::string Transfer(const std::string& out, unsigned in = 0) {
    const auto length = static_cast<unsigned>(out.size() - 1);
    std::string commands = Bytes({0x80, 0x00, 0x0b, 0x11, length & 0xff, length >> 8}) + out;
    if (in > 0) commands += Bytes({0x20, in - 1, 0});
    commands += Bytes({0x80, 0x08, 0x0b});
    EXPECT_EQ(engine_.Feed(commands), commands.size());
    engine_.AdvanceTo(engine_.now() + 60'000);  // 1 ms
    return engine_.Take(in);
  }
  void Wait(Cycle cycles) { engine_.AdvanceTo(engine_.now() + cycles); }
  SpiFlash flash_;
  MpsseEngine engine_;
};

TEST_F(SpiFlashTest, TellsWhatItIs) {
  EXPECT_EQ(Transfer(Bytes({0x9f}), 3), "\xef\x30\x11");
  EXPECT_EQ(Transfer(Bytes({0x90, 0, 0, 0}), 2), "\xef\x10");
  EXPECT_EQ(Transfer(Bytes({0xab, 0, 0, 0}), 1), "\x10");
}

TEST_F(SpiFlashTest, ClearsBitsAndNeverSetsThemUntilErased) {
  const auto program = [&](unsigned byte) {
    Transfer(Bytes({0x06}));
    Transfer(Bytes({0x02, 0, 0x10, 0xff, byte, 0x77}));
    Wait(kCyclesPerSecond / 100);
  };
  program(0x0f);
  program(0xf1);
  EXPECT_EQ(Transfer(Bytes({0x03, 0, 0x10, 0xff}), 1), "\x01");
  EXPECT_EQ(flash_.memory()[0x1000], '\x77') << "a page begins anew at its end";
  Transfer(Bytes({0x06}));
  Transfer(Bytes({0x20, 0, 0x1f, 0}));
  EXPECT_EQ(Transfer(Bytes({0x05}), 1), Bytes({0x01})) << "busy";
  Wait(kCyclesPerSecond);
  EXPECT_EQ(Transfer(Bytes({0x05}), 1), Bytes({0x00}));
  EXPECT_EQ(Transfer(Bytes({0x0b, 0, 0x10, 0xff, 0}), 1), "\xff");
}

TEST_F(SpiFlashTest, TakesNothingWithoutBeingEnabledOrWhileBusyOrProtected) {
  Transfer(Bytes({0x02, 0, 0, 0, 0x00}));
  EXPECT_EQ(flash_.memory()[0], '\xff');
  Transfer(Bytes({0x06}));
  Transfer(Bytes({0x01, 0x04}));
  Wait(kCyclesPerSecond);
  Transfer(Bytes({0x06}));
  Transfer(Bytes({0x02, 0, 0, 0, 0x00}));
  EXPECT_EQ(flash_.memory()[0], '\xff');
  Transfer(Bytes({0x01, 0x00}));
  Transfer(Bytes({0x06}));
  EXPECT_EQ(Transfer(Bytes({0x05}), 1).size(), 1U);
  EXPECT_EQ(flash_.programs(), 0U);
}

class I2cEepromTest : public testing::Test {
 protected:
  I2cEepromTest() {
    engine_.Attach(eeprom_);
    engine_.Tie(kDo | kDi);
    engine_.Feed(Bytes({0x8a, 0x8c, 0x86, 74, 0, 0x80, 3, 3}));
  }
  static std::string Start() { return Bytes({0x80, 3, 3, 0x80, 1, 3, 0x80, 0, 3}); }
  static std::string Stop() { return Bytes({0x80, 0, 3, 0x80, 1, 3, 0x80, 3, 3}); }
  static std::string Send(const std::string& bytes) {
    std::string commands;
    for (const char byte : bytes) {
      commands += Bytes({0x80, 0, 3, 0x13, 7}) + byte + Bytes({0x80, 0, 1, 0x22, 0});
    }
    return commands;
  }
  std::string Run(const std::string& commands) {
    EXPECT_EQ(engine_.Feed(commands), commands.size());
    engine_.AdvanceTo(engine_.now() + kCyclesPerSecond / 100);
    return engine_.Take(1000);
  }
  I2cEeprom eeprom_;
  MpsseEngine engine_;
};

TEST_F(I2cEepromTest, WritesAPageThatBeginsAnewAtItsEnd) {
  const std::string answers = Run(Start() + Send(Bytes({0xa0, 0x00, 0x1f}) + "ab") + Stop());
  EXPECT_EQ(answers, std::string(5, '\0'));
  EXPECT_EQ(eeprom_.memory()[0x1f], 'a');
  EXPECT_EQ(eeprom_.memory()[0x00], 'b');
}

TEST_F(I2cEepromTest, ReadsOnWhileItIsAcknowledged) {
  eeprom_.memory().replace(0x20, 3, "xyz");
  const std::string next = Bytes({0x80, 0, 1, 0x22, 7});
  const std::string more = Bytes({0x80, 0, 3, 0x13, 0, 0x00});
  const std::string enough = Bytes({0x80, 2, 3, 0x13, 0, 0xff});
  const std::string read = Run(Start() + Send(Bytes({0xa0, 0x00, 0x20})) + Start() +
                               Send(Bytes({0xa1})) + next + more + next + enough + Stop());
  ASSERT_EQ(read.size(), 6U);
  EXPECT_EQ(read.substr(4), "xy");
}

TEST_F(I2cEepromTest, AnswersToItsAddressAlone) {
  EXPECT_EQ(Run(Start() + Send(Bytes({0xa2})) + Stop()), Bytes({1}));
  EXPECT_EQ(Run(Start() + Send(Bytes({0xa0})) + Stop()), Bytes({0}));
}

}  // namespace
}  // namespace rig::usb

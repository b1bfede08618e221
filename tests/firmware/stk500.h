#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/firmware/serial_device.h"
#include "tests/firmware/target_flash.h"

namespace rig {

struct Stk500Setup {
  std::array<std::uint8_t, 3> signature = {0x1e, 0x97, 0x05};  // ATmega1284P, datasheet 42719, 27.3
  std::size_t page_size = 256;
  // Faults, counted in commands from 0.
  std::optional<int> silent_from = std::nullopt;
  std::optional<int> refuse = std::nullopt;
};

// A bootloader that speaks STK500 version 1 as Optiboot does: what avrdude calls "arduino".
// Source: Atmel AVR061, STK500 Communication Protocol.
class Stk500 : public SerialDevice {
 public:
  // Borrows the flash.
  explicit Stk500(TargetFlash& flash, const Stk500Setup& setup = {})
      : flash_(flash), setup_(setup) {}
  std::string Take(std::string_view bytes) override;
  int commands() const { return commands_; }

 private:
  // Bytes of the command that has begun, with its end; none: not known yet.
  std::optional<std::size_t> Size() const;
  // What it answers between "in sync" and "ok"; none: refused.
  std::optional<std::string> Answer();
  std::optional<std::string> ProgramPage();
  std::optional<std::string> ReadPage();
  // Whether a page command is about EEPROM. A bootloader that has not learnt it does not look, and
  // takes it for flash.
  bool IsEeprom() const { return heard_[3] == 'E' && flash_.eeprom_size() != 0; }
  std::size_t PageBytes() const;

  TargetFlash& flash_;
  Stk500Setup setup_;
  std::string heard_;
  std::size_t address_ = 0;  // bytes
  int commands_ = 0;
};

}  // namespace rig

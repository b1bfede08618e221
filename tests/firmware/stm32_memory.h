#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace rig {

// What a debugger sees of an STM32F103 with 128 KB of flash: memories, the flash controller (ST
// PM0075) and the core's debug registers (ARM DDI 0403, C1.6). Programs do not run.
class Stm32Memory {
 public:
  static constexpr std::uint32_t kFlash = 0x08000000;
  static constexpr std::size_t kFlashSize = 128 * 1024;
  static constexpr std::size_t kPage = 1024;
  Stm32Memory();

  // `size`: 1, 2 or 4 bytes at a multiple of it, in the low bytes. What is not there reads 0.
  std::uint32_t Read(std::uint32_t address, unsigned size);
  void Write(std::uint32_t address, unsigned size, std::uint32_t value);

  std::string flash;
  std::optional<std::size_t> protected_page = std::nullopt;
  std::optional<std::size_t> worn_byte = std::nullopt;
  bool halted = false;
  int resets = 0;

 private:
  std::uint32_t ReadWord(std::uint32_t address) const;
  void WriteWord(std::uint32_t address, std::uint32_t value);
  void WriteFlash(std::uint32_t offset, unsigned size, std::uint32_t value);
  void WriteFlashControl(std::uint32_t value);
  void WriteKey(std::uint32_t value);
  void Reset();

  std::string ram_;
  bool debug_enabled_ = false;
  bool saw_reset_ = false;
  std::uint32_t demcr_ = 0;
  std::uint32_t core_data_ = 0;
  std::array<std::uint32_t, 128> registers_{};
  std::uint32_t breakpoints_ = 0;  // FP_CTRL
  std::uint32_t last_key_ = 0;
  std::uint32_t flash_control_ = 0x80;  // locked
  std::uint32_t flash_status_ = 0;
  std::uint32_t flash_address_ = 0;
};

}  // namespace rig

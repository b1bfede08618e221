#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/firmware/serial_device.h"

namespace rig {

struct Stm32BootloaderSetup {
  std::uint16_t product_id = 0x410;
  std::uint8_t version = 0x22;
  std::size_t flash_size = 128 * 1024;
  std::size_t page_size = 1024;
  bool extended_erase = false;  // instead of the plain one
  bool read_protected = false;
  // Faults.
  std::optional<std::size_t> protected_page = std::nullopt;  // erases and writes to it are refused
  std::optional<std::size_t> worn_byte = std::nullopt;       // keeps its value whatever is written
  std::optional<int> refuse_acknowledgement = std::nullopt;  // the n-th answer, from 0, is a NACK
  std::optional<int> silent_after = std::nullopt;            // so many acknowledgements
};

// The bootloader in an STM32's ROM, after AN3155, with the part's flash.
class Stm32Bootloader : public SerialDevice {
 public:
  explicit Stm32Bootloader(const Stm32BootloaderSetup& setup = {});
  std::string Take(std::string_view bytes) override;

  const std::string& flash() const { return flash_; }
  std::string& flash() { return flash_; }
  // Where GO went.
  std::optional<std::uint32_t> started() const { return started_; }
  std::size_t erased_pages() const { return erased_pages_; }

 private:
  using Step = void (Stm32Bootloader::*)();
  // What is done when so many bytes have come.
  void Expect(std::size_t size, Step step) {
    expected_ = size;
    step_ = step;
  }
  // The same, and what was heard is the beginning of it.
  void ExpectMore(std::size_t size, Step step) {
    Expect(size, step);
    keep_ = true;
  }
  void AwaitCommand() { Expect(2, &Stm32Bootloader::TakeCommand); }
  void Refuse();
  bool Acknowledge();
  bool ChecksumFits() const;
  bool IsInMemory(std::uint32_t address, std::size_t size) const;
  char& At(std::uint32_t address);

  void TakeSynchronisation();
  void TakeCommand();
  void TakeAddress();
  void TakeReadSize();
  void TakeWriteSize();
  void TakeData();
  void TakeEraseCount();
  void TakeErasePages();
  void TakeExtendedCount();
  void TakeExtendedPages();
  void EraseAll();
  void ErasePages(std::size_t skip, std::size_t width, std::size_t count);

  Stm32BootloaderSetup setup_;
  std::string flash_;
  std::string ram_;
  std::string heard_;  // of the step
  std::string said_;
  bool keep_ = false;
  std::size_t expected_ = 1;
  Step step_ = &Stm32Bootloader::TakeSynchronisation;
  std::uint8_t command_ = 0;
  std::uint32_t address_ = 0;
  int acknowledgements_ = 0;
  std::size_t erased_pages_ = 0;
  std::optional<std::uint32_t> started_;
};

}  // namespace rig

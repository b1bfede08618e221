#include "tests/firmware/stm32_bootloader.h"

#include <algorithm>

namespace rig {
namespace {

constexpr std::uint32_t kFlash = 0x08000000;
constexpr std::uint32_t kRam = 0x20000000;
constexpr std::size_t kRamSize = 20 * 1024;

std::uint8_t Byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

Stm32Bootloader::Stm32Bootloader(const Stm32BootloaderSetup& setup)
    : setup_(setup), flash_(setup.flash_size, '\x5a'), ram_(kRamSize, '\0') {}

std::string Stm32Bootloader::Take(std::string_view bytes) {
  said_.clear();
  for (const char byte : bytes) {
    if (started_) break;  // another program runs
    heard_ += byte;
    if (heard_.size() < expected_) continue;
    keep_ = false;
    (this->*step_)();
    if (!keep_) heard_.clear();
  }
  return said_;
}

void Stm32Bootloader::Refuse() {
  said_ += '\x1f';
  AwaitCommand();
}

// Whether it went as it should; if not, it waits for the next command.
bool Stm32Bootloader::Acknowledge() {
  const int number = acknowledgements_++;
  if (setup_.refuse_acknowledgement == number) return Refuse(), false;
  if (setup_.silent_after && number >= *setup_.silent_after) return AwaitCommand(), false;
  said_ += '\x79';
  return true;
}

bool Stm32Bootloader::ChecksumFits() const {
  std::uint8_t sum = 0;
  for (const char byte : heard_) sum ^= Byte(byte);
  return sum == 0;
}

bool Stm32Bootloader::IsInMemory(std::uint32_t address, std::size_t size) const {
  const auto within = [&](std::uint32_t begin, std::size_t length) {
    return address >= begin && address - begin + size <= length;
  };
  return within(kFlash, flash_.size()) || within(kRam, ram_.size());
}

char& Stm32Bootloader::At(std::uint32_t address) {
  return address >= kRam ? ram_[address - kRam] : flash_[address - kFlash];
}

void Stm32Bootloader::TakeSynchronisation() {
  if (Byte(heard_[0]) == 0x7f && Acknowledge()) AwaitCommand();
}

void Stm32Bootloader::TakeCommand() {
  command_ = Byte(heard_[0]);
  if (Byte(heard_[1]) != static_cast<std::uint8_t>(~command_)) return Refuse();
  const bool memory = command_ == 0x11 || command_ == 0x21 || command_ == 0x31;
  const std::uint8_t erase = setup_.extended_erase ? 0x44 : 0x43;
  const bool protectable = memory || command_ == erase;
  if (protectable && setup_.read_protected) return Refuse();
  const bool known = command_ <= 0x02 || protectable;
  if (!known) return Refuse();
  if (!Acknowledge()) return;
  const std::string version(1, static_cast<char>(setup_.version));
  AwaitCommand();
  if (memory) Expect(5, &Stm32Bootloader::TakeAddress);
  if (command_ == 0x43) Expect(1, &Stm32Bootloader::TakeEraseCount);
  if (command_ == 0x44) Expect(2, &Stm32Bootloader::TakeExtendedCount);
  if (command_ == 0x00) {
    const std::string can = std::string("\x00\x01\x02\x11\x21\x31", 6) + static_cast<char>(erase);
    said_ += static_cast<char>(can.size()) + version + can;
    Acknowledge();
  }
  if (command_ == 0x01) {
    said_ += version + std::string(2, '\0');
    Acknowledge();
  }
  if (command_ == 0x02) {
    said_ += '\x01';
    said_ += static_cast<char>(setup_.product_id >> 8);
    said_ += static_cast<char>(setup_.product_id);
    Acknowledge();
  }
}

void Stm32Bootloader::TakeAddress() {
  address_ = 0;
  for (int i = 0; i < 4; ++i) address_ = address_ << 8 | Byte(heard_[static_cast<std::size_t>(i)]);
  if (!ChecksumFits() || !IsInMemory(address_, 1)) return Refuse();
  if (!Acknowledge()) return;
  if (command_ == 0x11) Expect(2, &Stm32Bootloader::TakeReadSize);
  if (command_ == 0x31) Expect(1, &Stm32Bootloader::TakeWriteSize);
  if (command_ == 0x21) started_ = address_;
}

void Stm32Bootloader::TakeReadSize() {
  const std::size_t size = Byte(heard_[0]) + std::size_t{1};
  const bool complement = Byte(heard_[1]) == static_cast<std::uint8_t>(~heard_[0]);
  if (!complement || !IsInMemory(address_, size)) return Refuse();
  if (!Acknowledge()) return;
  for (std::size_t i = 0; i < size; ++i) said_ += At(address_ + static_cast<std::uint32_t>(i));
  AwaitCommand();
}

// A size or number and what follows it are one message, with one checksum.
void Stm32Bootloader::TakeWriteSize() {
  ExpectMore(Byte(heard_[0]) + std::size_t{3}, &Stm32Bootloader::TakeData);
}

void Stm32Bootloader::TakeEraseCount() {
  const std::size_t count = Byte(heard_[0]);
  ExpectMore(count == 0xff ? 2 : count + 3, &Stm32Bootloader::TakeErasePages);
}

void Stm32Bootloader::TakeErasePages() {
  const bool all = Byte(heard_[0]) == 0xff;
  if (all && Byte(heard_[1]) != 0) return Refuse();
  if (all) return EraseAll();
  ErasePages(1, 1, Byte(heard_[0]) + std::size_t{1});
}

void Stm32Bootloader::TakeExtendedCount() {
  const std::size_t count = Byte(heard_[0]) * std::size_t{256} + Byte(heard_[1]);
  ExpectMore(count >= 0xfff0 ? 3 : 2 * count + 5, &Stm32Bootloader::TakeExtendedPages);
}

void Stm32Bootloader::TakeExtendedPages() {
  const std::size_t count = Byte(heard_[0]) * std::size_t{256} + Byte(heard_[1]);
  if (count >= 0xfff0 && !ChecksumFits()) return Refuse();
  if (count == 0xffff) return EraseAll();
  if (count >= 0xfff0) return Refuse();  // banks, which it has not
  ErasePages(2, 2, count + 1);
}

void Stm32Bootloader::EraseAll() {
  if (setup_.protected_page) return Refuse();
  std::fill(flash_.begin(), flash_.end(), '\xff');
  erased_pages_ += flash_.size() / setup_.page_size;
  if (Acknowledge()) AwaitCommand();
}

void Stm32Bootloader::TakeData() {
  const std::size_t size = heard_.size() - 2;
  if (!ChecksumFits() || size % 4 != 0 || !IsInMemory(address_, size)) return Refuse();
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t address = address_ + static_cast<std::uint32_t>(i);
    const std::size_t offset = address - kFlash;
    const bool flash = address < kRam;
    if (flash && setup_.protected_page == offset / setup_.page_size) return Refuse();
    if (flash && setup_.worn_byte == offset) continue;
    // A flash cell can only be cleared: what was not erased first becomes both.
    At(address) = flash ? static_cast<char>(At(address) & heard_[1 + i]) : heard_[1 + i];
  }
  if (Acknowledge()) AwaitCommand();
}

void Stm32Bootloader::ErasePages(std::size_t skip, std::size_t width, std::size_t count) {
  if (!ChecksumFits()) return Refuse();
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t page = Byte(heard_[skip + i * width]);
    if (width == 2) page = page << 8 | Byte(heard_[skip + i * width + 1]);
    if ((page + 1) * setup_.page_size > flash_.size()) return Refuse();
    if (setup_.protected_page == page) return Refuse();
    std::fill_n(flash_.begin() + static_cast<std::ptrdiff_t>(page * setup_.page_size),
                setup_.page_size, '\xff');
    ++erased_pages_;
  }
  if (Acknowledge()) AwaitCommand();
}

}  // namespace rig

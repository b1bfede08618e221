#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/capability/capability.h"

namespace rig {

// The memories behind an emulated bootloader or programmer, which writes flash page by page.
class TargetFlash {
 public:
  virtual ~TargetFlash() = default;
  virtual std::size_t size() const = 0;
  // Whole pages.
  virtual Status WritePage(std::size_t address, std::string_view bytes) = 0;
  virtual Result<std::string> Read(std::size_t address, std::size_t size) = 0;
  // The bootloader lets the program start.
  virtual Status Leave() = 0;
  // Bytes of EEPROM; 0: the bootloader knows flash alone.
  virtual std::size_t eeprom_size() const { return 0; }
  virtual Status WriteEeprom(std::size_t address, std::string_view bytes) {
    (void)address, (void)bytes;
    return MakeError(Code::kUnimplemented, "no EEPROM");
  }
  virtual Result<std::string> ReadEeprom(std::size_t address, std::size_t size) {
    (void)address, (void)size;
    return MakeError(Code::kUnimplemented, "no EEPROM");
  }
};

// One that is nothing else.
class MemoryFlash : public TargetFlash {
 public:
  explicit MemoryFlash(std::size_t size) : bytes(size, '\x5a') {}
  std::size_t size() const override { return bytes.size(); }
  Status WritePage(std::size_t address, std::string_view page) override {
    ++pages_written;
    if (write_protected) return {};  // as lock bits do: no programmer is told
    bytes.replace(address, page.size(), page);
    return {};
  }
  Result<std::string> Read(std::size_t address, std::size_t count) override {
    return bytes.substr(address, count);
  }
  Status Leave() override {
    ++left;
    return {};
  }

  std::size_t eeprom_size() const override { return eeprom.size(); }
  Status WriteEeprom(std::size_t address, std::string_view some) override {
    eeprom_written += some.size();
    if (!eeprom_worn) eeprom.replace(address, some.size(), some);
    return {};
  }
  Result<std::string> ReadEeprom(std::size_t address, std::size_t count) override {
    return eeprom.substr(address, count);
  }

  std::string bytes;
  std::string eeprom;
  bool write_protected = false;
  bool eeprom_worn = false;
  int pages_written = 0;
  std::size_t eeprom_written = 0;
  int left = 0;
};

// That of a board with a loader of its own, such as the emulated AVR board, which takes a whole
// flash at once: pages are collected until the bootloader leaves. Borrows the loader.
class LoaderFlash : public TargetFlash {
 public:
  // Errors: the loader's.
  static Result<LoaderFlash> Of(FirmwareLoader& loader, std::size_t size) {
    RIG_TRY_ASSIGN(std::string bytes, loader.ReadBack(size));
    return LoaderFlash(loader, std::move(bytes));
  }
  std::size_t size() const override { return bytes_.size(); }
  Status WritePage(std::size_t address, std::string_view page) override {
    bytes_.replace(address, page.size(), page);
    changed_ = true;
    return {};
  }
  Result<std::string> Read(std::size_t address, std::size_t count) override {
    return bytes_.substr(address, count);
  }
  Status Leave() override {
    if (!changed_) return {};
    changed_ = false;
    return loader_->Program(bytes_);
  }

 private:
  LoaderFlash(FirmwareLoader& loader, std::string bytes)
      : loader_(&loader), bytes_(std::move(bytes)) {}
  FirmwareLoader* loader_;
  std::string bytes_;
  bool changed_ = false;
};

}  // namespace rig

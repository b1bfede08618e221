// Firmware images as they may come from anywhere.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "fixtures/image/elf_file.h"
#include "fixtures/image/firmware_image.h"
#include "fixtures/image/hex_file.h"

namespace {

constexpr std::uint32_t kFlash = 128u << 10;

void CheckFlash(const rig::Result<std::string>& flash) {
  if (flash && (flash->empty() || flash->size() > kFlash)) std::abort();
  if (!flash && flash.error().message.empty()) std::abort();
}

// The whole loader needs a file; one per process, in memory where the system has such a folder.
const std::filesystem::path& File() {
  static const std::filesystem::path file =
      (std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                           : std::filesystem::temp_directory_path()) /
      ("image_fuzz." + std::to_string(getpid()));
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckFlash(rig::FlashOfElf(bytes, {"atmega1284p", 51, kFlash}, "fuzz"));
  CheckFlash(rig::FlashOfHex(bytes, kFlash, "fuzz"));
  std::ofstream(File(), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(size));
  const auto image = rig::LoadFirmwareImage(File(), "atmega1284p");
  std::filesystem::remove(File());
  if (image && (image->identity.device.empty() || image->flash.size() > kFlash)) std::abort();
  return 0;
}

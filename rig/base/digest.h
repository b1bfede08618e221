#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "rig/base/result.h"

namespace rig {

// Incremental SHA-256 (FIPS 180-4).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(std::span<const std::byte> bytes);
  void Update(std::string_view text);
  // Lower-case hexadecimal. Does not end the computation: more may be added afterwards.
  std::string Hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Sha256Hex(std::string_view bytes);
// Errors: NOT_FOUND, DATA_LOSS.
Result<std::string> Sha256OfFile(const std::filesystem::path& file);

// Whole file as bytes. Errors: NOT_FOUND, RESOURCE_EXHAUSTED over `limit` bytes, DATA_LOSS.
Result<std::string> ReadFile(const std::filesystem::path& file, std::size_t limit = 512u << 20);
// Written beside, flushed, then renamed: the file is either the old or the new one. Errors:
// RESOURCE_EXHAUSTED for a full disk, UNAVAILABLE otherwise, each naming the file.
Status WriteFileAtomically(const std::filesystem::path& file, std::string_view bytes);

}  // namespace rig

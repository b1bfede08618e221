#pragma once

#include <cstdint>
#include <filesystem>

#include "rig/base/result.h"

namespace rig {

// Keeps disk space ahead of a growing file, so that a full disk is seen before HDF5 is in the
// middle of a write and what is buffered can still be stored.
class DiskReserve {
 public:
  // Errors: UNAVAILABLE.
  static Result<DiskReserve> Open(const std::filesystem::path& file);
  DiskReserve(DiskReserve&& other) noexcept;
  DiskReserve& operator=(DiskReserve&&) = delete;
  ~DiskReserve();

  // Sees to it that kMargin bytes beyond the file's present end are there.
  // Errors: RESOURCE_EXHAUSTED for a full disk, quota or file size limit.
  Status Ensure();
  // Gives back what is beyond the file's end.
  void Release();

  static constexpr std::int64_t kMargin = 4 << 20;

 private:
  explicit DiskReserve(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  std::int64_t reserved_ = 0;
};

}  // namespace rig

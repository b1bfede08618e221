#include "rig/record/disk_reserve.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace rig {
namespace {

// Bytes reserved at a time beyond the margin.
constexpr std::int64_t kStep = 4 << 20;

tl::unexpected<Error> Full() { return MakeError(Code::kResourceExhausted, "disk full"); }

bool WithinFileSizeLimit(std::int64_t size) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return true;
  return static_cast<rlim_t>(size) <= limit.rlim_cur;
}

// For file systems that cannot reserve.
bool FreeOnDisk(int descriptor, std::int64_t bytes) {
  struct statvfs disk {};
  if (::fstatvfs(descriptor, &disk) != 0) return true;
  return static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize) >=
         static_cast<double>(bytes);
}

}  // namespace

Result<DiskReserve> DiskReserve::Open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const std::error_code reason(errno, std::system_category());
    return MakeError(Code::kUnavailable, "cannot open: " + reason.message());
  }
  return DiskReserve(descriptor);
}

DiskReserve::DiskReserve(DiskReserve&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), reserved_(other.reserved_) {}

DiskReserve::~DiskReserve() {
  Release();
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status DiskReserve::Ensure() {
  struct stat file {};
  if (::fstat(descriptor_, &file) != 0) return MakeError(Code::kUnavailable, "cannot stat");
  if (file.st_size + kMargin <= reserved_) return {};
  const std::int64_t wanted = file.st_size + kMargin + kStep;
  if (!WithinFileSizeLimit(file.st_size + kMargin)) return Full();
  if (::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, file.st_size, wanted - file.st_size) != 0) {
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) return Full();
    if (!FreeOnDisk(descriptor_, wanted - file.st_size)) return Full();
  }
  reserved_ = wanted;
  return {};
}

void DiskReserve::Release() {
  struct stat file {};
  if (descriptor_ < 0 || reserved_ == 0 || ::fstat(descriptor_, &file) != 0) return;
  // Setting the size it has frees the blocks beyond it; should that fail they stay reserved, which
  // harms nothing.
  if (::ftruncate(descriptor_, file.st_size) == 0) reserved_ = 0;
}

}  // namespace rig

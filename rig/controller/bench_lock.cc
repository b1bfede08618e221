#include "rig/controller/bench_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rig {
namespace {

constexpr int kLeastDescriptor = 10;

}  // namespace

Result<BenchLock> BenchLock::Take(const LoadedBench& bench) {
  if (IsVirtual(bench.message)) return BenchLock(-1);
  const auto refuse = [&](const std::string& what) {
    return MakeError(Code::kUnavailable, fmt::format("bench {}: {}: {}", bench.message.bench(),
                                                     bench.path.string(), what));
  };
  const int opened = open(bench.path.c_str(), O_RDONLY | O_CLOEXEC);
  const int descriptor = opened < 0 ? -1 : fcntl(opened, F_DUPFD_CLOEXEC, kLeastDescriptor);
  const int error = errno;
  if (opened >= 0) close(opened);
  if (descriptor < 0) return refuse(std::strerror(error));
  BenchLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return refuse(std::string("cannot be locked: ") + std::strerror(errno));
  return refuse(
      "another run, check or calibration holds it, or the guard of one that has died; expected it "
      "free");
}

BenchLock::BenchLock(BenchLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

// Closed, not unlocked: that would unlock it for a guard that has it, too.
BenchLock::~BenchLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace rig

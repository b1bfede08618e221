#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "rig/base/child.h"
#include "rig/capability/capability.h"
#include "rig/controller/bench_lock.h"
#include "rig/controller/guard.h"

namespace rig {

// How long a command that shows no progress may hold a real bench: a check of all it has, and a
// person at a meter between two readings.
inline constexpr std::chrono::minutes kCheckLimit{30};
inline constexpr std::chrono::minutes kPersonLimit{60};

// A bench that this process holds, alone: what everything that opens a real one begins with. It is
// locked and has a guard; Ctrl-Z does not stop who holds it. A virtual bench needs none of this.
// One that goes without StandDown or MakeSafe is made safe by its guard.
class HeldBench {
 public:
  // `folder` takes the guard's report and log. Without one they go when the bench is let go, and
  // what the guard does when this process dies is said on standard error. Errors: as
  // BenchLock::Take and Guard::Start; no instrument has been touched then.
  static Result<HeldBench> Take(const LoadedBench& bench, const std::filesystem::path& folder,
                                std::chrono::milliseconds hang_limit,
                                const std::string& program = GuardSetup().program);

  // Errors: as OpenEquipment.
  Result<std::unique_ptr<Equipment>> Open() const;
  // As Guard::Beat.
  Status Beat();
  // The bench is closed and in its safe state. Errors: as Guard::StandDown.
  Status StandDown();
  // The bench is closed, and may not be in its safe state: the guard sees to it, or this process
  // when the guard has died. Returns who reached it. Errors: FAILED_PRECONDITION naming the
  // fixtures that are not in their safe state.
  Result<std::string> MakeSafe();

 private:
  HeldBench(const LoadedBench& bench, BenchLock lock)
      : bench_(std::make_unique<LoadedBench>(bench)), lock_(std::move(lock)) {}

  std::unique_ptr<const LoadedBench> bench_;
  std::optional<TemporaryFolder> folder_;
  BenchLock lock_;
  std::optional<Guard> guard_;  // of a real bench
};

// What came of work on a bench that is closed: `done`, or that the bench is not safe now.
template <typename T>
Result<T> LeaveSafe(HeldBench& held, Result<T> done) {
  const auto safe = held.MakeSafe();
  if (safe) return done;
  if (done) return tl::unexpected<Error>(safe.error());
  return WithContext(safe.error(), done.error().message);
}

}  // namespace rig

#include "rig/controller/held_bench.h"

#include <signal.h>

#include "fixtures/catalogue.h"
#include "rig/controller/make_safe.h"

namespace rig {

Result<HeldBench> HeldBench::Take(const LoadedBench& bench, const std::filesystem::path& folder,
                                  std::chrono::milliseconds hang_limit,
                                  const std::string& program) {
  RIG_TRY_ASSIGN(BenchLock lock, BenchLock::Take(bench));
  HeldBench held(bench, std::move(lock));
  if (IsVirtual(bench.message)) return held;
  GuardSetup setup{.folder = folder,
                   .log = folder / "guard.log",
                   .hang_limit = hang_limit,
                   .lock = held.lock_.descriptor(),
                   .program = program};
  if (folder.empty()) {
    RIG_TRY_ASSIGN(TemporaryFolder own, TemporaryFolder::Make());
    held.folder_.emplace(std::move(own));
    setup.folder = held.folder_->path();
    setup.log.clear();
  }
  // Who is stopped cannot switch anything off.
  for (const int number : {SIGTSTP, SIGTTIN, SIGTTOU}) signal(number, SIG_IGN);
  RIG_TRY_ASSIGN(Guard guard, Guard::Start(bench, setup));
  held.guard_.emplace(std::move(guard));
  return held;
}

Result<std::unique_ptr<Equipment>> HeldBench::Open() const {
  return OpenEquipment(bench_->message, bench_->where, 0);
}

Status HeldBench::Beat() { return guard_ ? guard_->Beat() : Status(); }

Status HeldBench::StandDown() { return guard_ ? guard_->StandDown() : Status(); }

Result<std::string> HeldBench::MakeSafe() {
  if (!guard_) return std::string("a virtual bench has nothing to switch off");
  const Status acted = guard_->Act();
  if (acted) return std::string("safe state reached by the bench's guard");
  if (acted.error().code == Code::kFailedPrecondition) {
    return tl::unexpected<Error>(acted.error());
  }
  const v1::GuardReport report =
      rig::MakeSafe(*bench_, std::chrono::steady_clock::now() + kGuardTries);
  if (report.safe()) return std::string("safe state reached without the bench's guard, which died");
  return MakeError(Code::kFailedPrecondition, DescribeGuard(report));
}

}  // namespace rig

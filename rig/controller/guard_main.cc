#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "rig/base/digest.h"
#include "rig/controller/guard.h"
#include "rig/controller/guard_link.h"
#include "rig/controller/make_safe.h"
#include "rig/controller/perform.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void Save(const v1::GuardReport& report, const fs::path& folder) {
  const Status saved = WriteFileAtomically(folder / kGuardFile, ToJson(report));
  // A full disk is no reason to leave a bench switched on.
  if (!saved) fmt::print(stderr, "{}\n", saved.error().message);
}

// The watched process's last word; 0: it died without one.
char LastWord() {
  char word = 0;
  ssize_t got = 0;
  while ((got = read(kGuardLinkFd, &word, 1)) < 0 && errno == EINTR) {
  }
  return got == 1 ? word : 0;
}

int Act(const LoadedBench& bench, bool asked, const fs::path& folder, v1::GuardReport& report) {
  const auto began = Clock::now();
  report.set_why(asked ? "the run did not reach the safe state itself"
                       : "the process that held the bench died");
  report.set_state(v1::ACTING);
  Save(report, folder);
  const auto fixtures = MakeSafe(bench, began + kGuardTries);
  report.set_safe(!fixtures.empty());
  for (const v1::GuardedFixture& fixture : fixtures) {
    if (!fixture.safe()) report.set_safe(false);
    *report.add_fixtures() = fixture;
  }
  report.set_took_s(std::chrono::duration<double>(Clock::now() - began).count());
  report.set_state(v1::ACTED);
  report.set_ended(NowUtc());
  Save(report, folder);
  fmt::print(stderr, "{}\n", DescribeGuard(report));
  return report.safe() ? 0 : 1;
}

}  // namespace

int GuardMain(const std::string& bench_file, const std::string& sha256, const std::string& folder) {
  // Who wants a bench to stay as it is can pull its plug: what asks programs to end must not end
  // the one that switches off.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(number, SIG_IGN);
  const auto bench = LoadBench(bench_file);
  if (!bench || bench->sha256 != sha256) {
    fmt::print(stderr, "{}\n",
               bench ? bench_file + ": has changed since it was loaded" : bench.error().message);
    return 1;
  }
  v1::GuardReport report;
  report.set_state(v1::WATCHING);
  report.set_pid(getpid());
  report.set_bench(bench_file);
  report.set_watching_since(NowUtc());
  Save(report, folder);
  if (write(kGuardLinkFd, &kGuardWatches, 1) != 1) {
    fmt::print(stderr, "nobody is there to be watched\n");
  }
  const char word = LastWord();
  if (word != kGuardStandDown) return Act(*bench, word == kGuardAct, folder, report);
  report.set_state(v1::STOOD_DOWN);
  report.set_safe(true);
  report.set_ended(NowUtc());
  Save(report, folder);
  return 0;
}

}  // namespace rig

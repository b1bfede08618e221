#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

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

// The process that this one watches.
class Watched {
 public:
  // glibc 2.36 declares pidfd_open without C linkage.
  Watched() : process_(static_cast<int>(syscall(SYS_pidfd_open, getppid(), 0))) {
    // Only while its end of the link is open is the parent the one that started this process.
    pollfd link{kGuardLinkFd, 0, 0};
    const bool lives = poll(&link, 1, 0) == 0;
    if (!lives && process_ >= 0) close(std::exchange(process_, -1));
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    if (process_ >= 0) close(process_);
  }
  void Kill() const {
    if (process_ >= 0) syscall(SYS_pidfd_send_signal, process_, SIGKILL, nullptr, 0);
  }

 private:
  int process_;
};

// Its last word; 0: it died without one; kGuardBeat: none for so long that it hangs.
char AwaitLastWord(std::chrono::milliseconds hang_limit) {
  for (;;) {
    pollfd link{kGuardLinkFd, POLLIN, 0};
    if (!PollUntil(link, Clock::now() + hang_limit)) return kGuardBeat;
    char words[256];
    const ssize_t got = read(kGuardLinkFd, words, sizeof words);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    const char last = words[got - 1];
    if (last != kGuardBeat) return last;
  }
}

std::string WhyAct(char word, std::chrono::milliseconds hang_limit) {
  if (word == kGuardAct) return "the one that held it asked for it";
  if (word != kGuardBeat) return "the process that held it died";
  return fmt::format("the process that held it made no progress for {:.1f} s and was killed",
                     std::chrono::duration<double>(hang_limit).count());
}

int Act(const LoadedBench& bench, const std::string& why, const fs::path& folder,
        v1::GuardReport& report) {
  report.set_why(why);
  report.set_state(v1::ACTING);
  Save(report, folder);
  report.MergeFrom(MakeSafe(bench, Clock::now() + kGuardTries));
  report.set_ended(NowUtc());
  Save(report, folder);
  return report.safe() ? 0 : 1;
}

}  // namespace

int GuardMain(const std::string& bench_file, const std::string& sha256, const std::string& folder,
              std::chrono::milliseconds hang_limit) {
  // Who wants a bench to stay as it is can pull its plug: what asks programs to end must not end
  // the one that switches off.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(number, SIG_IGN);
  const auto bench = LoadBench(bench_file);
  if (!bench || bench->sha256 != sha256) {
    fmt::print(stderr, "{}\n",
               bench ? bench_file + ": has changed since it was loaded" : bench.error().message);
    return 1;
  }
  const Watched watched;
  v1::GuardReport report;
  report.set_state(v1::WATCHING);
  report.set_pid(getpid());
  report.set_bench(bench_file);
  report.set_watching_since(NowUtc());
  Save(report, folder);
  if (write(kGuardLinkFd, &kGuardWatches, 1) != 1) {
    fmt::print(stderr, "nobody is there to be watched\n");
  }
  const char word = AwaitLastWord(hang_limit);
  if (word == kGuardBeat) watched.Kill();
  if (word != kGuardStandDown) {
    const int done = Act(*bench, WhyAct(word, hang_limit), folder, report);
    // Who asked for it tells of success himself.
    if (word != kGuardAct || done != 0) fmt::print(stderr, "{}\n", DescribeGuard(report));
    return done;
  }
  report.set_state(v1::STOOD_DOWN);
  report.set_safe(true);
  report.set_ended(NowUtc());
  Save(report, folder);
  return 0;
}

}  // namespace rig

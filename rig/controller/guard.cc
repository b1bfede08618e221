#include "rig/controller/guard.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "rig/base/digest.h"
#include "rig/controller/guard_link.h"
#include "rig/record/record.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kStarts{10};
// Between two beats that are sent.
constexpr std::chrono::milliseconds kBeatPeriod{100};

tl::unexpected<Error> Trouble(const std::string& what) {
  return MakeError(Code::kUnavailable, "bench guard: " + what);
}

Result<v1::GuardReport> LoadReport(const fs::path& folder) {
  const fs::path file = folder / kGuardFile;
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  v1::GuardReport report;
  RIG_TRY(FromJson(text, report, file.string()));
  return report;
}

// A report of a guard that has ended, as success or not.
Status Judge(const v1::GuardReport& report) {
  if (report.state() == v1::STOOD_DOWN) return {};
  if (report.state() == v1::ACTED && report.safe()) return {};
  return MakeError(report.state() == v1::ACTED ? Code::kFailedPrecondition : Code::kUnavailable,
                   DescribeGuard(report));
}

// False: it did not end in time.
bool AwaitEnd(pid_t pid, std::chrono::milliseconds most) {
  // glibc 2.36 declares pidfd_open without C linkage.
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return errno == ESRCH;
  pollfd ended{process, POLLIN, 0};
  const bool in_time = PollUntil(ended, Clock::now() + most);
  close(process);
  return in_time;
}

Result<pid_t> Spawn(const LoadedBench& bench, const GuardSetup& setup, int link) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (setup.log.empty()) {
    posix_spawn_file_actions_adddup2(&actions, 2, 1);
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, setup.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
  }
  posix_spawn_file_actions_adddup2(&actions, link, kGuardLinkFd);
  // Onto itself: it is then inherited.
  if (setup.lock >= 0) posix_spawn_file_actions_adddup2(&actions, setup.lock, setup.lock);
  // Neither a terminal's Ctrl-C nor the end of whoever started this process reaches it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string words[] = {setup.program,
                         "guard",
                         fs::absolute(bench.path).string(),
                         bench.sha256,
                         fs::absolute(setup.folder).string(),
                         fmt::format("{}", setup.hang_limit.count())};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                  words[4].data(), words[5].data(), nullptr};
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, argv[0], &actions, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return Trouble(std::string("cannot be started: ") + std::strerror(failed));
  return pid;
}

}  // namespace

bool PollUntil(pollfd& waiting, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const int ready = poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

Result<Guard> Guard::Start(const LoadedBench& bench, const GuardSetup& setup) {
  int ends[2];
  // Two pipes in one: the guard's word that it watches, and this process's last one.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Trouble(std::string("no socket: ") + std::strerror(errno));
  }
  const auto pid = Spawn(bench, setup, ends[1]);
  close(ends[1]);
  if (!pid) {
    close(ends[0]);
    return tl::unexpected<Error>(pid.error());
  }
  Guard guard(*pid, ends[0], setup.folder);
  pollfd heard{guard.link_, POLLIN, 0};
  char word = 0;
  const bool watches = PollUntil(heard, Clock::now() + kStarts) &&
                       read(guard.link_, &word, 1) == 1 && word == kGuardWatches;
  if (watches) return guard;
  return Trouble(
      fmt::format("does not watch bench {}; {} says why", bench.path.string(),
                  setup.log.empty() ? "what it printed here" : setup.log.string().c_str()));
}

Guard::Guard(Guard&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      link_(std::exchange(other.link_, -1)),
      folder_(std::move(other.folder_)),
      beat_(other.beat_) {}

Guard::~Guard() {
  if (link_ >= 0) (void)Act();
}

Status Guard::End(char word) {
  if (link_ < 0) return Trouble("has been ended before");
  const ssize_t told = send(link_, &word, 1, MSG_NOSIGNAL);
  close(std::exchange(link_, -1));
  if (!AwaitEnd(pid_, kGuardTries + kGuardEnds)) {
    return MakeError(Code::kDeadlineExceeded,
                     "bench guard: has not ended; nobody knows whether the bench is in its safe "
                     "state");
  }
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (told != 1) return Trouble("died before its time: nobody has watched over the bench");
  RIG_TRY_ASSIGN(const v1::GuardReport report, LoadReport(folder_));
  return Judge(report);
}

Status Guard::Beat() {
  const auto now = Clock::now();
  if (now - beat_ < kBeatPeriod) return {};
  beat_ = now;
  // Without waiting: one that has left hundreds unread does not watch either.
  if (send(link_, &kGuardBeat, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) return {};
  return Trouble("has died: nobody watches over the bench any more");
}

Status Guard::StandDown() { return End(kGuardStandDown); }
Status Guard::Act() { return End(kGuardAct); }

Result<std::optional<v1::GuardReport>> AwaitGuard(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / kGuardFile, error)) return std::optional<v1::GuardReport>();
  RIG_TRY_ASSIGN(v1::GuardReport report, LoadReport(folder));
  if (!AwaitEnd(report.pid(), kGuardTries + kGuardEnds)) {
    return MakeError(Code::kDeadlineExceeded, DescribeGuard(report));
  }
  RIG_TRY_ASSIGN(report, LoadReport(folder));
  RIG_TRY(Judge(report));
  return std::optional<v1::GuardReport>(report);
}

std::string DescribeGuard(const v1::GuardReport& report) {
  if (report.state() == v1::STOOD_DOWN) return "safe state reached by the run itself";
  if (report.state() != v1::ACTED) {
    return fmt::format(
        "NOBODY HAS SHOWN THAT THE BENCH IS IN ITS SAFE STATE: its guard (process {}) did not end "
        "its work; switch supplies off by hand",
        report.pid());
  }
  std::string text;
  for (const v1::GuardedFixture& fixture : report.fixtures()) {
    if (fixture.safe()) continue;
    text += fmt::format("{}fixture {} is NOT IN ITS SAFE STATE after {} attempts: {}",
                        text.empty() ? "" : "; ", fixture.fixture(), fixture.attempts(),
                        fixture.seen());
  }
  if (!text.empty()) return text + "; switch it off by hand";
  if (!report.safe()) return "its guard found none of its outputs";
  for (const v1::GuardedFixture& fixture : report.fixtures()) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", fixture.fixture(), fixture.seen());
  }
  return fmt::format("safe state reached by the bench's guard within {:.2f} s, since {}: {}",
                     report.took_s(), report.why(), text.empty() ? "no outputs" : text);
}

}  // namespace rig

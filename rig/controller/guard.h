#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "rig/base/result.h"
#include "rig/bench/bench.h"
#include "rig/v1/guard.pb.h"

namespace rig {

// How long a guard tries to reach a bench's safe state, and the most it then still takes: attempts
// under way end within the drivers' deadlines.
inline constexpr std::chrono::seconds kGuardTries{10};
inline constexpr std::chrono::seconds kGuardEnds{30};

struct GuardSetup {
  std::filesystem::path folder;  // takes its report, guard.json
  std::filesystem::path log;     // what it prints; empty: to this process's standard error
  // Without a Beat for this long, it kills the process it watches.
  std::chrono::milliseconds hang_limit;
  int lock = -1;  // a descriptor that it holds until it ends
  // The program whose `guard …` watches; itself, by default.
  std::string program = "/proc/self/exe";
};

// A process that watches the one which holds a bench, and puts the bench into its safe state when
// that one ends without having said that it did so: however it ends, SIGKILL included, and whoever
// else dies with it, for the guard has a session of its own. One that hangs or is stopped it kills
// first. It does not outlive the machine.
class Guard {
 public:
  // Returns when the guard watches; to be called before the bench is opened. Errors: UNAVAILABLE
  // when it cannot be started; what it says when it does not find the bench file as it was loaded.
  static Result<Guard> Start(const LoadedBench& bench, const GuardSetup& setup);
  // Without StandDown or Act it is as if the process had died.
  ~Guard();
  Guard(Guard&& other) noexcept;
  Guard& operator=(Guard&&) = delete;

  // This process makes progress; may be said as often as one likes. Errors: UNAVAILABLE when the
  // guard has died or does not listen any more: nobody watches.
  Status Beat();
  // The bench is in its safe state. Errors: UNAVAILABLE when the guard has died before: nobody
  // has watched.
  Status StandDown();
  // The bench may not be in its safe state, and is closed. Waits until the guard has done what it
  // can. Errors: FAILED_PRECONDITION naming the fixtures that are not in their safe state;
  // UNAVAILABLE, DEADLINE_EXCEEDED when nobody knows.
  Status Act();

 private:
  Guard(pid_t pid, int link, std::filesystem::path folder)
      : pid_(pid), link_(link), folder_(std::move(folder)) {}
  Status End(char word);

  pid_t pid_;
  int link_;  // its end of file tells the guard that this process has died
  std::filesystem::path folder_;
  std::chrono::steady_clock::time_point beat_{};  // the last
};

// Of a process that has died: waits until its guard has ended, and says what it did. None: it had
// no guard. Errors: as Guard::Act.
Result<std::optional<v1::GuardReport>> AwaitGuard(const std::filesystem::path& folder);

// One line: who reached the safe state of which fixtures, or that nobody did.
std::string DescribeGuard(const v1::GuardReport& report);

// The guard's side, with its link on file descriptor 3. Returns the process's exit code: 0 when the
// bench is in its safe state.
int GuardMain(const std::string& bench_file, const std::string& sha256, const std::string& folder,
              std::chrono::milliseconds hang_limit);

}  // namespace rig

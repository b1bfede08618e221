#include "rig/controller/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/controller/guard.h"
#include "rig/controller/guard_link.h"
#include "rig/controller/perform.h"
#include "rig/record/record.h"
#include "rig/record/trace_reader.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using WallClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kProgressFd = 3;
// How often a worker tells its progress, in wall time.
constexpr milliseconds kProgressPeriod{100};

// Closes on destruction.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// While it lives, what a user or a system stops programs with waits in a file descriptor: workers
// are ended, and real benches waited for, before this process goes.
class Interrupts {
 public:
  Interrupts() {
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, &before_);
    fd_ = FileDescriptor(signalfd(-1, &stops, SFD_NONBLOCK | SFD_CLOEXEC));
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  int fd() const { return fd_.get(); }
  // The mask as it was, for programs that are started.
  const sigset_t& before() const { return before_; }
  // The signal that has come; 0: none.
  int Take() const {
    signalfd_siginfo info{};
    return read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                              : 0;
  }

 private:
  sigset_t before_{};
  FileDescriptor fd_;
};

struct Worker {
  v1::RunOrder order;
  pid_t pid = -1;
  FileDescriptor pipe;
  std::string text;  // received, not yet a whole line
  RunTime reached{};
  WallClock::time_point heard;
  bool hung = false;
};

Result<Worker> Start(v1::RunOrder order, const WorkerOptions& options, const sigset_t& mask) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return MakeError(Code::kUnavailable, std::string("worker: no pipe: ") + std::strerror(errno));
  }
  Worker worker{.order = std::move(order),
                .pipe = FileDescriptor(ends[0]),
                .text = {},
                .heard = WallClock::now()};
  const FileDescriptor write_end(ends[1]);
  const std::string folder = RunFolder(worker.order);
  const std::string log = folder + "/worker.log";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_adddup2(&actions, write_end.get(), kProgressFd);
  std::string word = "worker";
  std::string program = options.program;
  std::string argument = folder;
  std::string limit = fmt::format("{}", options.hang_limit.count());
  char* argv[] = {program.data(), word.data(), argument.data(), limit.data(), nullptr};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &mask);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int failed =
      posix_spawn(&worker.pid, program.c_str(), &actions, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return MakeError(Code::kUnavailable,
                     fmt::format("worker {}: {}", program, std::strerror(failed)));
  }
  return worker;
}

// Takes "<ns>\n" lines. False when the worker has closed its end.
bool Hear(Worker& worker, const WorkerEvents& events) {
  char buffer[512];
  const ssize_t n = read(worker.pipe.get(), buffer, sizeof buffer);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return false;
  worker.heard = WallClock::now();
  worker.text.append(buffer, static_cast<std::size_t>(n));
  std::size_t end = 0;
  while ((end = worker.text.find('\n')) != std::string::npos) {
    std::int64_t ns = 0;
    std::from_chars(worker.text.data(), worker.text.data() + end, ns);
    worker.reached = AtNanoseconds(ns);
    worker.text.erase(0, end + 1);
    if (events.progress) events.progress(worker.order, worker.reached);
  }
  return true;
}

// How the process ended, when that was not the orderly way.
std::string Mishap(const Worker& worker, int status, milliseconds hang_limit) {
  const std::string when = fmt::format(" at run time {:.1f} s", Seconds(worker.reached));
  if (worker.hung) {
    return fmt::format("worker made no progress for {:.1f} s and was killed",
                       std::chrono::duration<double>(hang_limit).count()) +
           when;
  }
  if (WIFSIGNALED(status)) {
    return fmt::format("worker was killed by signal {} ({})", WTERMSIG(status),
                       strsignal(WTERMSIG(status))) +
           when;
  }
  return fmt::format("worker ended with exit code {}", WEXITSTATUS(status)) + when;
}

// Who has put the bench into its safe state, for an error's end. A run on a virtual bench has no
// guard, and nothing to switch off.
std::string SafeStateAfter(const fs::path& folder, v1::RunRecord& record) {
  const auto guarded = AwaitGuard(folder);
  if (!guarded) {
    record.set_safe_state_reached(false);
    return "; " + guarded.error().message;
  }
  if (!*guarded) return "";
  record.set_safe_state_reached(true);
  return "; " + DescribeGuard(**guarded);
}

// The record as the worker left it, made an ERROR, with what the trace still tells.
v1::RunRecord Bury(const Worker& worker, const std::string& mishap) {
  const fs::path folder = RunFolder(worker.order);
  v1::RunRecord record;
  if (auto left = LoadRunRecord(folder)) {
    record = std::move(*left);
  } else {
    record.set_run(worker.order.run());
    record.set_attempt(worker.order.attempt());
    record.set_started(NowUtc());
    record.mutable_scenario_file()->set_path(worker.order.scenario());
  }
  EndWithError(record, mishap + SafeStateAfter(folder, record));
  record.set_ended(NowUtc());
  record.set_device_s(Seconds(worker.reached));
  if (const auto trace = TraceReader::Open(folder / "trace.h5")) {
    if (const auto index = trace->Index()) *record.mutable_trace() = *index;
  }
  if (const auto sha256 = Sha256OfFile(folder / "trace.h5")) {
    record.mutable_trace_file()->set_path("trace.h5");
    record.mutable_trace_file()->set_sha256(*sha256);
  }
  if (const Status saved = SaveRunRecord(folder, record); !saved) {
    record.set_error(record.error() + "; " + saved.error().message);
  }
  return record;
}

v1::RunRecord End(Worker& worker, const WorkerOptions& options) {
  int status = 0;
  while (waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
  }
  const bool orderly = !worker.hung && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (!orderly) return Bury(worker, Mishap(worker, status, options.hang_limit));
  auto record = LoadRunRecord(RunFolder(worker.order));
  if (!record) return Bury(worker, record.error().message);
  if (record->state() != v1::ENDED) return Bury(worker, "worker left no ended record");
  return *record;
}

// Waits for news of any worker or the next instant at which one may have to be taken for hung.
void AwaitNews(const std::vector<Worker>& workers, milliseconds hang_limit, int interrupts,
               std::vector<pollfd>& polled) {
  polled.clear();
  auto deadline = WallClock::now() + hang_limit;
  for (const Worker& worker : workers) {
    polled.push_back({worker.pipe.get(), POLLIN, 0});
    deadline = std::min(deadline, worker.heard + hang_limit);
  }
  polled.push_back({interrupts, POLLIN, 0});
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - WallClock::now());
  poll(polled.data(), polled.size(), static_cast<int>(std::max(left, milliseconds(0)).count()) + 1);
}

// Whether a run was on a real bench.
bool HadGuard(const Worker& worker) {
  std::error_code error;
  return fs::exists(fs::path(RunFolder(worker.order)) / kGuardFile, error);
}

// Ends all workers and waits until the guards of real benches have done their work. A process that
// has used virtual benches only then goes as it would have gone at once: their records stay
// RUNNING, which is no verdict, and a night goes on with them.
Status Interrupt(std::vector<Worker>& workers, int number, const Interrupts& interrupts,
                 bool guarded, const WorkerEvents& events) {
  for (const Worker& worker : workers) kill(worker.pid, SIGKILL);
  const std::string mishap = fmt::format("interrupted by SIG{}", sigabbrev_np(number));
  for (Worker& worker : workers) {
    while (waitpid(worker.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (!HadGuard(worker)) continue;
    guarded = true;
    const v1::RunRecord record = Bury(worker, mishap);
    if (events.ended) events.ended(worker.order, record);
  }
  if (!guarded) {
    pthread_sigmask(SIG_SETMASK, &interrupts.before(), nullptr);
    raise(number);
  }
  return MakeError(Code::kAborted, mishap);
}

// Hears a worker that has news, ends one that has died or hangs. True: it has ended.
bool Attend(Worker& worker, bool news, const WorkerOptions& options, const WorkerEvents& events) {
  const bool alive = !news || Hear(worker, events);
  if (alive && WallClock::now() - worker.heard < options.hang_limit) return false;
  if (alive) {
    worker.hung = true;
    kill(worker.pid, SIGKILL);
  }
  const v1::RunRecord record = End(worker, options);
  if (events.ended) events.ended(worker.order, record);
  return true;
}

// Runs on a real bench go one after the other: another would find it held, or wait for this
// machine's cores where it waits for no instrument.
std::size_t JobsFor(const std::vector<v1::RunOrder>& orders, std::size_t asked) {
  std::set<std::string> benches;
  for (const v1::RunOrder& order : orders) benches.insert(order.bench());
  const bool real = std::any_of(benches.begin(), benches.end(), [](const std::string& file) {
    const auto bench = LoadBench(file);
    return bench && !IsVirtual(bench->message);  // what cannot be loaded its run tells
  });
  return real ? 1 : std::max<std::size_t>(asked, 1);
}

}  // namespace

Status RunWorkers(std::vector<v1::RunOrder> orders, const WorkerOptions& options,
                  const WorkerEvents& events) {
  const std::size_t jobs = JobsFor(orders, options.jobs);
  std::reverse(orders.begin(), orders.end());  // taken from the back, in the order given
  const Interrupts interrupts;
  std::vector<Worker> workers;
  std::vector<pollfd> polled;
  bool guarded = false;  // a run that has ended was on a real bench
  while (!orders.empty() || !workers.empty()) {
    while (!orders.empty() && workers.size() < jobs) {
      auto started = Start(std::move(orders.back()), options, interrupts.before());
      orders.pop_back();
      if (!started) {
        for (Worker& worker : workers) kill(worker.pid, SIGKILL);
        for (Worker& worker : workers) (void)End(worker, options);
        return tl::unexpected<Error>(started.error());
      }
      if (events.started) events.started(started->order, started->pid);
      workers.push_back(std::move(*started));
    }
    AwaitNews(workers, options.hang_limit, interrupts.fd(), polled);
    for (std::size_t i = workers.size(); i-- > 0;) {
      if (!Attend(workers[i], polled[i].revents != 0, options, events)) continue;
      guarded = guarded || HadGuard(workers[i]);
      workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
    }
    // After the workers: a terminal's Ctrl-C ends them at the same time.
    if (const int number = interrupts.Take()) {
      return Interrupt(workers, number, interrupts, guarded, events);
    }
  }
  return {};
}

int WorkerMain(const std::string& run_folder, milliseconds hang_limit) {
  // A controller that dies takes its virtual benches with it; what was recorded stays.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // One that died before that has nobody at the other end.
  pollfd listener{kProgressFd, 0, 0};
  if (poll(&listener, 1, 0) > 0 && (listener.revents & POLLERR) != 0) return 1;
  signal(SIGPIPE, SIG_IGN);
  // Progress is a courtesy: nobody to hear it, or nobody who hears it now, is no reason to stop. It
  // is none of a programmer's business that this process starts.
  fcntl(kProgressFd, F_SETFL, O_NONBLOCK);
  fcntl(kProgressFd, F_SETFD, FD_CLOEXEC);
  const auto text = ReadFile(fs::path(run_folder) / "order.json");
  v1::RunOrder order;
  if (!text || !FromJson(*text, order, run_folder + "/order.json")) return 1;
  auto told = WallClock::now();
  const auto tell = [&](RunTime t) {
    const auto now = WallClock::now();
    if (now - told < kProgressPeriod) return;
    told = now;
    const std::string line = fmt::format("{}\n", Nanoseconds(t));
    [[maybe_unused]] const ssize_t written = write(kProgressFd, line.data(), line.size());
  };
  const v1::RunRecord record = PerformOrder(order, tell, hang_limit);
  return record.state() == v1::ENDED ? 0 : 1;
}

}  // namespace rig

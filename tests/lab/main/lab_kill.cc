// Kills runs on a laboratory in software at random moments, and looks at the emulated terminals:
//   lab_kill TABLE.yaml EMULATED.yaml FOLDER RIG KILLS SEED VICTIM
// FOLDER/device is a device folder with scenarios/short.yaml. One line per kill on standard output.
// Goes on until so many kills met a worker that lived. VICTIM:
//   worker, controller  SIGKILL
//   unguarded           SIGKILL to the guard and then to the worker, to see that this can fail
//   abort, hang         SIGABRT, SIGSTOP to the worker
//   stop                SIGSTOP to controller and worker
//   card                the card is unplugged
//   silent              the supply obeys, and answers nothing any more
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <utility>

#include "rig/base/digest.h"
#include "rig/record/record.h"
#include "rig/v1/guard.pb.h"
#include "tests/lab/lab.h"
#include "tests/usb/under_umockdev.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr double kOffVolts = 0.05;
constexpr milliseconds kTurn{20};
constexpr milliseconds kAfter{400};  // the safety timer's 100 ms, and what a late output would need
constexpr milliseconds kNoGuard{2000};
constexpr milliseconds kMost{90'000};
constexpr milliseconds kHangLimit{15'000};
constexpr char kVictims[] = "worker|controller|unguarded|abort|hang|stop|card|silent";

double Ms(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

// What is at the terminals, sampled with every turn of the bus.
struct Watch {
  Clock::time_point first_live{}, supply_live{}, card_live{};  // the latter two: last seen
  bool supply = false, card = false;                           // live now
  void Look(const LabBoard& board) {
    const auto now = Clock::now();
    supply = board.supply_volts() > kOffVolts;
    card = !board.lines_inactive();
    for (unsigned i = 0; i < 8; ++i) card = card || board.output_volts(i) > kOffVolts;
    if (supply) supply_live = now;
    if (card) card_live = now;
    if ((supply || card) && first_live == Clock::time_point()) first_live = now;
  }
};

class Killer {
 public:
  Killer(Lab& lab, std::string rig, const fs::path& folder, std::string bench, std::string victim)
      : lab_(lab),
        rig_(std::move(rig)),
        folder_(folder),
        bench_(std::move(bench)),
        victim_(std::move(victim)) {}

  // Of an undisturbed run: how long its worker lives, and from when to when an output is on.
  struct Course {
    Clock::duration whole{}, from{}, to{};
  };
  // The newest, of Measure or of a kill that came too late.
  const Course& course() const { return course_; }
  void Measure() {
    Begin();
    const auto began = Clock::now();
    while (Lives() && !Ended()) Pass(kTurn);
    TakeCourse(began);
    while (!Ended()) Pass(kTurn);
  }

  // Returns whether it met a worker that lived.
  bool Kill(int number, Clock::duration after) {
    Begin();
    const auto began = Clock::now();
    const auto at = began + after;
    while (Clock::now() < at && Lives() && !Ended()) {
      Pass(std::min(kTurn, std::chrono::ceil<milliseconds>(at - Clock::now())));
    }
    const auto guard = Report();
    if (victim_ == "unguarded" && guard.state() == v1::WATCHING) kill(guard.pid(), SIGKILL);
    lab_.bus().Locked([&] { Look(); });
    const Watch before = watch_;
    const bool alive = Lives() && !Ended();
    const auto killed = Clock::now();
    if (alive) {
      Strike();
    } else {
      TakeCourse(began);
    }
    const auto done = [&] {
      const v1::GuardState state = Report().state();
      if (state == v1::WATCHING && victim_ == "unguarded") return Clock::now() > killed + kAfter;
      // Killed before it had a guard: nothing was opened. One that has just begun acts soon.
      if (state == v1::GUARD_STATE_UNSET) return Clock::now() > killed + kNoGuard;
      return state == v1::ACTED || state == v1::STOOD_DOWN;
    };
    while (!done() && Clock::now() < killed + kMost) Pass(kTurn);
    Pass(kAfter);
    const Watch after_all = watch_;
    const auto report = Report();
    Mend();
    while (!Ended() && Clock::now() < killed + kMost) Pass(kTurn);
    const auto live = [&](Clock::time_point t) { return t > killed ? Ms(t - killed) : 0.0; };
    // Whoever reads the report takes the bench to be safe.
    const bool told = report.state() == v1::STOOD_DOWN || report.safe();
    fmt::print(
        "{} at_ms {:.0f} alive {} supply_on {} card_live {} guard {} guard_ms {:.0f} supply_ms "
        "{:.0f} card_ms {:.0f} supply_off {} card_safe {} told {}\n",
        number, Ms(after), int{alive}, int{before.supply}, int{before.card},
        v1::GuardState_Name(report.state()), report.took_s() * 1e3, live(after_all.supply_live),
        live(after_all.card_live), int{!after_all.supply}, int{!after_all.card}, int{told});
    std::fflush(stdout);
    return alive;
  }

 private:
  // As of a run whose worker has just ended, if it got as far as to switch something on.
  void TakeCourse(Clock::time_point began) {
    if (watch_.first_live == Clock::time_point()) return;
    course_ = {Clock::now() - began, watch_.first_live - began,
               std::max(watch_.supply_live, watch_.card_live) - began};
    fmt::print("undisturbed_ms {:.0f} on_from_ms {:.0f} to_ms {:.0f}\n", Ms(course_.whole),
               Ms(course_.from), Ms(course_.to));
  }

  void Look() {
    // The bus does not turn what hangs on it no longer; the card's own supply does.
    if (lab_.bus().AddressLocked(lab_.card()) == 0) lab_.card().AdvanceTo(lab_.bus().NowLocked());
    watch_.Look(lab_.board());
  }

  void Pass(milliseconds most) {
    (void)lab_.bus().Await(
        [&] {
          Look();
          return false;
        },
        most);
  }

  void Strike() {
    if (victim_ == "controller") kill(controller_, SIGKILL);
    if (victim_ == "worker" || victim_ == "unguarded") Signal(SIGKILL);
    if (victim_ == "abort") Signal(SIGABRT);
    if (victim_ == "stop") kill(controller_, SIGSTOP);
    if (victim_ == "hang" || victim_ == "stop") Signal(SIGSTOP);
    if (victim_ == "card") lab_.bus().Unplug(lab_.card());
    if (victim_ == "silent") lab_.SilenceSupply(true);
  }

  // For the next run.
  void Mend() {
    if (victim_ == "stop") {
      Signal(SIGCONT);  // one that had no guard yet
      if (!Ended()) kill(controller_, SIGCONT);
    }
    if (victim_ == "card" && !lab_.bus().plugged(lab_.card())) lab_.bus().Plug(lab_.card());
    if (victim_ == "silent") lab_.SilenceSupply(false);
  }

  void Signal(int number) const {
    (void)syscall(SYS_pidfd_send_signal, worker_, number, nullptr, 0);
  }

  bool Lives() const {
    pollfd ended{worker_, POLLIN, 0};
    return poll(&ended, 1, 0) == 0;
  }

  void Begin() {
    ++run_;
    const std::string scenario = (folder_ / "device/scenarios/short.yaml").string();
    const std::string evidence = (folder_ / "ev").string();
    std::string words[] = {rig_,      "run",          scenario,
                           "--bench", bench_,         "--evidence",
                           evidence,  "--hang-limit", fmt::format("{}", kHangLimit.count() / 1000)};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    ended_ = posix_spawn(&controller_, rig_.c_str(), &actions, nullptr, argv.data(), environ) != 0;
    posix_spawn_file_actions_destroy(&actions);
    if (worker_ >= 0) close(std::exchange(worker_, -1));
    watch_ = {};
    const auto until = Clock::now() + milliseconds(20'000);
    while (worker_ < 0 && !Ended() && Clock::now() < until) {
      std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", controller_));
      pid_t worker = 0;
      if (children >> worker) worker_ = static_cast<int>(syscall(SYS_pidfd_open, worker, 0));
      if (worker_ < 0) Pass(milliseconds(2));
    }
    if (worker_ < 0) {
      fmt::print(stderr, "lab_kill: run {} has no worker\n", run_);
      std::exit(3);
    }
  }

  bool Ended() {
    if (!ended_) ended_ = waitpid(controller_, nullptr, WNOHANG) == controller_;
    return ended_;
  }

  v1::GuardReport Report() const {
    v1::GuardReport report;
    // A fresh evidence folder: its runs are numbered as ours.
    fs::path newest;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_ / "ev/runs", error)) {
      newest = std::max(newest, entry.path());
    }
    const auto text = ReadFile(newest / "guard.json");
    if (text) (void)FromJson(*text, report, "guard.json").has_value();
    return report;
  }

  Lab& lab_;
  std::string rig_;
  fs::path folder_;
  std::string bench_;
  std::string victim_;
  Watch watch_;
  Course course_;
  int run_ = 0;
  pid_t controller_ = -1;
  int worker_ = -1;  // its process's descriptor
  bool ended_ = true;
};

int Main(char** argv) {
  const fs::path folder = argv[3];
  auto lab = Lab::Open(argv[1], argv[2]);
  const auto bench =
      lab ? (*lab)->WriteBench(folder) : Result<fs::path>(tl::unexpected<Error>(lab.error()));
  if (!bench) {
    fmt::print(stderr, "lab_kill: {}\n", bench.error().message);
    return 3;
  }
  Killer killer(**lab, argv[4], folder, bench->string(), argv[7]);
  const int kills = std::atoi(argv[5]);
  std::mt19937_64 random(static_cast<std::uint64_t>(std::atoll(argv[6])));
  killer.Measure();
  int met = 0;
  for (int i = 0; met < kills && i < 2 * kills; ++i) {
    // One in each part of a run, so that few kills, too, meet all it does; every second one while
    // an output is on.
    const double part = (met + static_cast<double>(random() >> 11) * 0x1p-53) / kills;
    const Killer::Course& course = killer.course();
    const auto after =
        met % 2 == 0 ? course.whole * part : course.from + (course.to - course.from) * part;
    met += killer.Kill(i, std::chrono::duration_cast<Clock::duration>(after)) ? 1 : 0;
  }
  return 0;
}

}  // namespace
}  // namespace rig

int main(int argc, char** argv) {
  rig::usb::RunUnderUmockdev(argv);
  if (argc == 8) return rig::Main(argv);
  fmt::print(stderr, "usage: lab_kill TABLE.yaml EMULATED.yaml FOLDER RIG KILLS SEED {}\n",
             rig::kVictims);
  return 64;
}

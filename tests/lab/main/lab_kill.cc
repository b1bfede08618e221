// Kills runs on a laboratory in software at random moments, and looks at the emulated terminals:
//   lab_kill TABLE.yaml EMULATED.yaml FOLDER RIG KILLS SEED worker|controller|unguarded
// FOLDER/device is a device folder with scenarios/short.yaml. One line per kill on standard output.
// unguarded: the guard is killed first, to see that this can fail. Exits with 1 when an output was
// not in its safe state in the end.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

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

double Ms(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

// What is at the terminals, sampled with every turn of the bus.
struct Watch {
  Clock::time_point supply_live{}, card_live{};  // last seen
  bool supply = false, card = false;             // live now
  void Look(const LabBoard& board) {
    const auto now = Clock::now();
    supply = board.supply_volts() > kOffVolts;
    card = !board.lines_inactive();
    for (unsigned i = 0; i < 8; ++i) card = card || board.output_volts(i) > kOffVolts;
    if (supply) supply_live = now;
    if (card) card_live = now;
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

  // An undisturbed run: how long its worker lives.
  Clock::duration Measure() {
    Begin();
    const auto began = Clock::now();
    while (fs::exists(fmt::format("/proc/{}/cmdline", worker_)) && !Ended()) Pass(kTurn);
    return Clock::now() - began;
  }

  // Returns whether the outputs were safe in the end.
  bool Kill(int number, Clock::duration after) {
    Begin();
    const auto at = Clock::now() + after;
    while (Clock::now() < at && !Ended()) {
      Pass(std::min(kTurn, std::chrono::ceil<milliseconds>(at - Clock::now())));
    }
    const auto guard = Report();
    if (victim_ == "unguarded" && guard.state() == v1::WATCHING) kill(guard.pid(), SIGKILL);
    lab_.bus().Locked([&] { watch_.Look(lab_.board()); });
    const Watch before = watch_;
    const auto killed = Clock::now();
    kill(victim_ == "controller" ? controller_ : worker_, SIGKILL);
    const auto done = [&] {
      const v1::GuardState state = Report().state();
      if (state == v1::WATCHING && victim_ == "unguarded") return Clock::now() > killed + kAfter;
      // Killed before it had a guard: nothing was opened. One that has just begun acts soon.
      if (state == v1::GUARD_STATE_UNSET) return Clock::now() > killed + kNoGuard;
      return state == v1::ACTED || state == v1::STOOD_DOWN;
    };
    while (!done() && Clock::now() < killed + kMost) Pass(kTurn);
    Pass(kAfter);
    while (!Ended() && Clock::now() < killed + kMost) Pass(kTurn);
    const auto live = [&](Clock::time_point t) { return t > killed ? Ms(t - killed) : 0.0; };
    const auto now = Report();
    fmt::print(
        "{} at_ms {:.0f} supply_on {} card_live {} guard {} guard_ms {:.0f} supply_ms {:.0f} "
        "card_ms {:.0f} safe {}\n",
        number, Ms(after), int{before.supply}, int{before.card}, v1::GuardState_Name(now.state()),
        now.took_s() * 1e3, live(watch_.supply_live), live(watch_.card_live),
        int{!watch_.supply && !watch_.card});
    std::fflush(stdout);
    return !watch_.supply && !watch_.card;
  }

 private:
  void Pass(milliseconds most) {
    (void)lab_.bus().Await(
        [&] {
          watch_.Look(lab_.board());
          return false;
        },
        most);
  }

  void Begin() {
    ++run_;
    const std::string scenario = (folder_ / "device/scenarios/short.yaml").string();
    const std::string evidence = (folder_ / "ev").string();
    std::string words[] = {rig_, "run", scenario, "--bench", bench_, "--evidence", evidence};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    ended_ = posix_spawn(&controller_, rig_.c_str(), &actions, nullptr, argv.data(), environ) != 0;
    posix_spawn_file_actions_destroy(&actions);
    worker_ = -1;
    const auto until = Clock::now() + milliseconds(20'000);
    while (worker_ < 0 && !Ended() && Clock::now() < until) {
      std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", controller_));
      if (!(children >> worker_)) worker_ = -1;
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
  int run_ = 0;
  pid_t controller_ = -1;
  pid_t worker_ = -1;
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
  const auto whole = killer.Measure();
  fmt::print("undisturbed_ms {:.0f}\n", Ms(whole));
  std::fflush(stdout);
  bool all = true;
  for (int i = 0; i < kills; ++i) {
    // One in each part of a run, so that few kills, too, meet all it does.
    const double part = (i + static_cast<double>(random() >> 11) * 0x1p-53) / kills;
    all = killer.Kill(i, std::chrono::duration_cast<Clock::duration>(whole * part)) && all;
  }
  return all ? 0 : 1;
}

}  // namespace
}  // namespace rig

int main(int argc, char** argv) {
  rig::usb::RunUnderUmockdev(argv);
  if (argc == 8) return rig::Main(argv);
  fmt::print(stderr,
             "usage: lab_kill TABLE.yaml EMULATED.yaml FOLDER RIG KILLS SEED "
             "worker|controller|unguarded\n");
  return 64;
}

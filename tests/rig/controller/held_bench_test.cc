// A real bench in the hands of processes: its supplies are instruments in software at TCP ports of
// this machine, its guards the rig's own.
#include "rig/controller/held_bench.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "fixtures/virtual/scpi_server.h"
#include "rig/controller/make_safe.h"
#include "rig/record/record.h"
#include "tests/fixtures/power/tcp_face.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr char kBench[] = R"(bench: two_supplies
title: Two supplies and nothing else
board:
  external: {{mcu: atmega1284p, brown_out: 4.3 V, programming_voltage: 5 V}}
  firmware: none.elf
  serial: T-1
fixtures:
  - name: first
    scpi_supply: {{address: "tcp:127.0.0.1:{}", maximum: 6 V, current_limit: 0.5 A, timeout: 30 s}}
  - name: second
    scpi_supply: {{address: "tcp:127.0.0.1:{}", maximum: 6 V, current_limit: 0.5 A}}
  - name: uart
    serial_port: {{port: /dev/null}}
wiring:
  - {{signal: power, fixture: first, pin: VCC}}
  - {{signal: heater, fixture: second, pin: HEAT}}
  - {{signal: console, fixture: uart, pin: UART0}}
safe_state:
  - {{signal: power, voltage: 0 V}}
  - {{signal: heater, voltage: 0 V}}
console: {{signal: console}}
)";

// An instrument at a port. Silent: it hears, and does not answer.
class Supply {
 public:
  void SwitchOn() {
    face_.Locked([&] { (void)server_.Take("VOLT 5,(@1)\nOUTP ON,(@1)\n"); });
  }
  void FallSilent() {
    face_.Locked([&] { silent_ = true; });
  }
  double volts() {
    return face_.Locked([&] { return terminals_.Measure().value(); });
  }
  std::uint16_t port() const { return face_.port(); }

 private:
  static const ScpiModel& Model() {
    const auto models = KnownScpiModels();
    return *std::find_if(models.begin(), models.end(),
                         [](const ScpiModel& row) { return row.model == "E36312A"; });
  }

  RunTime now_{};
  VirtualSupply terminals_{{.maximum_v = 6.18, .resolution_v = 1e-3, .ramp_step = milliseconds(1)},
                           now_};
  ScpiServer server_{Model(), {{.number = 1, .terminals = &terminals_, .maximum_a = 5}}};
  bool silent_ = false;
  TcpFace face_{[this](std::string_view bytes) {
    const std::string answer = server_.Take(bytes);
    return silent_ ? std::string() : answer;
  }};
};

class HeldBenchTest : public testing::Test {
 protected:
  HeldBenchTest() {
    const std::filesystem::path file = folder_->path() / "bench.yaml";
    std::ofstream(file) << fmt::format(kBench, first_.port(), second_.port());
    auto loaded = LoadBench(file);
    EXPECT_TRUE(loaded) << loaded.error().message;
    bench_ = std::move(*loaded);
    first_.SwitchOn();
    second_.SwitchOn();
  }
  Result<HeldBench> Take(milliseconds hang_limit = std::chrono::minutes(2)) {
    return HeldBench::Take(bench_, folder_->path(), hang_limit,
                           std::string(RIG_BINARY_DIR) + "/bin/rig");
  }
  v1::GuardReport Report() {
    std::ifstream file(folder_->path() / "guard.json");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    v1::GuardReport report;
    EXPECT_TRUE(FromJson(text, report, "guard.json"));
    return report;
  }
  // Another process that holds the bench and goes to sleep. Returns when it holds it.
  pid_t HoldElsewhere(milliseconds hang_limit) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t holder = fork();
    if (holder == 0) {
      const auto held = Take(hang_limit);
      const char word = held ? 'h' : 'e';
      if (write(ready[1], &word, 1) == 1) pause();
      _exit(1);
    }
    char word = 0;
    EXPECT_EQ(read(ready[0], &word, 1), 1);
    EXPECT_EQ(word, 'h');
    close(ready[0]);
    close(ready[1]);
    return holder;
  }

  Supply first_, second_;
  Result<TemporaryFolder> folder_ = TemporaryFolder::Make();
  LoadedBench bench_;
};

TEST_F(HeldBenchTest, IsRefusedToASecondBeforeAnInstrumentIsTouched) {
  const auto held = Take();
  ASSERT_TRUE(held) << held.error().message;
  const auto second = Take();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("bench two_supplies"));
  EXPECT_THAT(second.error().message, HasSubstr("holds it"));
  EXPECT_EQ(first_.volts(), 5);
}

TEST_F(HeldBenchTest, IsFreeAgainForTheNext) {
  for (int i = 0; i < 2; ++i) {
    auto held = Take();
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_TRUE(held->StandDown());
  }
}

TEST_F(HeldBenchTest, IsMadeSafeByItsGuardWhenItsHolderIsKilledAndIsHeldUntilThen) {
  const pid_t holder = HoldElsewhere(std::chrono::minutes(2));
  const pid_t guard = Report().pid();
  kill(guard, SIGSTOP);
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  EXPECT_FALSE(Take()) << "the guard has not made it safe yet";
  kill(guard, SIGCONT);
  ASSERT_TRUE(AwaitGuard(folder_->path()));
  EXPECT_EQ(first_.volts(), 0);
  EXPECT_EQ(second_.volts(), 0);
  const auto next = Take();
  EXPECT_TRUE(next) << next.error().message;
}

// As Ctrl-Z and a debugger do to a run and its controller: nobody else counts the seconds.
TEST_F(HeldBenchTest, AHolderThatIsStoppedIsKilledAndTheBenchMadeSafe) {
  const pid_t holder = HoldElsewhere(milliseconds(200));
  kill(holder, SIGSTOP);
  const int process = static_cast<int>(syscall(SYS_pidfd_open, holder, 0));
  pollfd ended{process, POLLIN, 0};
  ASSERT_EQ(poll(&ended, 1, 10'000), 1) << "it has not been killed";
  close(process);
  waitpid(holder, nullptr, 0);
  const auto guarded = AwaitGuard(folder_->path());
  ASSERT_TRUE(guarded) << guarded.error().message;
  EXPECT_THAT(DescribeGuard(**guarded), HasSubstr("no progress for 0.2 s"));
  EXPECT_EQ(first_.volts(), 0);
  EXPECT_EQ(second_.volts(), 0);
}

TEST_F(HeldBenchTest, OneThatBeatsIsLeftAlone) {
  auto held = Take(milliseconds(1000));
  ASSERT_TRUE(held) << held.error().message;
  const auto until = std::chrono::steady_clock::now() + milliseconds(1500);
  while (std::chrono::steady_clock::now() < until) ASSERT_TRUE(held->Beat());
  EXPECT_EQ(first_.volts(), 5);
  EXPECT_TRUE(held->StandDown());
}

TEST_F(HeldBenchTest, AGuardThatHasDiedIsNoticedAndItsWorkDoneWithoutIt) {
  auto held = Take();
  ASSERT_TRUE(held) << held.error().message;
  ASSERT_TRUE(held->Beat());
  kill(Report().pid(), SIGKILL);
  Status beat;
  const auto until = std::chrono::steady_clock::now() + seconds(10);
  while (beat && std::chrono::steady_clock::now() < until) beat = held->Beat();
  ASSERT_FALSE(beat);
  EXPECT_THAT(beat.error().message, HasSubstr("guard: has died"));
  const auto safe = held->MakeSafe();
  ASSERT_TRUE(safe) << safe.error().message;
  EXPECT_THAT(*safe, HasSubstr("without the bench's guard"));
  EXPECT_EQ(first_.volts(), 0);
  EXPECT_EQ(second_.volts(), 0);
}

TEST_F(HeldBenchTest, AnErrorOfTheSafeStateIsAddedToWhatCameOfTheWork) {
  auto held = Take();
  ASSERT_TRUE(held) << held.error().message;
  first_.FallSilent();
  const Result<int> left = LeaveSafe(*held, Result<int>(MakeError(Code::kAborted, "the work")));
  ASSERT_FALSE(left);
  EXPECT_THAT(left.error().message, HasSubstr("fixture first is NOT IN ITS SAFE STATE"));
  EXPECT_THAT(left.error().message, HasSubstr("the work"));
}

// The first supply has 30 s for an answer, by its bench file, and gives none.
TEST_F(HeldBenchTest, ASilentSupplyDoesNotKeepTheOthersOn) {
  first_.FallSilent();
  const auto began = std::chrono::steady_clock::now();
  v1::GuardReport report;
  std::thread making([&] { report = MakeSafe(bench_, began); });
  const auto until = began + seconds(10);
  while (second_.volts() != 0 && std::chrono::steady_clock::now() < until) {
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(900)) << "its 1 s for an answer";
  making.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(15)) << "the bench file's 30 s";
  EXPECT_FALSE(report.safe());
  EXPECT_FALSE(report.fixtures(0).safe());
  EXPECT_TRUE(report.fixtures(1).safe());
}

}  // namespace
}  // namespace rig

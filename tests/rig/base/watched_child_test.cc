#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>

#include "rig/base/child.h"

namespace rig {
namespace {

using ::testing::HasSubstr;

Result<ChildEnd> Shell(const std::string& script, const ChildLimits& limits,
                       const std::function<void(std::string_view)>& watch) {
  return RunWatched({"/bin/sh", "-c", script}, "/", limits, watch);
}
Result<ChildEnd> Shell(const std::string& script, const ChildLimits& limits = {}) {
  return Shell(script, limits, [](std::string_view) {});
}

TEST(WatchedChildTest, TellsHowItEndedAndAllItSaid) {
  const auto end = Shell("echo one; echo two >&2; pwd; exit 3");
  ASSERT_TRUE(end.has_value()) << end.error().message;
  EXPECT_EQ(end->exit_status, 3);
  EXPECT_EQ(end->output, "one\ntwo\n/\n");
}

TEST(WatchedChildTest, HandsOutputOnWhileItRuns) {
  // The program goes on only when what it said has been seen.
  auto folder = TemporaryFolder::Make();
  ASSERT_TRUE(folder.has_value());
  const std::string seen = (folder->path() / "seen").string();
  bool handed = false;
  const auto end = Shell("echo ready; while [ ! -e " + seen + " ]; do :; done; echo done", {},
                         [&](std::string_view some) {
                           if (!handed && some.find("ready") != std::string_view::npos) {
                             handed = true;
                             std::filesystem::create_directory(seen);
                           }
                         });
  ASSERT_TRUE(end.has_value()) << end.error().message;
  EXPECT_TRUE(handed);
  EXPECT_EQ(end->output, "ready\ndone\n");
}

TEST(WatchedChildTest, KillsWhatHangsWithAllItStarted) {
  const auto begun = std::chrono::steady_clock::now();
  const auto end = Shell("echo stuck; sleep 60 & sleep 60", {.wall_s = 1});
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().code, Code::kDeadlineExceeded);
  EXPECT_THAT(end.error().message, HasSubstr("killed"));
  EXPECT_THAT(end.error().message, HasSubstr("stuck"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
}

TEST(WatchedChildTest, HasNoneOfOurFiles) {
  int ours[2];
  ASSERT_EQ(::pipe(ours), 0);  // inherited by what is started without care
  const auto end = Shell(fmt::format("[ ! -e /proc/self/fd/{} ]", ours[0]));
  ::close(ours[0]);
  ::close(ours[1]);
  ASSERT_TRUE(end.has_value()) << end.error().message;
  EXPECT_EQ(end->exit_status, 0);
}

// Started by a script, as wrappers of programmers are: it would go on programming a board whose
// power goes.
TEST(WatchedChildTest, WhatItStartedGoesWithTheProcessThatWatched) {
  int said[2];
  ASSERT_EQ(::pipe(said), 0);
  const pid_t watcher = ::fork();
  if (watcher == 0) {
    (void)Shell("sleep 1000 & echo $!; wait", {}, [&](std::string_view some) {
      if (::write(said[1], some.data(), some.size()) < 0) ::_exit(1);
    });
    ::_exit(0);
  }
  char text[32] = {};
  ASSERT_GT(::read(said[0], text, sizeof text - 1), 0);
  const auto started = static_cast<pid_t>(std::strtol(text, nullptr, 10));
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, started, 0));
  ASSERT_GE(process, 0);
  ::kill(watcher, SIGKILL);
  ::waitpid(watcher, nullptr, 0);
  pollfd ended{process, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 10'000), 1) << "it goes on";
  ::kill(started, SIGKILL);
  for (const int fd : {process, said[0], said[1]}) ::close(fd);
}

TEST(WatchedChildTest, SaysWhichSignalEndedIt) {
  const auto end = Shell("kill -SEGV $$");
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().code, Code::kDataLoss);
  EXPECT_THAT(end.error().message, HasSubstr("SEGV"));
}

TEST(WatchedChildTest, WaitsForAProgramThatClosedItsOutput) {
  const auto end = Shell("exec >&- 2>&-; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exit 5");
  ASSERT_TRUE(end.has_value()) << end.error().message;
  EXPECT_EQ(end->exit_status, 5);
}

TEST(WatchedChildTest, KeepsTheEndOfALongOutput) {
  const auto end = Shell("head -c 3000000 /dev/zero | tr '\\0' x; echo end");
  ASSERT_TRUE(end.has_value()) << end.error().message;
  EXPECT_EQ(end->output.size(), std::size_t{1} << 20);
  EXPECT_TRUE(end->output.ends_with("xend\n"));
}

TEST(WatchedChildTest, AProgramThatIsNotThereCannotBeStarted) {
  const auto end = RunWatched({"/none"}, "/", {}, [](std::string_view) {});
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace rig

#include "tests/usb/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace rig::usb {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

TEST(ProgramTest, GivesWhatAProgramSaidAndHowItEnded) {
  const Result<Program::Ended> ended = RunProgram({"sh", "-c", "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->exit_code, 3);
  EXPECT_EQ(ended->output, "out\nerr\n");
  EXPECT_EQ(RunProgram({"sh", "-c", "kill -9 $$"})->exit_code, 128 + 9);
  EXPECT_EQ(RunProgram({"there-is-no-such-program"})->exit_code, 127);
}

// Whether a process is no more, or only its parent's to be told of.
bool HasEnded(const std::string& process) {
  std::ifstream stat("/proc/" + process + "/stat");
  std::string number, name, state;
  return !(stat >> number >> name >> state) || state == "Z";
}

TEST(ProgramTest, EndsAtItsDeadlineWithAllItStarted) {
  const auto begin = steady_clock::now();
  const Result<Program::Ended> ended =
      RunProgram({"sh", "-c", "sleep 60 & echo started $!.; sleep 60"}, milliseconds(300));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kDeadlineExceeded);
  const std::string& said = ended.error().message;
  ASSERT_THAT(said, HasSubstr("started "));
  const std::size_t at = said.find("started ") + 8;
  const std::string process = said.substr(at, said.find('.', at) - at);
  while (!HasEnded(process) && steady_clock::now() - begin < std::chrono::seconds(20)) {
  }
  EXPECT_TRUE(HasEnded(process));
}

}  // namespace
}  // namespace rig::usb

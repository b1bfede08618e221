#include "tests/usb/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(ProgramTest, EndsAtItsDeadlineWithAllItStarted) {
  const auto begin = steady_clock::now();
  const Result<Program::Ended> ended =
      RunProgram({"sh", "-c", "echo begun; sleep 60 & sleep 60"}, milliseconds(200));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kDeadlineExceeded);
  EXPECT_THAT(ended.error().message, HasSubstr("begun"));
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace rig::usb

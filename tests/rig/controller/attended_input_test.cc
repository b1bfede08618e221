#include "rig/controller/attended_input.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>

namespace rig {
namespace {

// A bench that goes on for as long as somebody advances it.
class WatchedClock final : public BenchClock {
 public:
  Status AdvanceTo(RunTime) override { return kept_going(++times); }
  RunTime Now() const override { return RunTime(); }
  int times = 0;
  std::function<Status(int)> kept_going = [](int) { return Status(); };
};

class AttendedInputTest : public testing::Test {
 protected:
  AttendedInputTest() { EXPECT_EQ(::pipe(ends_), 0); }
  ~AttendedInputTest() override {
    Close();
    ::close(ends_[0]);
  }
  void Type(const std::string& text) {
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void Close() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  int ends_[2] = {-1, -1};
  WatchedClock clock_;
};

TEST_F(AttendedInputTest, TheBenchGoesOnUntilALineIsThere) {
  clock_.kept_going = [this](int times) -> Status {
    if (times == 3) Type("1.2");
    if (times == 6) Type("5 V\n");
    return {};
  };
  AttendedInput input(ends_[0], clock_);
  EXPECT_EQ(input.ReadLine().value(), "1.25 V");
  EXPECT_GE(clock_.times, 6);
}

TEST_F(AttendedInputTest, LinesOfAPipeComeOneByOneAndThenItEnds) {
  Type("1 V\n\n2 V");
  Close();
  AttendedInput input(ends_[0], clock_);
  EXPECT_EQ(input.ReadLine().value(), "1 V");
  EXPECT_EQ(input.ReadLine().value(), "");
  EXPECT_EQ(input.ReadLine().value(), "2 V");
  EXPECT_EQ(input.ReadLine().error().code, Code::kAborted);
}

TEST_F(AttendedInputTest, ABenchThatFailsEndsTheWait) {
  clock_.kept_going = [](int times) -> Status {
    if (times < 3) return {};
    return MakeError(Code::kUnavailable, "the card has gone");
  };
  AttendedInput input(ends_[0], clock_);
  EXPECT_EQ(input.ReadLine().error().message, "the card has gone");
}

}  // namespace
}  // namespace rig

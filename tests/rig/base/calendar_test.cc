#include "rig/base/calendar.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace rig {
namespace {

class CalendarTest : public testing::Test {
 protected:
  ~CalendarTest() override {
    unsetenv("TZ");
    tzset();
  }
  static std::string DayAt(const char* zone, const std::string& utc) {
    setenv("TZ", zone, 1);
    return LatestDay(utc);
  }
};

TEST_F(CalendarTest, ADayIsOverAsSoonAsItIsOverInUtcOrHere) {
  EXPECT_EQ(DayAt("UTC0", "2025-01-31T23:59:59Z"), "2025-01-31");
  // Ten hours ahead the next day has begun; ten hours behind it has begun in UTC.
  EXPECT_EQ(DayAt("EAST-10", "2025-01-31T13:59:59Z"), "2025-01-31");
  EXPECT_EQ(DayAt("EAST-10", "2025-01-31T14:00:00Z"), "2025-02-01");
  EXPECT_EQ(DayAt("WEST+10", "2025-02-01T00:00:00Z"), "2025-02-01");
}

TEST_F(CalendarTest, WhatIsNoInstantIsNone) {
  EXPECT_EQ(SecondsOf("1970-01-01T00:01:00Z"), 60);
  EXPECT_FALSE(SecondsOf("1970-01-01T00:01:00"));
  EXPECT_FALSE(SecondsOf("1970-01-01T00:01:00Z and more"));
  EXPECT_EQ(DayAt("EAST-10", "2025-01-31T14:00"), "2025-01-31");
}

}  // namespace
}  // namespace rig

#include "rig/check/formula/reach.h"

#include <gmock/gmock.h>

namespace rig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Formula Parsed(const std::string& text) {
  auto formula = Formula::Parse(text, {[](std::string_view) { return "1"; }});
  if (!formula) ADD_FAILURE() << text << ": " << formula.error().message;
  return formula.value();
}

TEST(AsksOnlyAtStartTest, IsTrueWhereAPartStandsBelowNoOperatorOfTime) {
  for (const char* text : {"a", "a > 0.5", "true", "false", "rise(a)", "fall(a)", "not a",
                           "rise(a) -> false", "rise(a) -> eventually a", "(always a) -> a",
                           "(always a) and a", "(once a) or not a", "rise(always a)"}) {
    EXPECT_TRUE(AsksOnlyAtStart(Parsed(text))) << text;
  }
}

TEST(AsksOnlyAtStartTest, IsTrueWhereAPartLooksBackFromTheStartOnly) {
  for (const char* text :
       {"historically a", "not once a", "a since b", "historically[0 s, 5 s] (not a)",
        "(once a) -> (always b)", "historically ((eventually a) and b)", "time_since(a) <= 5 s"}) {
    EXPECT_TRUE(AsksOnlyAtStart(Parsed(text))) << text;
  }
}

TEST(AsksOnlyAtStartTest, IsTrueForAWindowOfRunTime0) {
  for (const char* text : {"always[0 s, 0 s] a", "eventually[0 s, 0 s] a", "once[0 s, 0 s] a",
                           "a until[0 s, 0 s] b", "always[0 s, 0 s] historically a"}) {
    EXPECT_TRUE(AsksOnlyAtStart(Parsed(text))) << text;
  }
}

TEST(AsksOnlyAtStartTest, IsFalseWhereTimeGovernsEveryPart) {
  for (const char* text : {"always (rise(a) -> a)", "eventually a", "(always a) and (eventually a)",
                           "(eventually a) -> (always a)", "always[0 s, 0 s] always a",
                           "not ((always a) or eventually rise(a))", "a until[0 s, 5 s] b",
                           "always[5 s, 5 s] once a", "historically eventually a"}) {
    EXPECT_FALSE(AsksOnlyAtStart(Parsed(text))) << text;
  }
}

TEST(NeedsLongerThanTest, NamesAWindowNoTraceOfThatLengthShows) {
  for (const char* text :
       {"always[0 s, 100 s] a", "eventually[50 s, end] a", "always[100 s, end] a",
        "not (a and eventually[0 s, 41 s] b)", "always[30 s, end] always[20 s, end] a",
        "always (a -> eventually[50 s, 60 s] b)", "a until[0 s, 41 s] b",
        "(always[41 s, end] a) until[1 s, 2 s] b", "always[40.000000001 s, end] a"}) {
    EXPECT_TRUE(NeedsLongerThan(Parsed(text), Duration(40'000'000'000))) << text;
  }
}

TEST(NeedsLongerThanTest, IsNothingWhereATraceOfThatLengthMayDecide) {
  for (const char* text :
       {"always[0 s, 40 s] a", "always[40 s, end] a", "always (a -> eventually[0 s, 10 s] b)",
        "always[0 s, 35 s] (a -> eventually[0 s, 10 s] b)", "always always[0 s, 50 s] a",
        "(eventually[30 s, 35 s] a) until[20 s, 30 s] b",
        "always[35 s, end] once[0 s, 30 s] eventually[20 s, 21 s] a",
        "always once[50 s, 60 s] a"}) {
    EXPECT_FALSE(NeedsLongerThan(Parsed(text), Duration(40'000'000'000))) << text;
  }
}

TEST(NeedsLongerThanTest, SaysWhichWindowAndHowLongTheRunIs) {
  const auto needs = NeedsLongerThan(Parsed("always[0 s, 100 s] a"), Duration(40'000'000'000));
  EXPECT_THAT(needs.value_or(""), HasSubstr("\"always[0 s, 100 s] a\" asks until 100 s; expected "
                                            "the end at 40 s at the latest"));
}

TEST(ChannelsThatMatterTest, LeavesOutWhatAConstantOverrules) {
  EXPECT_THAT(ChannelsThatMatter(Parsed("always (a or true)")), IsEmpty());
  EXPECT_THAT(ChannelsThatMatter(Parsed("always (false -> a)")), IsEmpty());
  EXPECT_THAT(ChannelsThatMatter(Parsed("always not (a and 1 > 2)")), IsEmpty());
  EXPECT_THAT(ChannelsThatMatter(Parsed("eventually (a until[0 s, 5 s] true)")), IsEmpty());
  EXPECT_THAT(ChannelsThatMatter(Parsed("always ((a or 2 > 1) and b)")), ElementsAre("b"));
  EXPECT_THAT(ChannelsThatMatter(Parsed("always (true -> a)")), ElementsAre("a"));
  EXPECT_THAT(ChannelsThatMatter(Parsed("a until[1 s, 5 s] true")), ElementsAre("a"));
}

}  // namespace
}  // namespace rig

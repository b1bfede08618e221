#include "rig/base/names.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

TEST(IsNameTest, TakesWhatCanBePartOfAChannel) {
  EXPECT_TRUE(IsName("line_pressure2"));
  for (const char* text : {"", "2nd", "_a", "Ecg", "a-b", "a.b", "a b", "é"}) {
    EXPECT_FALSE(IsName(text)) << text;
  }
}

TEST(OneOfTest, NamesTheNearestFirst) {
  EXPECT_EQ(OneOf("buton", {"ecg", "button", "buttons"}), "one of: button, buttons, ecg");
}

TEST(OneOfTest, LeavesOutTheFarEnd) {
  const auto text = OneOf("a1", {"a1", "b", "c", "d", "e", "f", "g", "h", "i", "j"});
  EXPECT_TRUE(text.starts_with("one of: a1, "));
  EXPECT_TRUE(text.ends_with(", …"));
}

TEST(OneOfTest, SaysThatNothingIsKnown) { EXPECT_EQ(OneOf("a", {}), "none"); }

TEST(ShortenTest, CutsBetweenCharacters) {
  EXPECT_EQ(Shorten("abc", 3), "abc");
  EXPECT_EQ(Shorten("abcd", 3), "abc…");
  EXPECT_EQ(Shorten("aéé", 4), "aé…");
}

TEST(ShortenTest, StaysOnOneLine) { EXPECT_EQ(Shorten("a\nb\tc", 9), "a b c"); }

}  // namespace
}  // namespace rig

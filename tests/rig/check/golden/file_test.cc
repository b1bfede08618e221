// What a golden's file is refused for, at its place.

#include <gmock/gmock.h>

#include <string>

#include "rig/check/golden/golden.h"

namespace rig {
namespace {

using testing::StartsWith;

std::string Text(const std::string& top, const std::string& channel) {
  return "golden: g\nscenario: s\nscenario_sha256: aa\nbench_sha256: bb\nfirmware_sha256: cc\n" +
         top + "channels:\n  - channel: lamp\n    unit: V\n    value_tolerance: 1\n" +
         "    time_tolerance: 10 ms\n    end: 10 s\n" + channel;
}
const std::string kPoints = "    points:\n      - 0 0\n      - 1 1\n";

std::string ErrorOf(const std::string& text) {
  const auto golden = LoadGoldenText(text, "g.yaml");
  return golden ? "loaded" : golden.error().message;
}

TEST(LoadGoldenTest, LoadsWhatIsRight) { EXPECT_EQ(ErrorOf(Text("", kPoints)), "loaded"); }

TEST(LoadGoldenTest, RefusesPointsAtTheirPlace) {
  EXPECT_EQ(
      ErrorOf(Text("", "    points:\n      - 0 0\n      - 1 nan\n")),
      "g.yaml:13:7: golden channel lamp: point 2 \"1 nan\", expected \"seconds value\", times "
      "rising and within the end");
  EXPECT_EQ(ErrorOf(Text("", "")),
            "g.yaml:7:5: golden channel lamp: no points, expected at least one");
  EXPECT_THAT(ErrorOf(Text("", "    points:\n      - 1 0\n      - 1 1\n")),
              StartsWith("g.yaml:13"));
}

TEST(LoadGoldenTest, TakesATimeTwiceAsAJumpOfStraightLines) {
  EXPECT_EQ(ErrorOf(Text("", "    interpolation: linear\n    points:\n      - 1 0\n      - 1 1\n")),
            "loaded");
}

TEST(LoadGoldenTest, RefusesPhasesThatAreNone) {
  EXPECT_THAT(ErrorOf(Text("phases:\n  - {phase: a, from: 2 s, to: 1 s}\n", kPoints)),
              StartsWith("g.yaml:7:5: golden phase a: ends before it begins"));
  EXPECT_THAT(ErrorOf(Text("phases:\n  - {phase: a, from: 1 s, to: 3 s}\n"
                           "  - {phase: b, from: 2 s, to: 4 s}\n",
                           kPoints)),
              StartsWith("g.yaml:8:5: golden phase b: overlaps a"));
  EXPECT_THAT(ErrorOf(Text("",
                           "    phases:\n      - {phase: x, value_tolerance: 1, "
                           "time_tolerance: 0 s}\n" +
                               kPoints)),
              StartsWith("g.yaml:13:"));
}

TEST(LoadGoldenTest, RefusesSharesOfEvents) {
  EXPECT_THAT(ErrorOf(Text("", "    compare: events\n    range_tolerance: 5 %\n" + kPoints)),
              StartsWith("g.yaml:7:5: golden channel lamp: compared by events"));
}

TEST(CheckGoldenAgainstTest, RefusesAnotherChannelUnitOrLengthAtItsPlace) {
  const auto golden = LoadGoldenText(Text("", kPoints), "g.yaml");
  ASSERT_TRUE(golden);
  const std::int64_t s = 1'000'000'000;
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 10 * s));
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 0));
  EXPECT_EQ(CheckGoldenAgainst(*golden, {{"other", "V"}}, 10 * s).error().message,
            "g.yaml:7:14: no run of the scenario records lamp; expected one of its channels");
  EXPECT_EQ(CheckGoldenAgainst(*golden, {{"lamp", "A"}}, 10 * s).error().message,
            "g.yaml:8:11: lamp is in A; expected unit A");
  EXPECT_EQ(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 12 * s).error().message,
            "g.yaml:11:10: lamp reaches to 10 s; expected 12 s, as long as the scenario");
}

}  // namespace
}  // namespace rig

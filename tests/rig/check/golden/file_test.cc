// What a golden's file is refused for, at its place.

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <string>

#include "rig/check/golden/compare.h"
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

TEST(FindFormProblemTest, FindsWhatIsNoPhaseToleranceOrLimit) {
  const v1::Golden good = LoadGoldenText(Text("phases:\n  - {phase: a, from: 1 s, to: 2 s}\n"
                                              "  - {phase: b, from: 2 s, to: 3 s}\n",
                                              kPoints),
                                         "g.yaml")
                              ->message;
  v1::Golden swapped = good;
  swapped.mutable_phases()->SwapElements(0, 1);
  EXPECT_FALSE(golden::FindFormProblem(swapped));
  using Edit = void (*)(v1::Golden&, v1::GoldenChannel&);
  const std::map<std::string, Edit> edits = {
      {"phase before 0", [](auto& g, auto&) { g.mutable_phases(0)->set_from(-1); }},
      {"empty phase", [](auto& g, auto&) { g.mutable_phases(0)->set_to(1'000'000'000); }},
      {"phase twice", [](auto& g, auto&) { g.mutable_phases(1)->set_phase("a"); }},
      {"share below 0", [](auto&, auto& c) { c.set_range_tolerance(-0.1); }},
      {"share of the point", [](auto&, auto& c) { c.set_point_tolerance(-0.1); }},
      {"infinite tolerance", [](auto&, auto& c) { c.set_value_tolerance(HUGE_VAL); }},
      {"tolerance of a phase twice",
       [](auto&, auto& c) {
         c.add_phases()->set_phase("a");
         c.add_phases()->set_phase("a");
       }},
      {"share of events",
       [](auto&, auto& c) {
         c.set_compare(v1::GoldenChannel::EVENTS);
         c.set_point_tolerance(0.1);
       }},
      {"straight lines of events",
       [](auto&, auto& c) {
         c.set_compare(v1::GoldenChannel::EVENTS);
         c.set_interpolation(v1::GoldenChannel::LINEAR);
       }},
      {"alignment below 0", [](auto& g, auto&) { g.set_alignment_limit(-1); }},
      {"alignment over 1 h", [](auto& g, auto&) { g.set_alignment_limit(3'600'000'000'001); }},
  };
  for (const auto& [what, edit] : edits) {
    v1::Golden golden = good;
    edit(golden, *golden.mutable_channels(0));
    EXPECT_TRUE(golden::FindFormProblem(golden)) << what;
  }
}

TEST(CheckGoldenAgainstTest, TakesMessagesThatNoListOfChannelsHas) {
  const auto golden = LoadGoldenText(Text("", "    compare: messages\n" + kPoints), "g.yaml");
  ASSERT_TRUE(golden) << golden.error().message;
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {}, 0));
}

TEST(CheckGoldenAgainstTest, RefusesAnotherChannelUnitOrLengthAtItsPlace) {
  const auto golden = LoadGoldenText(Text("", kPoints), "g.yaml");
  ASSERT_TRUE(golden);
  const std::int64_t s = 1'000'000'000;
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 10 * s));
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 0));
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {{"lamp", ""}}, 10 * s));
  EXPECT_TRUE(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 10 * s + s / 100));
  EXPECT_FALSE(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 10 * s + s / 100 + 1));
  EXPECT_EQ(CheckGoldenAgainst(*golden, {{"other", "V"}}, 10 * s).error().message,
            "g.yaml:7:14: no run of the scenario records lamp; expected one of its channels");
  EXPECT_EQ(CheckGoldenAgainst(*golden, {{"lamp", "A"}}, 10 * s).error().message,
            "g.yaml:8:11: lamp is in A; expected unit A");
  EXPECT_EQ(CheckGoldenAgainst(*golden, {{"lamp", "V"}}, 12 * s).error().message,
            "g.yaml:11:10: lamp reaches to 10 s; expected 12 s, as long as the scenario");
}

}  // namespace
}  // namespace rig

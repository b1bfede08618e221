#include "rig/engine/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/rig/engine/scripted_bench.h"

namespace rig {
namespace {

using testing::ElementsAre;
using Value = RecordedTrace::Value;
constexpr std::int64_t kMs = 1'000'000;

class CaptureRecorderTest : public testing::Test {
 protected:
  CaptureRecorder Make(Duration tone_hold, Duration count_every) {
    bench_.captures = {&capture_};
    bench_.captured = {{"line", 0, 0, tone_hold, count_every}};
    return *CaptureRecorder::Create(bench_, trace_);
  }
  void Edges(std::initializer_list<std::pair<std::int64_t, bool>> edges) {
    for (const auto& [ns, active] : edges)
      capture_.pending.push_back({0, AtNanoseconds(ns), active});
  }
  const std::vector<Value>& Recorded() { return trace_.channels["observed.line"].steps; }

  ScriptedCapture capture_;
  RecordedTrace trace_;
  BoundBench bench_{};
};

TEST_F(CaptureRecorderTest, RecordsLevelsAsTheyAre) {
  auto recorder = Make(Duration(0), Duration(0));
  Edges({{0, false}, {3 * kMs, true}, {5 * kMs, false}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(10 * kMs)));
  EXPECT_THAT(Recorded(), ElementsAre(Value{0, 0}, Value{3 * kMs, 1}, Value{5 * kMs, 0}));
}

TEST_F(CaptureRecorderTest, AddsUpForHowLongALevelWasActive) {
  auto recorder = Make(Duration(0), Duration(0));
  Edges({{0, false}, {3 * kMs, true}, {5 * kMs, false}, {8 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(10 * kMs)));
  const auto level = recorder.FindLevel("line");
  ASSERT_TRUE(level);
  EXPECT_EQ(recorder.ActiveTime(*level, AtNanoseconds(10 * kMs)).count(), 4 * kMs);
  EXPECT_EQ(recorder.ActiveTime(*level, AtNanoseconds(12 * kMs)).count(), 6 * kMs);
  Edges({{13 * kMs, false}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(20 * kMs)));
  EXPECT_EQ(recorder.ActiveTime(*level, AtNanoseconds(20 * kMs)).count(), 7 * kMs);
}

// What is captured may be later than what everything is known of.
TEST_F(CaptureRecorderTest, AddsUpUntilAnInstantBeforeTheLastEdges) {
  auto recorder = Make(Duration(0), Duration(0));
  Edges({{0, false}, {3 * kMs, true}, {5 * kMs, false}, {8 * kMs, true}, {9 * kMs, false}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(4 * kMs)));
  const auto level = recorder.FindLevel("line");
  ASSERT_TRUE(level);
  const std::int64_t expected[][2] = {{4, 1}, {5, 2}, {7, 2}, {9, 3}, {20, 3}};
  for (const auto& [ms, active_ms] : expected) {
    EXPECT_EQ(recorder.ActiveTime(*level, AtNanoseconds(ms * kMs)).count(), active_ms * kMs) << ms;
  }
}

TEST_F(CaptureRecorderTest, ACountedLineAndAToneAreNoLevels) {
  EXPECT_FALSE(Make(Duration(0), Duration(10 * kMs)).FindLevel("line"));
  EXPECT_FALSE(Make(Duration(5 * kMs), Duration(0)).FindLevel("line"));
  EXPECT_FALSE(Make(Duration(0), Duration(0)).FindLevel("other"));
}

TEST_F(CaptureRecorderTest, CountsTheActiveEdgesOfALevel) {
  auto recorder = Make(Duration(0), Duration(0));
  Edges({{0, false}, {3 * kMs, true}, {5 * kMs, false}, {8 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(10 * kMs)));
  EXPECT_EQ(*recorder.FindCount("line"), 2);
  EXPECT_EQ(recorder.Settled(AtNanoseconds(10 * kMs)), AtNanoseconds(10 * kMs));
  EXPECT_EQ(Make(Duration(5 * kMs), Duration(0)).FindCount("line"), nullptr);
}

TEST_F(CaptureRecorderTest, RecordsTheValueOfACodeWithTheSignOfItsSwitch) {
  bench_.captures = {&capture_};
  for (std::uint32_t i = 0; i < 4; ++i) {
    constexpr std::array kLines = {"bit_0", "bit_1", "positive", "negative"};
    bench_.captured.push_back({kLines[i], 0, i, Duration(0), Duration(0)});
  }
  bench_.coded = {{"current", "A", 1e-4, {"bit_0", "bit_1"}, "positive", "negative"}};
  auto recorder = *CaptureRecorder::Create(bench_, trace_);
  for (std::uint32_t i = 0; i < 4; ++i) capture_.pending.push_back({i, RunTime(), false});
  const auto edge = [&](std::int64_t ms, std::uint32_t line, bool active) {
    capture_.pending.push_back({line, AtNanoseconds(ms * kMs), active});
  };
  edge(1, 1, true);
  edge(2, 2, true);
  edge(3, 2, false);
  edge(4, 0, true);
  edge(5, 3, true);
  edge(6, 2, true);  // both switches: nothing flows through the load
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(10 * kMs)));
  EXPECT_EQ(trace_.channels["observed.current"].unit, "A");
  EXPECT_THAT(trace_.channels["observed.current"].steps,
              ElementsAre(Value{0, 0}, Value{2 * kMs, 2e-4}, Value{3 * kMs, 0},
                          Value{5 * kMs, -3 * 1e-4}, Value{6 * kMs, 0}));
}

TEST_F(CaptureRecorderTest, EndsAToneAtItsLastEdge) {
  auto recorder = Make(Duration(5 * kMs), Duration(0));
  Edges({{0, false}, {10 * kMs, true}, {11 * kMs, false}, {12 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(15 * kMs)));
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(20 * kMs)));
  EXPECT_THAT(Recorded(), ElementsAre(Value{0, 0}, Value{10 * kMs, 1}, Value{12 * kMs, 0}));
}

TEST_F(CaptureRecorderTest, TellsTwoTonesApartWithinOneDrain) {
  auto recorder = Make(Duration(5 * kMs), Duration(0));
  Edges({{0, false}, {10 * kMs, true}, {11 * kMs, false}, {30 * kMs, true}, {31 * kMs, false}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(50 * kMs)));
  EXPECT_THAT(Recorded(), ElementsAre(Value{0, 0}, Value{10 * kMs, 1}, Value{11 * kMs, 0},
                                      Value{30 * kMs, 1}, Value{31 * kMs, 0}));
}

TEST_F(CaptureRecorderTest, CountsEveryStepButRecordsThemSparsely) {
  auto recorder = Make(Duration(0), Duration(10 * kMs));
  Edges({{0, false}, {20 * kMs, true}, {21 * kMs, false}, {22 * kMs, true}, {24 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(25 * kMs)));
  EXPECT_EQ(*recorder.FindCount("line"), 3);
  EXPECT_THAT(Recorded(), ElementsAre(Value{0, 0}, Value{20 * kMs, 1}));
}

TEST_F(CaptureRecorderTest, RecordsTheFinalCountOnceStepsHaveCeased) {
  auto recorder = Make(Duration(0), Duration(10 * kMs));
  Edges({{0, false}, {20 * kMs, true}, {22 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(25 * kMs)));
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(40 * kMs)));
  EXPECT_THAT(Recorded(), ElementsAre(Value{0, 0}, Value{20 * kMs, 1}, Value{22 * kMs, 2}));
}

TEST_F(CaptureRecorderTest, AToneIsSettledUpToItsLastEdgeUntilItHasEnded) {
  auto recorder = Make(Duration(5 * kMs), Duration(0));
  Edges({{0, false}, {10 * kMs, true}, {12 * kMs, false}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(17 * kMs)));
  EXPECT_EQ(recorder.Settled(AtNanoseconds(17 * kMs)), AtNanoseconds(12 * kMs));
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(18 * kMs)));
  EXPECT_EQ(recorder.Settled(AtNanoseconds(18 * kMs)), AtNanoseconds(18 * kMs));
}

TEST_F(CaptureRecorderTest, ACountIsSettledUpToItsLastEdgeUntilItIsRecorded) {
  auto recorder = Make(Duration(0), Duration(10 * kMs));
  Edges({{0, false}, {20 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(21 * kMs)));
  EXPECT_EQ(recorder.Settled(AtNanoseconds(21 * kMs)), AtNanoseconds(21 * kMs));
  Edges({{22 * kMs, true}});
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(32 * kMs)));
  EXPECT_EQ(recorder.Settled(AtNanoseconds(32 * kMs)), AtNanoseconds(22 * kMs));
  ASSERT_TRUE(recorder.Drain(AtNanoseconds(33 * kMs)));
  EXPECT_EQ(recorder.Settled(AtNanoseconds(33 * kMs)), AtNanoseconds(33 * kMs));
}

}  // namespace
}  // namespace rig

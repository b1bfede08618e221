// Tolerances by share and phase, straight lines, events, messages and alignment, over trace files.

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "rig/check/golden/compare.h"
#include "rig/check/golden/golden.h"
#include "rig/record/trace_writer.h"

namespace rig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000;
using Points = std::vector<std::pair<std::int64_t, double>>;  // milliseconds, value

class GoldenComparisonTest : public testing::Test {
 protected:
  std::filesystem::path File() {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) /
        (std::string("comparison_") + test.name() + std::to_string(++files_) + ".h5");
    std::filesystem::remove(file);
    return file;
  }
  TraceReader Trace(const Points& points, std::int64_t end_ms = 10'000) {
    const auto file = File();
    auto writer = TraceWriter::Create(file);
    const auto channel = (*writer)->Declare("flow", "V", ChannelKind::kStep);
    for (const auto& [ms, value] : points) {
      EXPECT_TRUE((*writer)->AppendStep(*channel, AtNanoseconds(ms * kMs), value));
    }
    return Close(*writer, file, end_ms);
  }
  TraceReader Messages(const std::vector<std::pair<std::int64_t, std::string>>& messages) {
    const auto file = File();
    auto writer = TraceWriter::Create(file);
    const auto channel = (*writer)->Declare("log", "", ChannelKind::kText);
    for (const auto& [ms, text] : messages) {
      EXPECT_TRUE((*writer)->AppendText(*channel, AtNanoseconds(ms * kMs), text));
    }
    return Close(*writer, file);
  }
  template <typename Writer>
  static TraceReader Close(Writer& writer, const std::filesystem::path& file,
                           std::int64_t end_ms = 10'000) {
    EXPECT_TRUE(writer->AdvanceTo(AtNanoseconds(end_ms * kMs)));
    EXPECT_TRUE(writer->Close());
    return std::move(*TraceReader::Open(file));
  }
  // A channel "flow" with these tolerances and what `edit` sets.
  template <typename Edit>
  v1::Golden Golden(const Points& points, double value, std::int64_t ms, Edit edit) {
    v1::GoldenChannel channel;
    channel.set_channel("flow");
    channel.set_value_tolerance(value);
    channel.set_time_tolerance(ms * kMs);
    edit(channel);
    return Approved(*RecordGolden(Trace(points), {channel}));
  }
  static v1::Golden Approved(v1::Golden golden) {
    golden.set_golden("g");
    EXPECT_TRUE(ApproveGolden(golden, "A", "b", "c"));
    return golden;
  }
  v1::CheckResult Judge(const v1::Golden& golden, const Points& points,
                        std::int64_t end_ms = 10'000) {
    return *JudgeGolden(golden, Trace(points, end_ms), {}, {}, v1::GUARD_BAND);
  }
  v1::Verdict JudgeUncertain(const v1::Golden& golden, const Points& points,
                             const v1::UncertaintyBudget& budget) {
    return JudgeGolden(golden, Trace(points), {}, {{"flow", budget}}, v1::GUARD_BAND)->verdict();
  }
  // With a phase in which its channel has a tolerance of its own.
  static v1::Golden WithPhase(v1::Golden golden, const std::string& name, std::int64_t from_ms,
                              std::int64_t to_ms, double value, std::int64_t time_ms) {
    v1::GoldenPhase& phase = *golden.add_phases();
    phase.set_phase(name);
    phase.set_from(from_ms * kMs);
    phase.set_to(to_ms * kMs);
    v1::PhaseTolerance& tolerance = *golden.mutable_channels(0)->add_phases();
    tolerance.set_phase(name);
    tolerance.set_value_tolerance(value);
    tolerance.set_time_tolerance(time_ms * kMs);
    return Approved(golden);
  }
  v1::Golden Aligned(const Points& points, std::int64_t ms) {
    v1::Golden golden = Golden(points, 0.1, ms, [](auto&) {});
    golden.set_alignment_limit(100 * kMs);
    return Approved(golden);
  }

 private:
  int files_ = 0;
};

TEST_F(GoldenComparisonTest, TakesAShareOfTheRange) {
  const v1::Golden golden =
      Golden({{0, 0}, {5'000, 10}}, 0, 0, [](auto& channel) { channel.set_range_tolerance(0.1); });
  const v1::CheckResult inside = Judge(golden, {{0, 1}, {5'000, 9}});
  EXPECT_EQ(inside.verdict(), v1::PASS);
  EXPECT_THAT(inside.reason(), HasSubstr("expected flow within 1 V"));
  EXPECT_EQ(Judge(golden, {{0, 1.01}, {5'000, 9}}).verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, TakesAShareOfThePoint) {
  const v1::Golden golden =
      Golden({{0, 1}, {5'000, 10}}, 0, 0, [](auto& channel) { channel.set_point_tolerance(0.1); });
  const v1::CheckResult inside = Judge(golden, {{0, 1.05}, {5'000, 10.9}});
  EXPECT_EQ(inside.verdict(), v1::PASS);
  EXPECT_NEAR(inside.value().limit(), 0.1, 1e-12);
  EXPECT_EQ(Judge(golden, {{0, 1.2}, {5'000, 10}}).verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, UsesATolerancePerPhase) {
  const v1::Golden golden =
      WithPhase(Golden({{0, 0}}, 1, 0, [](auto&) {}), "bolus", 2'000, 4'000, 5, 0);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 4}, {4'000, 0}}).verdict(), v1::PASS);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 6}, {4'000, 0}}).verdict(), v1::FAIL);
  const v1::CheckResult outlasts = Judge(golden, {{0, 0}, {2'000, 4}, {4'001, 0}});
  EXPECT_EQ(outlasts.verdict(), v1::FAIL);
  EXPECT_EQ(outlasts.decided_at_ns(), 4'000 * kMs);
}

TEST_F(GoldenComparisonTest, KeepsThePhasesApartInWhateverOrderTheyAreWritten) {
  const v1::Golden flat = Golden({{0, 0}}, 1, 0, [](auto&) {});
  const v1::Golden golden =
      WithPhase(WithPhase(flat, "late", 6'000, 8'000, 3, 0), "early", 2'000, 4'000, 5, 0);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 5}, {4'000, 0}, {6'000, 3}, {8'000, 0}}).verdict(),
            v1::PASS);
  EXPECT_EQ(Judge(golden, {{0, 0}, {6'000, 5}, {8'000, 0}}).verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, ForgetsNoGapOfAnEarlierPhase) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const v1::Golden golden =
      WithPhase(Golden({{1'000, 0}}, 1, 0, [](auto&) {}), "bolus", 5'000, 6'000, 5, 0);
  EXPECT_EQ(Judge(golden, {{1'000, 0}, {3'000, nan}, {3'001, 0}}).verdict(), v1::INCONCLUSIVE);
  const v1::CheckResult early = Judge(golden, {{0, 0}});
  EXPECT_EQ(early.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(early.reason(), HasSubstr("the golden says nothing at 0 s"));
}

TEST_F(GoldenComparisonTest, CountsAnExcursionIntoAnotherPhaseOnce) {
  const v1::Golden golden =
      WithPhase(Golden({{0, 0}}, 1, 0, [](auto&) {}), "bolus", 2'000, 4'000, 5, 0);
  const TraceReader trace = Trace({{0, 0}, {1'000, 1.5}, {2'000, 7}, {3'000, 0}});
  const auto compared = golden::CompareGolden(golden, trace, golden::TimeMargin::kSkip);
  ASSERT_EQ(compared->channels[0].tube.excursions.size(), 1u);
  const golden::Excursion& excursion = compared->channels[0].tube.excursions[0];
  EXPECT_EQ(excursion.begin, 1'000 * kMs);
  EXPECT_EQ(excursion.end, 3'000 * kMs);
  EXPECT_EQ(excursion.depth, 2);
}

TEST_F(GoldenComparisonTest, TakesTheUncertaintyAgainstTheNearestEdgeOfAllPhases) {
  const v1::Golden golden =
      WithPhase(Golden({{0, 0}}, 1, 0, [](auto&) {}), "bolus", 2'000, 4'000, 5, 0);
  v1::UncertaintyBudget budget;
  budget.set_expanded(0.1);
  EXPECT_EQ(JudgeUncertain(golden, {{0, 0.95}, {1'000, 0}}, budget), v1::INCONCLUSIVE);
  EXPECT_EQ(JudgeUncertain(golden, {{0, 0.85}, {1'000, 0}}, budget), v1::PASS);
}

TEST_F(GoldenComparisonTest, JudgesTheEndByTheTimeToleranceOfItsPhase) {
  const v1::Golden golden =
      WithPhase(Golden({{0, 0}, {9'900, 1}}, 0.1, 0, [](auto&) {}), "end", 5'000, 10'000, 0.1, 200);
  EXPECT_EQ(Judge(golden, {{0, 0}}).verdict(), v1::INCONCLUSIVE);
}

TEST_F(GoldenComparisonTest, ThinsByTheNarrowestToleranceOfAllPhases) {
  v1::GoldenPhase phase;
  phase.set_phase("bolus");
  phase.set_to(4'000 * kMs);
  const Points run = {{0, 0}, {1'000, 0.5}, {2'000, 0}, {6'000, 0.5}, {7'000, 0}};
  for (const auto& [value, in_phase] : {std::pair{4.0, 0.4}, {0.4, 4.0}}) {
    v1::GoldenChannel channel;
    channel.set_channel("flow");
    channel.set_value_tolerance(value);
    v1::PhaseTolerance& tolerance = *channel.add_phases();
    tolerance.set_phase("bolus");
    tolerance.set_value_tolerance(in_phase);
    const v1::Golden golden = Approved(*RecordGolden(Trace(run), {channel}, {phase}));
    EXPECT_EQ(Judge(golden, run).verdict(), v1::PASS);
  }
}

TEST_F(GoldenComparisonTest, JoinsPointsByStraightLinesWhereTold) {
  Points ramp;
  for (int i = 0; i <= 100; ++i) ramp.emplace_back(100 * i, 0.1 * i);
  const v1::Golden golden = Golden(
      ramp, 0.4, 0, [](auto& channel) { channel.set_interpolation(v1::GoldenChannel::LINEAR); });
  EXPECT_THAT(golden.channels(0).points(), ElementsAre("0 0", "10 10"));
  EXPECT_EQ(Judge(golden, {{0, 0}, {10'000, 10}}).verdict(), v1::PASS);
  const v1::CheckResult held = Judge(golden, {{0, 0}, {5'000, 0}, {5'001, 5}, {10'000, 10}});
  EXPECT_EQ(held.verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, JoinsStraightLinesAlsoOfWhatWasSetBeforeRunTimeZero) {
  const Points set_before = {{-2'000, 5}, {-1'000, 0}, {10'000, 10}};
  const v1::Golden golden = Golden(set_before, 0.1, 0, [](auto& channel) {
    channel.set_interpolation(v1::GoldenChannel::LINEAR);
  });
  EXPECT_THAT(golden.channels(0).points(), ElementsAre("0 5", "0 0", "10 10"));
  EXPECT_EQ(Judge(golden, set_before).verdict(), v1::PASS);
}

TEST_F(GoldenComparisonTest, KeepsWithinAQuarterOfTheToleranceWhenItThinsLines) {
  Points wave;
  for (int i = 0; i <= 1'000; ++i) wave.emplace_back(10 * i, std::sin(0.02 * i));
  const v1::Golden golden = Golden(
      wave, 0.1, 0, [](auto& channel) { channel.set_interpolation(v1::GoldenChannel::LINEAR); });
  EXPECT_LT(golden.channels(0).points_size(), 60);
  EXPECT_GE(Judge(golden, wave).value().margin(), 0.075 - 1e-9);
}

TEST_F(GoldenComparisonTest, ComparesEventsByOrderCountAndLatency) {
  const v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.5, 100, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  const v1::CheckResult good = Judge(golden, {{0, 0}, {2'040, 1}, {3'980, 0}});
  EXPECT_EQ(good.verdict(), v1::PASS);
  EXPECT_NEAR(good.time().measured(), 0.04, 1e-12);
  EXPECT_EQ(good.reason(),
            "expected 3 events of flow in order within 0.1 s of golden g; 3 matched of 3 observed, "
            "latency -0.02 s to 0.04 s, median 0 s");
  EXPECT_EQ(good.decided_at_ns(), 2'040 * kMs);
  const v1::CheckResult late = Judge(golden, {{0, 0}, {2'101, 1}, {4'000, 0}});
  EXPECT_EQ(late.verdict(), v1::FAIL);
  EXPECT_EQ(late.decided_at_ns(), 2'000 * kMs);
  EXPECT_THAT(late.reason(), HasSubstr("1 late; first late at 2 s"));
  // A pulse between two events is within no tube tolerance of any width either.
  const v1::CheckResult extra =
      Judge(golden, {{0, 0}, {2'000, 1}, {3'000, 0}, {3'001, 1}, {4'000, 0}});
  EXPECT_THAT(extra.reason(), HasSubstr("2 extra"));
}

TEST_F(GoldenComparisonTest, TakesNoChangeWithinTheToleranceAndTheLastOfAnInstantAsAnEvent) {
  const v1::Golden golden = Golden({{0, 0}, {2'000, 1}}, 0.5, 100, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  EXPECT_EQ(Judge(golden, {{0, 0}, {1'000, 0.5}, {2'000, 1}}).verdict(), v1::PASS);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 5}, {2'000, 1}}).verdict(), v1::PASS);
}

TEST_F(GoldenComparisonTest, IsInconclusiveForEventsThatAGapMayHide) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const v1::Golden golden = Golden({{0, 0}, {2'000, 1}}, 0.5, 100, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  EXPECT_EQ(Judge(golden, {{0, 0}, {1'800, nan}, {2'200, 1}}).verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 1}, {8'000, nan}, {8'100, 1}}).verdict(),
            v1::INCONCLUSIVE);
  EXPECT_EQ(Judge(golden, {{0, 0}, {5'000, nan}, {5'100, 0}}).verdict(), v1::FAIL);
  EXPECT_EQ(Judge(golden, {{0, 0}, {1'000, nan}, {1'100, 0}, {2'000, 1}, {6'000, 0}}).verdict(),
            v1::FAIL);
}

TEST_F(GoldenComparisonTest, IsInconclusiveForEventsBehindTheEndOfTheOther) {
  const v1::Golden golden = Golden({{0, 0}, {9'950, 1}}, 0.5, 100, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  EXPECT_EQ(Judge(golden, {{0, 0}}, 9'990).verdict(), v1::INCONCLUSIVE);
  const v1::CheckResult longer = Judge(golden, {{0, 0}, {9'950, 1}}, 12'000);
  EXPECT_EQ(longer.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(longer.reason(), HasSubstr("the golden says nothing at 10.1 s"));
}

TEST_F(GoldenComparisonTest, TakesTheLatencyOfThePhaseAnEventIsIn) {
  const v1::Golden events = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.5, 10, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  const v1::Golden golden = WithPhase(events, "bolus", 2'000, 4'000, 0.5, 500);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'400, 1}, {4'000, 0}}).verdict(), v1::PASS);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 1}, {4'100, 0}}).verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, LeavesOpenALatencyWithinItsUncertaintyButNoWrongEvent) {
  const v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.5, 100, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  v1::UncertaintyBudget budget;
  budget.set_time_standard_s(0.00475);  // U = 9.5 ms
  EXPECT_EQ(JudgeUncertain(golden, {{0, 0}, {2'090, 1}, {4'000, 0}}, budget), v1::PASS);
  for (const std::int64_t ms : {1'895, 1'905, 2'095, 2'105}) {
    EXPECT_EQ(JudgeUncertain(golden, {{0, 0}, {ms, 1}, {4'000, 0}}, budget), v1::INCONCLUSIVE);
  }
  EXPECT_EQ(JudgeUncertain(golden, {{0, 0}, {2'095, 1}, {4'000, 0}, {7'000, 1}}, budget), v1::FAIL);
}

TEST_F(GoldenComparisonTest, IsInconclusiveForMessagesAgainstValues) {
  v1::Golden values = Golden({{0, 1}}, 0.5, 100, [](auto&) {});
  v1::Golden messages = values;
  messages.mutable_channels(0)->set_compare(v1::GoldenChannel::MESSAGES);
  const v1::CheckResult no_messages = Judge(Approved(messages), {{0, 1}});
  EXPECT_EQ(no_messages.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(no_messages.reason(), HasSubstr("not in the trace as messages"));
  values.mutable_channels(0)->set_channel("log");
  const auto no_values =
      JudgeGolden(Approved(values), Messages({{0, "1"}}), {}, {}, v1::GUARD_BAND);
  ASSERT_TRUE(no_values);
  EXPECT_EQ(no_values->verdict(), v1::INCONCLUSIVE);
}

TEST_F(GoldenComparisonTest, ComparesMessages) {
  v1::GoldenChannel channel;
  channel.set_channel("log");
  channel.set_compare(v1::GoldenChannel::MESSAGES);
  channel.set_time_tolerance(100 * kMs);
  const v1::Golden golden = Approved(
      *RecordGolden(Messages({{1'000, "on"}, {1'000, "tone"}, {5'000, "alarm 3"}}), {channel}));
  EXPECT_THAT(golden.channels(0).points(), ElementsAre("1 on", "1 tone", "5 alarm 3"));
  const auto judge = [&](const auto& messages) {
    return JudgeGolden(golden, Messages(messages), {}, {}, v1::GUARD_BAND)->verdict();
  };
  using List = std::vector<std::pair<std::int64_t, std::string>>;
  EXPECT_EQ(judge(List{{1'050, "on"}, {1'050, "tone"}, {4'990, "alarm 3"}}), v1::PASS);
  EXPECT_EQ(judge(List{{1'050, "on"}, {1'050, "tone"}, {4'990, "alarm 2"}}), v1::FAIL);
  EXPECT_EQ(judge(List{{1'050, "on"}, {1'050, "tone"}}), v1::FAIL);
}

TEST_F(GoldenComparisonTest, ReportsTheShiftOfTheRunAgainstItsLimit) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.1, 10, [](auto&) {});
  const Points late = {{0, 0}, {2'060, 1}, {4'060, 0}};
  EXPECT_EQ(Judge(golden, late).verdict(), v1::FAIL);
  golden.set_alignment_limit(100 * kMs);
  golden = Approved(golden);
  const v1::CheckResult aligned = Judge(golden, late);
  EXPECT_EQ(aligned.verdict(), v1::PASS) << aligned.reason();
  EXPECT_NEAR(aligned.alignment().measured(), 0.06, 2e-6);
  EXPECT_EQ(aligned.alignment().limit(), 0.1);
  EXPECT_THAT(aligned.reason(), HasSubstr("later than the golden, limit 0.1 s"));
  const v1::CheckResult early = Judge(golden, {{0, 0}, {1'940, 1}, {3'940, 0}});
  EXPECT_EQ(early.verdict(), v1::PASS) << early.reason();
  EXPECT_THAT(early.reason(), HasSubstr("earlier than the golden"));
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'100, 1}, {4'100, 0}}).verdict(), v1::PASS);
}

TEST_F(GoldenComparisonTest, ShiftsEventsWithTheRun) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.1, 10,
                             [](auto& channel) { channel.set_compare(v1::GoldenChannel::EVENTS); });
  golden.set_alignment_limit(100 * kMs);
  golden = Approved(golden);
  const v1::CheckResult late = Judge(golden, {{0, 0}, {2'060, 1}, {4'060, 0}});
  EXPECT_EQ(late.verdict(), v1::PASS) << late.reason();
  EXPECT_EQ(Judge(golden, {{0, 0}, {1'940, 1}, {3'940, 0}}).verdict(), v1::PASS);
  const v1::CheckResult extra =
      Judge(golden, {{0, 0}, {2'060, 1}, {4'060, 0}, {6'000, 2}, {9'000, 0}});
  EXPECT_EQ(extra.decided_at_ns(), 6'000 * kMs);
  EXPECT_THAT(extra.reason(), HasSubstr("2 extra; first extra at 6 s"));
}

TEST_F(GoldenComparisonTest, IsInconclusiveForAnEventThatTheShiftPutsBehindTheEnd) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}, {9'970, 1}}, 0.1, 10,
                             [](auto& channel) { channel.set_compare(v1::GoldenChannel::EVENTS); });
  golden.set_alignment_limit(100 * kMs);
  EXPECT_EQ(Judge(Approved(golden), {{0, 0}, {2'060, 1}, {4'060, 0}}).verdict(), v1::INCONCLUSIVE);
}

TEST_F(GoldenComparisonTest, AlignsStraightLines) {
  v1::Golden golden = Golden({{0, 0}, {5'000, 10}, {10'000, 0}}, 0.2, 0, [](auto& channel) {
    channel.set_interpolation(v1::GoldenChannel::LINEAR);
  });
  golden.set_alignment_limit(100 * kMs);
  const v1::CheckResult late =
      Judge(Approved(golden), {{0, 0}, {60, 0}, {5'060, 10}, {10'000, 0.12}});
  EXPECT_EQ(late.verdict(), v1::PASS) << late.reason();
  EXPECT_NEAR(late.alignment().measured(), 0.06, 2e-3);
}

TEST_F(GoldenComparisonTest, ReportsAShiftedExcursionAtTheTimeOfTheRun) {
  const v1::Golden golden = Aligned({{0, 0}, {2'000, 1}, {4'000, 0}}, 10);
  const TraceReader trace = Trace({{0, 0}, {2'060, 1}, {4'060, 0}, {6'000, 2}, {6'500, 0}});
  const auto compared = golden::CompareGolden(golden, trace, golden::TimeMargin::kSkip);
  const golden::TubeComparison& tube = compared->channels[0].tube;
  ASSERT_EQ(tube.excursions.size(), 1u);
  EXPECT_EQ(tube.excursions[0].begin, 6'000 * kMs);
  EXPECT_EQ(tube.excursions[0].end, 6'500 * kMs);
  EXPECT_EQ(tube.closest_at, 6'000 * kMs);
}

TEST_F(GoldenComparisonTest, IsInconclusiveForAChangeThatTheShiftPutsBehindTheEnd) {
  const v1::Golden golden = Aligned({{0, 0}, {2'000, 1}, {4'000, 0}, {9'970, 1}}, 10);
  const v1::CheckResult late = Judge(golden, {{0, 0}, {2'060, 1}, {4'060, 0}});
  EXPECT_EQ(late.verdict(), v1::INCONCLUSIVE) << late.reason();
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'060, 1}, {4'060, 0}}, 9'900).verdict(), v1::INCONCLUSIVE);
}

TEST_F(GoldenComparisonTest, FailsAShiftBeyondItsLimitThoughTheTubeIsWideEnough) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.1, 500, [](auto&) {});
  golden.set_alignment_limit(100 * kMs);
  golden = Approved(golden);
  const v1::CheckResult result = Judge(golden, {{0, 0}, {2'150, 1}, {4'150, 0}});
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_NEAR(result.alignment().margin(), -0.05, 2e-6);
}

TEST_F(GoldenComparisonTest, LeavesOpenAShiftWithinTheUncertaintyOfItsLimit) {
  const v1::Golden golden = Aligned({{0, 0}, {2'000, 1}, {4'000, 0}}, 10);
  v1::UncertaintyBudget budget;
  budget.set_time_standard_s(0.002);  // U = 4 ms
  const auto judge = [&](std::int64_t late_ms) {
    return JudgeUncertain(golden, {{0, 0}, {2'000 + late_ms, 1}, {4'000 + late_ms, 0}}, budget);
  };
  EXPECT_EQ(judge(94), v1::PASS);
  EXPECT_EQ(judge(97), v1::INCONCLUSIVE);
  EXPECT_EQ(judge(103), v1::INCONCLUSIVE);
  // What is left over is 2 ms within the time tolerance; the shift fails all the same.
  EXPECT_EQ(judge(108), v1::FAIL);
}

TEST_F(GoldenComparisonTest, SaysAtLeastWhereTheShiftIsTheEndOfTheSearch) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.1, 10, [](auto&) {});
  golden.set_alignment_limit(100 * kMs);
  golden = Approved(golden);
  EXPECT_THAT(Judge(golden, {{0, 0}, {2'900, 1}, {4'900, 0}}).reason(),
              HasSubstr("the run as a whole at least 0.2 s later"));
  EXPECT_THAT(Judge(golden, {{0, 0}, {2'150, 1}, {4'150, 0}}).reason(),
              testing::Not(HasSubstr("at least")));
}

TEST_F(GoldenComparisonTest, DoesNotStretchTime) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.1, 10, [](auto&) {});
  golden.set_alignment_limit(100 * kMs);
  golden = Approved(golden);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'060, 1}, {4'000, 0}}).verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, IsStaleForAnotherBench) {
  v1::Golden golden = Golden({{0, 0}}, 0.1, 10, [](auto&) {});
  golden.set_bench_sha256("one");
  golden = Approved(golden);
  EXPECT_EQ(JudgeGolden(golden, Trace({{0, 0}}), {"", "", "one"}, {}, v1::GUARD_BAND)->verdict(),
            v1::PASS);
  const auto other = JudgeGolden(golden, Trace({{0, 0}}), {"", "", "two"}, {}, v1::GUARD_BAND);
  EXPECT_EQ(other->verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(other->reason(), "golden g is stale: the bench has changed since it was recorded");
}

}  // namespace
}  // namespace rig

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
  TraceReader Trace(const Points& points) {
    const auto file = File();
    auto writer = TraceWriter::Create(file);
    const auto channel = (*writer)->Declare("flow", "V", ChannelKind::kStep);
    for (const auto& [ms, value] : points) {
      EXPECT_TRUE((*writer)->AppendStep(*channel, AtNanoseconds(ms * kMs), value));
    }
    return Close(*writer, file);
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
  static TraceReader Close(Writer& writer, const std::filesystem::path& file) {
    EXPECT_TRUE(writer->AdvanceTo(AtNanoseconds(10'000 * kMs)));
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
  v1::CheckResult Judge(const v1::Golden& golden, const Points& points) {
    return *JudgeGolden(golden, Trace(points), {}, {}, v1::GUARD_BAND);
  }

 private:
  int files_ = 0;
};

TEST_F(GoldenComparisonTest, TakesAShareOfTheRange) {
  const v1::Golden golden =
      Golden({{0, 0}, {5'000, 10}}, 0, 0, [](auto& channel) { channel.set_range_tolerance(0.1); });
  EXPECT_EQ(Judge(golden, {{0, 1}, {5'000, 9}}).verdict(), v1::PASS);
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
  v1::Golden golden = Golden({{0, 0}}, 1, 0, [](auto&) {});
  v1::GoldenPhase& phase = *golden.add_phases();
  phase.set_phase("bolus");
  phase.set_from(2'000 * kMs);
  phase.set_to(4'000 * kMs);
  v1::PhaseTolerance& wider = *golden.mutable_channels(0)->add_phases();
  wider.set_phase("bolus");
  wider.set_value_tolerance(5);
  golden = Approved(golden);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 4}, {4'000, 0}}).verdict(), v1::PASS);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 6}, {4'000, 0}}).verdict(), v1::FAIL);
  const v1::CheckResult outlasts = Judge(golden, {{0, 0}, {2'000, 4}, {4'001, 0}});
  EXPECT_EQ(outlasts.verdict(), v1::FAIL);
  EXPECT_EQ(outlasts.decided_at_ns(), 4'000 * kMs);
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
  const v1::CheckResult late = Judge(golden, {{0, 0}, {2'101, 1}, {4'000, 0}});
  EXPECT_EQ(late.verdict(), v1::FAIL);
  EXPECT_THAT(late.reason(), HasSubstr("1 late; first late at 2 s"));
  // A pulse between two events is within no tube tolerance of any width either.
  const v1::CheckResult extra =
      Judge(golden, {{0, 0}, {2'000, 1}, {3'000, 0}, {3'001, 1}, {4'000, 0}});
  EXPECT_THAT(extra.reason(), HasSubstr("2 extra"));
}

TEST_F(GoldenComparisonTest, IsInconclusiveForEventsThatAGapMayHide) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const v1::Golden golden = Golden({{0, 0}, {2'000, 1}}, 0.5, 100, [](auto& channel) {
    channel.set_compare(v1::GoldenChannel::EVENTS);
  });
  EXPECT_EQ(Judge(golden, {{0, 0}, {1'900, nan}, {2'200, 1}}).verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(Judge(golden, {{0, 0}, {2'000, 1}, {8'000, nan}, {8'100, 1}}).verdict(),
            v1::INCONCLUSIVE);
  EXPECT_EQ(Judge(golden, {{0, 0}, {5'000, nan}, {5'100, 0}}).verdict(), v1::FAIL);
}

TEST_F(GoldenComparisonTest, ComparesMessages) {
  v1::GoldenChannel channel;
  channel.set_channel("log");
  channel.set_compare(v1::GoldenChannel::MESSAGES);
  channel.set_time_tolerance(100 * kMs);
  const v1::Golden golden =
      Approved(*RecordGolden(Messages({{1'000, "on"}, {5'000, "alarm 3"}}), {channel}));
  EXPECT_THAT(golden.channels(0).points(), ElementsAre("1 on", "5 alarm 3"));
  const auto judge = [&](const auto& messages) {
    return JudgeGolden(golden, Messages(messages), {}, {}, v1::GUARD_BAND)->verdict();
  };
  using List = std::vector<std::pair<std::int64_t, std::string>>;
  EXPECT_EQ(judge(List{{1'050, "on"}, {4'990, "alarm 3"}}), v1::PASS);
  EXPECT_EQ(judge(List{{1'050, "on"}, {4'990, "alarm 2"}}), v1::FAIL);
  EXPECT_EQ(judge(List{{1'050, "on"}}), v1::FAIL);
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
}

TEST_F(GoldenComparisonTest, FailsAShiftBeyondItsLimitThoughTheTubeIsWideEnough) {
  v1::Golden golden = Golden({{0, 0}, {2'000, 1}, {4'000, 0}}, 0.1, 500, [](auto&) {});
  golden.set_alignment_limit(100 * kMs);
  golden = Approved(golden);
  const v1::CheckResult result = Judge(golden, {{0, 0}, {2'150, 1}, {4'150, 0}});
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_NEAR(result.alignment().margin(), -0.05, 2e-6);
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

#include "rig/check/golden/derive.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>

#include "rig/check/golden/golden.h"
#include "rig/record/trace_writer.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::int64_t kMs = 1'000'000;

// Runs of a channel "flow" that steps from 0 to 10 + `deviation`, `late_ms` late.
class DeriveTest : public testing::Test {
 protected:
  std::string Trace(double deviation, std::int64_t late_ms) {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    const auto file = std::filesystem::path(testing::TempDir()) /
                      (std::string("derive_") + test.name() + std::to_string(++files_) + ".h5");
    std::filesystem::remove(file);
    auto writer = TraceWriter::Create(file);
    const auto channel = (*writer)->Declare("flow", "V", ChannelKind::kStep);
    EXPECT_TRUE((*writer)->AppendStep(*channel, AtNanoseconds(0), 0));
    EXPECT_TRUE(
        (*writer)->AppendStep(*channel, AtNanoseconds((2'000 + late_ms) * kMs), 10 + deviation));
    EXPECT_TRUE((*writer)->AdvanceTo(AtNanoseconds(end_ms_ * kMs)));
    EXPECT_TRUE((*writer)->Close());
    return file.string();
  }
  v1::Golden Golden(v1::GoldenChannel::Comparison compare = v1::GoldenChannel::TUBE) {
    v1::GoldenChannel channel;
    channel.set_channel("flow");
    channel.set_value_tolerance(1);
    channel.set_time_tolerance(100 * kMs);
    channel.set_compare(compare);
    v1::Golden golden = *RecordGolden(*TraceReader::Open(Trace(0, 0)), {channel});
    golden.set_golden("g");
    EXPECT_TRUE(ApproveGolden(golden, "A", "b", "c"));
    return golden;
  }
  DerivationRun Run(const std::string& name, const std::string& condition, double deviation,
                    std::int64_t late_ms = 0) {
    return {name, 1, "sha", condition, "", Trace(deviation, late_ms), false};
  }
  std::vector<DerivationRun> Spread(int count) {
    std::vector<DerivationRun> runs;
    for (int i = 0; i < count; ++i) {
      const std::string name = "run" + std::to_string(i);
      runs.push_back(Run(name, name, 0.01 * i * (i % 2 == 0 ? 1 : -1)));
    }
    return runs;
  }

  int files_ = 0;
  std::int64_t end_ms_ = 10'000;
  const DerivationPlan kFree{v1::ToleranceBasis::NON_PARAMETRIC, 0.9, 0.9, {}};
};

TEST_F(DeriveTest, TakesTheWidestNeedOfAsManyRunsAsTheConfidenceAsksFor) {
  // 1 - 0.9^22 = 0.902
  const auto derived = DeriveTolerances(Golden(), Spread(22), kFree);
  ASSERT_TRUE(derived) << derived.error().message;
  const v1::GoldenChannel& channel = derived->golden.channels(0);
  EXPECT_NEAR(channel.value_tolerance(), 0.21, 1e-12);
  EXPECT_NEAR(channel.derived().largest(), 0.21, 1e-12);
  EXPECT_EQ(derived->golden.basis().conditions(), 22u);
  EXPECT_EQ(derived->golden.basis().runs_size(), 22);
  EXPECT_FALSE(derived->golden.has_approval());
}

TEST_F(DeriveTest, AcceptsEachRunItWasDerivedFrom) {
  const auto runs = Spread(22);
  v1::Golden golden = DeriveTolerances(Golden(), runs, kFree)->golden;
  ASSERT_TRUE(ApproveGolden(golden, "A", "b", "c"));
  for (const DerivationRun& run : runs) {
    EXPECT_EQ(
        JudgeGolden(golden, *TraceReader::Open(run.trace_file), {}, {}, v1::GUARD_BAND)->verdict(),
        v1::PASS);
  }
}

TEST_F(DeriveTest, RefusesFewerRunsThanTheConfidenceAsksFor) {
  const auto derived = DeriveTolerances(Golden(), Spread(21), kFree);
  ASSERT_FALSE(derived);
  EXPECT_EQ(derived.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(derived.error().message,
              StartsWith("21 distinct conditions, expected at least 22 for 90 % of runs"));
}

TEST_F(DeriveTest, CountsReplaysOfOneConditionOnce) {
  auto runs = Spread(21);
  runs.push_back(Run("again", "run3", 0.5));
  EXPECT_FALSE(DeriveTolerances(Golden(), runs, kFree));
  runs.push_back(Run("other", "other", 0.05));
  const auto derived = DeriveTolerances(Golden(), runs, kFree);
  ASSERT_TRUE(derived);
  EXPECT_THAT(derived->notes,
              testing::ElementsAre("run again repeats the condition of run3; it does not count"));
  EXPECT_LT(derived->golden.channels(0).value_tolerance(), 0.3);
}

TEST_F(DeriveTest, DoesNotCountTheConditionTheGoldenWasRecordedUnder) {
  auto runs = Spread(22);
  runs[5].is_goldens_own = true;
  const auto derived = DeriveTolerances(Golden(), runs, kFree);
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, StartsWith("21 distinct conditions"));
}

TEST_F(DeriveTest, UsesTheOneSidedFactorOfTheNormalMethod) {
  const DerivationPlan plan{v1::ToleranceBasis::NORMAL, 0.95, 0.95, {}};
  const auto derived = DeriveTolerances(Golden(), Spread(10), plan);
  ASSERT_TRUE(derived) << derived.error().message;
  const v1::DerivedTolerance& basis = derived->golden.channels(0).derived();
  // ISO 16269-6, table C.2: n = 10, 95 % / 95 %.
  EXPECT_NEAR(basis.factor(), 2.911, 1e-3);
  EXPECT_NEAR(basis.deviation(), 0.0302765, 1e-7);  // of 0, 0.01 ... 0.09
  EXPECT_NEAR(derived->golden.channels(0).value_tolerance(),
              basis.mean() + basis.factor() * basis.deviation(), 1e-12);
}

TEST_F(DeriveTest, DerivesNothingFromRunsThatDoNotDiffer) {
  std::vector<DerivationRun> runs;
  for (int i = 0; i < 30; ++i) runs.push_back(Run("r", std::to_string(i), 0));
  const auto derived = DeriveTolerances(Golden(), runs, kFree);
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, HasSubstr("no spread over 30 conditions"));
}

TEST_F(DeriveTest, DerivesTheLatencyOfEvents) {
  std::vector<DerivationRun> runs;
  for (int i = 0; i < 22; ++i) {
    runs.push_back(Run("r", std::to_string(i), 0, 10 * i * (i % 2 == 0 ? 1 : -1)));
  }
  const auto derived = DeriveTolerances(Golden(v1::GoldenChannel::EVENTS), runs, kFree);
  ASSERT_TRUE(derived) << derived.error().message;
  EXPECT_NEAR(static_cast<double>(derived->golden.channels(0).time_tolerance()), 210e6, 1);
  EXPECT_EQ(derived->golden.channels(0).derived().tolerance(), v1::DerivedTolerance::TIME);
}

TEST_F(DeriveTest, DerivesTheTimeToleranceOfATubeWhereAsked) {
  std::vector<DerivationRun> runs;
  for (int i = 0; i < 22; ++i) runs.push_back(Run("r", std::to_string(i), 0, 10 * i));
  DerivationPlan plan = kFree;
  plan.by_time = {"flow"};
  v1::Golden golden = Golden();
  golden.mutable_channels(0)->set_time_tolerance(0);
  const auto derived = DeriveTolerances(golden, runs, plan);
  ASSERT_TRUE(derived) << derived.error().message;
  EXPECT_NEAR(static_cast<double>(derived->golden.channels(0).time_tolerance()), 210e6, 2e6);
  runs.push_back(Run("off", "off", 2));
  EXPECT_THAT(DeriveTolerances(golden, runs, plan).error().message,
              HasSubstr("no time tolerance makes it pass"));
  plan.by_time = {"none"};
  EXPECT_EQ(DeriveTolerances(Golden(), runs, plan).error().code, Code::kInvalidArgument);
}

TEST_F(DeriveTest, RefusesProbabilitiesThatAreNone) {
  for (const double p : {0.0, 1.0, -1.0, std::nan("")}) {
    DerivationPlan plan = kFree;
    plan.coverage = p;
    EXPECT_EQ(DeriveTolerances(Golden(), Spread(22), plan).error().code, Code::kInvalidArgument);
  }
}

TEST_F(DeriveTest, CountsRunsOfOneTraceOnce) {
  auto runs = Spread(22);
  for (DerivationRun& run : runs) run.outcome = run.name;
  EXPECT_TRUE(DeriveTolerances(Golden(), runs, kFree));
  runs[5].outcome = runs[4].outcome;
  const auto derived = DeriveTolerances(Golden(), runs, kFree);
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, StartsWith("21 distinct conditions, expected at least 22"));
}

TEST_F(DeriveTest, ReplacesSharesOfTheRangeAndThePoint) {
  v1::Golden golden = Golden();
  golden.mutable_channels(0)->set_range_tolerance(0.5);
  golden.mutable_channels(0)->set_point_tolerance(0.5);
  const auto derived = DeriveTolerances(golden, Spread(22), kFree);
  ASSERT_TRUE(derived) << derived.error().message;
  const v1::GoldenChannel& channel = derived->golden.channels(0);
  EXPECT_NEAR(channel.value_tolerance(), 0.21, 1e-12);
  EXPECT_EQ(channel.range_tolerance(), 0);
  EXPECT_EQ(channel.point_tolerance(), 0);
}

TEST_F(DeriveTest, KeepsTheTolerancesOfPhases) {
  v1::Golden golden = Golden();
  golden.add_phases()->set_phase("bolus");
  golden.mutable_phases(0)->set_to(1'000 * kMs);
  golden.mutable_channels(0)->add_phases()->set_phase("bolus");
  const auto derived = DeriveTolerances(golden, Spread(22), kFree);
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, HasSubstr("flow: has tolerances of phases"));
}

TEST_F(DeriveTest, RefusesARunThatEndsEarlyOrHasOtherEvents) {
  const v1::Golden tube = Golden();
  const v1::Golden events = Golden(v1::GoldenChannel::EVENTS);
  auto runs = Spread(21);
  end_ms_ = 5'000;
  runs.push_back(Run("short", "short", 0.1));
  EXPECT_THAT(DeriveTolerances(tube, runs, kFree).error().message,
              HasSubstr("run short: golden channel flow: the trace ends at 5 s"));
  end_ms_ = 10'000;
  runs.back() = Run("other", "other", 5);
  EXPECT_THAT(DeriveTolerances(events, runs, kFree).error().message,
              HasSubstr("run other: golden channel flow: other events than the golden's"));
}

TEST_F(DeriveTest, MeasuresWhatAChangeNearTheEndNeeds) {
  end_ms_ = 2'050;
  const auto derived = DeriveTolerances(Golden(), Spread(22), kFree);
  ASSERT_TRUE(derived) << derived.error().message;
  EXPECT_NEAR(derived->golden.channels(0).value_tolerance(), 0.2,
              1e-12);  // 9.79 is within the tube
}

TEST_F(DeriveTest, RefusesARunBeyondTheLimitOfTheAlignment) {
  v1::Golden golden = Golden();
  golden.set_alignment_limit(50 * kMs);
  auto runs = Spread(21);
  runs.push_back(Run("late", "late", 0, 80));
  const auto derived = DeriveTolerances(golden, runs, kFree);
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, StartsWith("run late: as a whole 0.08"));
}

TEST_F(DeriveTest, RefusesATimeToleranceThatSwallowsAPulse) {
  v1::Golden golden = Golden();
  golden.mutable_channels(0)->clear_points();
  for (const char* point : {"0 0", "1 5", "1.1 0", "2 10"}) {
    golden.mutable_channels(0)->add_points(point);
  }
  golden.mutable_channels(0)->set_time_tolerance(10 * kMs);
  std::vector<DerivationRun> runs;
  for (int i = 0; i < 22; ++i) {
    runs.push_back(Run("r" + std::to_string(i), std::to_string(i), 0, 50 + i));
  }
  DerivationPlan plan = kFree;
  plan.by_time = {"flow"};
  const auto derived = DeriveTolerances(golden, runs, plan);
  ASSERT_FALSE(derived);
  EXPECT_THAT(derived.error().message, HasSubstr("a run without it would pass"));
}

}  // namespace
}  // namespace rig

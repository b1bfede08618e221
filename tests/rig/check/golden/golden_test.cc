#include "rig/check/golden/golden.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "rig/check/formula/formula.h"
#include "rig/check/golden/compare.h"
#include "rig/record/trace_writer.h"
#include "rig/v1/golden.pb.h"

namespace rig {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

using Points = std::vector<std::pair<std::int64_t, double>>;  // milliseconds, value

constexpr std::int64_t kMs = 1'000'000;

v1::GoldenChannel Want(const std::string& name, double value, std::int64_t ms) {
  v1::GoldenChannel channel;
  channel.set_channel(name);
  channel.set_value_tolerance(value);
  channel.set_time_tolerance(ms * kMs);
  return channel;
}

// Traces of one channel, "lamp" in "1" or another.
class GoldenTest : public testing::Test {
 protected:
  TraceReader Trace(const Points& points, std::int64_t end_ms, const std::string& name = "lamp",
                    const std::string& unit = "1") {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) /
        (std::string("golden_") + test.name() + std::to_string(++files_) + ".h5");
    std::filesystem::remove(file);
    auto writer = TraceWriter::Create(file);
    const auto channel = (*writer)->Declare(name, unit, ChannelKind::kStep);
    for (const auto& [ms, value] : points) {
      EXPECT_TRUE((*writer)->AppendStep(*channel, AtNanoseconds(ms * kMs), value));
    }
    EXPECT_TRUE((*writer)->AdvanceTo(AtNanoseconds(end_ms * kMs)));
    EXPECT_TRUE((*writer)->Close());
    return std::move(*TraceReader::Open(file));
  }

  static v1::Golden Approved(const TraceReader& trace, double value, std::int64_t ms,
                             const std::string& name = "lamp") {
    return Approved(*RecordGolden(trace, {Want(name, value, ms)}));
  }
  static v1::Golden Approved(v1::Golden golden) {
    golden.set_golden("alarms");
    golden.set_scenario("asystole");
    golden.set_scenario_sha256("abc");
    golden.set_bench_sha256("def");
    EXPECT_TRUE(ApproveGolden(golden, "A. Reviewer", "as in the protocol", "2024-05-01T10:00:00Z"));
    return golden;
  }

 private:
  int files_ = 0;
};

TEST_F(GoldenTest, AcceptsTheRunItWasRecordedFrom) {
  const TraceReader trace = Trace({{0, 0}, {5'000, 1}, {6'000, 0}}, 10'000);
  const auto result =
      JudgeGolden(Approved(trace, 0.1, 200), trace, {"asystole", "abc", "def"}, {}, v1::GUARD_BAND);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->verdict(), v1::PASS);
  EXPECT_DOUBLE_EQ(result->value().margin(), 0.1);
  EXPECT_DOUBLE_EQ(result->time().margin(), 0.2);
}

TEST_F(GoldenTest, AllowsEdgesWithinTheTimeToleranceOnly) {
  const v1::Golden golden = Approved(Trace({{0, 0}, {5'000, 1}}, 10'000), 0.1, 200);
  EXPECT_EQ(
      JudgeGolden(golden, Trace({{0, 0}, {5'200, 1}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
      v1::PASS);
  EXPECT_EQ(
      JudgeGolden(golden, Trace({{0, 0}, {4'800, 1}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
      v1::PASS);
  EXPECT_EQ(
      JudgeGolden(golden, Trace({{0, 0}, {4'799, 1}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
      v1::FAIL);
  EXPECT_EQ(
      JudgeGolden(golden, Trace({{0, 0}, {5'202, 1}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
      v1::FAIL);
}

TEST_F(GoldenTest, RefusesATubeThatSwallowsAPulse) {
  const auto refused = [&](const Points& points, std::int64_t ms) {
    const auto golden = RecordGolden(Trace(points, 10'000), {Want("lamp", 0.1, ms)});
    return golden ? "" : golden.error().message;
  };
  const Points pulse = {{0, 0}, {5'000, 1}, {5'147, 0}};
  EXPECT_EQ(
      refused(pulse, 200),
      "golden channel lamp: pulse of 0.147 s at 5 s is no longer than twice the time tolerance "
      "of 0.2 s: a run without it would pass; expected a smaller time tolerance or compare: "
      "events");
  EXPECT_EQ(refused(pulse, 73), "");
  EXPECT_THAT(refused({{0, 1}, {5'000, 0}, {5'147, 1}}, 200), HasSubstr("pulse of 0.147 s at 5 s"));
  // In steps that are each within the value tolerance.
  const Points slopes = {{0, 0},        {5'000, 0.09}, {5'010, 0.18}, {5'020, 0.27},
                         {5'030, 0.18}, {5'040, 0.09}, {5'050, 0}};
  EXPECT_THAT(refused(slopes, 200), HasSubstr("a run without it would pass"));
  EXPECT_EQ(refused({{0, 0}, {5'000, 0.5}, {5'010, 1}}, 200), "");
}

TEST_F(GoldenTest, RefusesJustTheTubesThatPassARunWithoutThePulse) {
  const auto agree = [&](const Points& with, const Points& without, std::int64_t tolerance_ns) {
    v1::Golden golden = *RecordGolden(Trace(with, 10'000), {Want("lamp", 0.1, 0)});
    golden.mutable_channels(0)->set_time_tolerance(tolerance_ns);
    const auto judged =
        JudgeGolden(Approved(golden), Trace(without, 10'000), {}, {}, v1::GUARD_BAND);
    const bool passes = judged->verdict() == v1::PASS;
    EXPECT_EQ(golden::FindGoldenProblem(golden).has_value(), passes) << tolerance_ns;
    return passes;
  };
  const Points middle = {{0, 0}, {5'000, 1}, {5'100, 0}};
  EXPECT_TRUE(agree(middle, {{0, 0}}, 50 * kMs));
  EXPECT_FALSE(agree(middle, {{0, 0}}, 50 * kMs - 1));
  const Points start = {{0, 1}, {100, 0}};
  EXPECT_TRUE(agree(start, {{0, 0}}, 100 * kMs));
  EXPECT_FALSE(agree(start, {{0, 0}}, 100 * kMs - 1));
}

TEST_F(GoldenTest, JudgesThePulsesOfAPhaseByItsOwnTimeTolerance) {
  v1::Golden golden =
      *RecordGolden(Trace({{0, 0}, {5'000, 1}, {5'147, 0}}, 10'000), {Want("lamp", 0.1, 10)});
  v1::GoldenPhase& phase = *golden.add_phases();
  phase.set_phase("alarm");
  phase.set_from(5'050 * kMs);
  phase.set_to(6'000 * kMs);
  v1::PhaseTolerance& tolerance = *golden.mutable_channels(0)->add_phases();
  tolerance.set_phase("alarm");
  tolerance.set_value_tolerance(0.1);
  tolerance.set_time_tolerance(200 * kMs);
  EXPECT_TRUE(golden::FindGoldenProblem(golden));
  golden.mutable_phases(0)->set_from(5'147 * kMs);
  EXPECT_FALSE(golden::FindGoldenProblem(golden));
  golden.mutable_phases(0)->set_from(4'000 * kMs);
  golden.mutable_phases(0)->set_to(5'000 * kMs);
  EXPECT_FALSE(golden::FindGoldenProblem(golden));
}

TEST_F(GoldenTest, IsInconclusiveForAChangeThatMayComeBehindTheEnd) {
  const v1::Golden golden = Approved(Trace({{0, 0}, {9'900, 1}}, 10'000), 0.1, 200);
  const auto judge = [&](const Points& points, std::int64_t end_ms) {
    return *JudgeGolden(golden, Trace(points, end_ms), {}, {}, v1::GUARD_BAND);
  };
  const v1::CheckResult silent = judge({{0, 0}}, 10'000);
  EXPECT_EQ(silent.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(silent.reason(),
              EndsWith("the change at 9.9 s may come behind the end of the trace"));
  EXPECT_EQ(judge({{0, 0}}, 9'850).verdict(), v1::INCONCLUSIVE);
  EXPECT_EQ(judge({{0, 0}}, 10'150).verdict(), v1::FAIL);
  const v1::Golden falls = Approved(Trace({{0, 1}, {9'900, 0}}, 10'000), 0.1, 200);
  EXPECT_EQ(JudgeGolden(falls, Trace({{0, 1}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
            v1::INCONCLUSIVE);
  EXPECT_EQ(judge({{0, 0}, {9'999, 0.95}}, 10'000).verdict(), v1::PASS);
  EXPECT_EQ(judge({{0, 0}, {9'700, 1}}, 10'000).verdict(), v1::PASS);
}

TEST_F(GoldenTest, MeasuresTheTimeToleranceThatWasNeeded) {
  const v1::Golden golden = Approved(Trace({{0, 0}, {5'000, 1}}, 10'000), 0.1, 200);
  const auto late =
      JudgeGolden(golden, Trace({{0, 0}, {5'150, 1}}, 10'000), {}, {}, v1::GUARD_BAND);
  EXPECT_NEAR(late->time().measured(), 0.15, 1.1e-3);
  const auto too_late =
      JudgeGolden(golden, Trace({{0, 0}, {5'500, 1}}, 10'000), {}, {}, v1::GUARD_BAND);
  EXPECT_NEAR(too_late->time().margin(), -0.3, 1.1e-3);
  const auto never =
      JudgeGolden(golden, Trace({{0, 0}, {5'000, 2}}, 10'000), {}, {}, v1::GUARD_BAND);
  EXPECT_FALSE(never->time().known());
}

TEST_F(GoldenTest, AllowsValuesWithinTheValueToleranceOnly) {
  const v1::Golden golden = Approved(Trace({{0, 5}}, 10'000), 0.3, 0);
  EXPECT_EQ(
      JudgeGolden(golden, Trace({{0, 5}, {2'000, 5.3}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
      v1::PASS);
  const auto result = JudgeGolden(golden, Trace({{0, 5}, {2'000, 5.5}, {3'000, 5}}, 10'000), {}, {},
                                  v1::GUARD_BAND);
  EXPECT_EQ(result->verdict(), v1::FAIL);
  EXPECT_NEAR(result->value().margin(), -0.2, 1e-12);
  EXPECT_NEAR(result->value().relative_margin(), -0.2 / 0.3, 1e-12);
  EXPECT_EQ(result->decided_at_ns(), 2'000 * kMs);
  EXPECT_EQ(result->reason(),
            "expected lamp within 0.3 and 0 s of golden alarms; was 5.5 at 2 s, 0.2 outside, in 1 "
            "excursion from 2 s on");
}

TEST_F(GoldenTest, PassesOnTheEdgeButForRounding) {
  const v1::Golden golden = Approved(Trace({{0, 0.7}}, 10'000), 0.1, 0);
  const auto result = JudgeGolden(golden, Trace({{0, 0.8}}, 10'000), {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(result->verdict(), v1::PASS);
  EXPECT_EQ(result->value().margin(), 0);
}

TEST_F(GoldenTest, HoldsWhatWasSetBeforeRunTimeZero) {
  const TraceReader trace = Trace({{-2'000, 5}, {-1'000, 1}}, 10'000);
  const v1::Golden golden = Approved(trace, 0.1, 0);
  EXPECT_THAT(golden.channels(0).points(), ElementsAre("0 1"));
  EXPECT_EQ(JudgeGolden(golden, trace, {}, {}, v1::GUARD_BAND)->verdict(), v1::PASS);
}

TEST_F(GoldenTest, CatchesAMissingAndAnExtraPulse) {
  const v1::Golden golden = Approved(Trace({{0, 0}, {5'000, 1}, {6'000, 0}}, 10'000), 0.1, 200);
  EXPECT_EQ(JudgeGolden(golden, Trace({{0, 0}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
            v1::FAIL);
  const Points extra = {{0, 0}, {5'000, 1}, {6'000, 0}, {8'000, 1}, {8'001, 0}};
  EXPECT_EQ(JudgeGolden(golden, Trace(extra, 10'000), {}, {}, v1::GUARD_BAND)->verdict(), v1::FAIL);
}

TEST_F(GoldenTest, IsInconclusiveForATraceOfAnotherLength) {
  const v1::Golden golden = Approved(Trace({{0, 1}}, 10'000), 0.1, 200);
  const auto shorter = JudgeGolden(golden, Trace({{0, 1}}, 9'000), {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(shorter->verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(shorter->reason(), EndsWith("the trace ends at 9 s, the golden reaches to 10 s"));
  const auto longer = JudgeGolden(golden, Trace({{0, 1}}, 12'000), {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(longer->verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(longer->reason(), EndsWith("the golden says nothing at 10.2 s"));
  EXPECT_EQ(JudgeGolden(golden, Trace({{0, 1}}, 9'900), {}, {}, v1::GUARD_BAND)->verdict(),
            v1::PASS);
}

TEST_F(GoldenTest, FailsAShorterTraceThatLeavesTheTube) {
  const v1::Golden golden = Approved(Trace({{0, 1}}, 10'000), 0.1, 200);
  EXPECT_EQ(
      JudgeGolden(golden, Trace({{0, 1}, {3'000, 0}}, 9'000), {}, {}, v1::GUARD_BAND)->verdict(),
      v1::FAIL);
}

TEST_F(GoldenTest, IsInconclusiveWhereTheTraceHasNoValue) {
  const v1::Golden golden = Approved(Trace({{0, 1}}, 10'000), 0.1, 200);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto gap = JudgeGolden(golden, Trace({{0, 1}, {4'000, nan}, {5'000, 1}}, 10'000), {}, {},
                               v1::GUARD_BAND);
  EXPECT_EQ(gap->verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(gap->reason(), EndsWith("the trace has no value at 4 s"));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(JudgeGolden(golden, Trace({{0, 1}, {4'000, infinity}, {5'000, 1}}, 10'000), {}, {},
                        v1::GUARD_BAND)
                ->verdict(),
            v1::INCONCLUSIVE);
  EXPECT_EQ(JudgeGolden(golden, Trace({{200, 1}}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
            v1::PASS);
  const auto late = JudgeGolden(golden, Trace({{300, 1}}, 10'000), {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(late->verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(late->reason(), EndsWith("the trace has no value at 0.2 s"));
  EXPECT_EQ(JudgeGolden(golden, Trace({}, 10'000), {}, {}, v1::GUARD_BAND)->verdict(),
            v1::INCONCLUSIVE);
}

TEST_F(GoldenTest, IsInconclusiveForAMissingChannelAndAnotherUnit) {
  const v1::Golden golden = Approved(Trace({{0, 1}}, 10'000), 0.1, 200);
  const auto missing =
      JudgeGolden(golden, Trace({{0, 1}}, 10'000, "buzzer"), {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(missing->verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(missing->reason(), EndsWith("not in the trace as values"));
  const auto unit =
      JudgeGolden(golden, Trace({{0, 1}}, 10'000, "lamp", "V"), {}, {}, v1::GUARD_BAND);
  EXPECT_THAT(unit->reason(), EndsWith("in V in the trace, in 1 in the golden"));
}

TEST_F(GoldenTest, IsInconclusiveUnlessApprovedForTheseContentsAndThisScenario) {
  const TraceReader trace = Trace({{0, 1}}, 10'000);
  v1::Golden golden = Approved(trace, 0.1, 200);
  EXPECT_EQ(JudgeGolden(golden, trace, {"asystole", "abc", "def"}, {}, v1::GUARD_BAND)->verdict(),
            v1::PASS);
  EXPECT_THAT(
      JudgeGolden(golden, trace, {"asystole", "other", "def"}, {}, v1::GUARD_BAND)->reason(),
      HasSubstr("is stale"));
  EXPECT_THAT(JudgeGolden(golden, trace, {"other", "abc", "def"}, {}, v1::GUARD_BAND)->reason(),
              HasSubstr("is of scenario asystole, the run of scenario other"));
  golden.mutable_channels(0)->set_value_tolerance(10);
  EXPECT_THAT(JudgeGolden(golden, trace, {"asystole", "abc", "def"}, {}, v1::GUARD_BAND)->reason(),
              HasSubstr("has been changed since A. Reviewer"));
  EXPECT_EQ(JudgeGolden(golden, trace, {"asystole", "abc", "def"}, {}, v1::GUARD_BAND)->verdict(),
            v1::INCONCLUSIVE);
  golden.mutable_approval()->clear_by();
  golden.mutable_approval()->set_content_sha256(GoldenContentSha256(golden));
  EXPECT_EQ(JudgeGolden(golden, trace, {}, {}, v1::GUARD_BAND)->reason(),
            "golden alarms is not approved");
  golden.clear_approval();
  EXPECT_EQ(JudgeGolden(golden, trace, {"asystole", "abc", "def"}, {}, v1::GUARD_BAND)->reason(),
            "golden alarms is not approved");
}

TEST_F(GoldenTest, IsInconclusiveForAGoldenOfNothing) {
  v1::Golden golden = Approved(Trace({{0, 1}}, 10'000), 0.1, 200);
  golden.clear_channels();
  const auto result =
      JudgeGolden(Approved(golden), Trace({{0, 1}}, 10'000), {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(result->verdict(), v1::INCONCLUSIVE);
}

TEST_F(GoldenTest, RefusesALaterEditOfAnythingThatWasApproved) {
  const TraceReader trace = Trace({{0, 1}}, 10'000);
  const v1::Golden approved = Approved(trace, 0.1, 200);
  EXPECT_EQ(JudgeGolden(approved, trace, {}, {}, v1::GUARD_BAND)->verdict(), v1::PASS);
  using Edit = void (*)(v1::Golden&);
  const std::map<std::string, Edit> edits = {
      {"name", [](v1::Golden& g) { g.set_golden("x"); }},
      {"scenario", [](v1::Golden& g) { g.set_scenario("x"); }},
      {"scenario_sha256", [](v1::Golden& g) { g.set_scenario_sha256("x"); }},
      {"firmware_sha256", [](v1::Golden& g) { g.set_firmware_sha256("x"); }},
      {"by", [](v1::Golden& g) { g.mutable_approval()->set_by("x"); }},
      {"at", [](v1::Golden& g) { g.mutable_approval()->set_at("x"); }},
      {"reason", [](v1::Golden& g) { g.mutable_approval()->set_reason("x"); }},
      {"unit", [](v1::Golden& g) { g.mutable_channels(0)->set_unit("V"); }},
      {"point", [](v1::Golden& g) { g.mutable_channels(0)->set_points(0, "0 1.01"); }},
  };
  for (const auto& [name, edit] : edits) {
    v1::Golden golden = approved;
    edit(golden);
    const auto result = JudgeGolden(golden, trace, {}, {}, v1::GUARD_BAND);
    EXPECT_EQ(result->verdict(), v1::INCONCLUSIVE) << name;
    EXPECT_THAT(result->reason(), HasSubstr("has been changed since")) << name;
  }
}

TEST_F(GoldenTest, LeavesOutWhatComesBehindTheEndOfTheTrace) {
  v1::GoldenChannel events = Want("lamp", 0.1, 50);
  events.set_compare(v1::GoldenChannel::EVENTS);
  const TraceReader trace = Trace({{0, 0}, {5'000, 1}, {10'001, 0}}, 10'000);
  const auto golden = RecordGolden(trace, {events});
  ASSERT_TRUE(golden) << golden.error().message;
  EXPECT_THAT(golden->channels(0).points(), ElementsAre("0 0", "5 1"));
  EXPECT_EQ(JudgeGolden(Approved(*golden), trace, {}, {}, v1::GUARD_BAND)->verdict(), v1::PASS);
}

TEST_F(GoldenTest, TakesOnlyOneLineAsTheReasonOfAnApproval) {
  v1::Golden golden = Approved(Trace({{0, 1}}, 10'000), 0.1, 200);
  EXPECT_FALSE(ApproveGolden(golden, "A", "two\nlines", "now"));
  EXPECT_FALSE(ApproveGolden(golden, "A\x1b[1m", "why", "now"));
  EXPECT_FALSE(ApproveGolden(golden, "A\x7f", "why", "now"));
  EXPECT_FALSE(ApproveGolden(golden, "A", " ", "now"));
  EXPECT_TRUE(ApproveGolden(golden, "Ä", "µ", "now"));
}

TEST_F(GoldenTest, DigestKeepsNeighbouringFieldsApart) {
  v1::Golden a;
  a.set_golden("ab");
  v1::Golden b;
  b.set_golden("a");
  b.set_scenario("b");
  EXPECT_NE(GoldenContentSha256(a), GoldenContentSha256(b));
}

TEST_F(GoldenTest, LeavesOpenWhatTheUncertaintyStraddles) {
  const v1::Golden golden = Approved(Trace({{0, 5}}, 10'000), 0.3, 0);
  const auto judge = [&](double value, double expanded, v1::DecisionRule rule) {
    uncertainty::Budgets budgets;
    budgets["lamp"].set_expanded(expanded);
    return *JudgeGolden(golden, Trace({{0, value}}, 10'000), {}, budgets, rule);
  };
  EXPECT_EQ(judge(5.2, 0.09, v1::GUARD_BAND).verdict(), v1::PASS);
  EXPECT_EQ(judge(5.4, 0.09, v1::GUARD_BAND).verdict(), v1::FAIL);
  for (const double value : {5.2, 5.4}) {
    const auto open = judge(value, 0.11, v1::GUARD_BAND);
    EXPECT_EQ(open.verdict(), v1::INCONCLUSIVE);
    EXPECT_DOUBLE_EQ(open.value().uncertainty(), 0.11);
    EXPECT_THAT(open.reason(), HasSubstr("is within the uncertainty of 0.11"));
  }
  EXPECT_EQ(judge(5.2, 0.11, v1::SIMPLE).verdict(), v1::PASS);
  const auto simple = judge(5.4, 0.11, v1::SIMPLE);
  EXPECT_EQ(simple.verdict(), v1::FAIL);
  EXPECT_EQ(simple.conformance(), "Conditional Fail");
}

TEST_F(GoldenTest, LeavesOpenWhatTheUncertaintyOfTimesStraddles) {
  const v1::Golden golden = Approved(Trace({{0, 0}, {5'000, 1}}, 10'000), 0.1, 200);
  const auto judge = [&](std::int64_t edge_ms) {
    uncertainty::Budgets budgets;
    budgets["lamp"].set_time_standard_s(0.005);  // U = 10 ms
    return JudgeGolden(golden, Trace({{0, 0}, {edge_ms, 1}}, 10'000), {}, budgets, v1::GUARD_BAND)
        ->verdict();
  };
  EXPECT_EQ(judge(5'185), v1::PASS);
  EXPECT_EQ(judge(5'189), v1::INCONCLUSIVE);  // the margin in time is found to 1 ms
  EXPECT_EQ(judge(5'195), v1::INCONCLUSIVE);
  EXPECT_EQ(judge(5'205), v1::INCONCLUSIVE);
  EXPECT_EQ(judge(5'215), v1::FAIL);
}

TEST_F(GoldenTest, WantsANameAndAReasonForApproval) {
  v1::Golden golden;
  EXPECT_EQ(ApproveGolden(golden, " ", "reason", "now").error().code, Code::kInvalidArgument);
  EXPECT_EQ(ApproveGolden(golden, "name", "", "now").error().code, Code::kInvalidArgument);
  EXPECT_FALSE(golden.has_approval());
}

TEST_F(GoldenTest, RecordsPointsThatReadBackExactly) {
  const TraceReader trace =
      Trace({{0, 0}, {1'234, 5}, {1'234, 0.1}, {2'000, 1.0 / 3}, {2'500, 1.0 / 3}}, 3'000);
  const auto golden = RecordGolden(trace, {Want("lamp", 0, 0)});
  ASSERT_TRUE(golden);
  EXPECT_THAT(golden->channels(0).points(),
              ElementsAre("0 0", "1.234 0.1", "2 0.3333333333333333"));
  EXPECT_EQ(golden->channels(0).end(), 3'000 * kMs);
}

TEST_F(GoldenTest, ThinsADenseChannelWithinAQuarterOfItsTolerance) {
  Points ramp;
  for (int i = 0; i <= 1'000; ++i) ramp.emplace_back(10 * i, 0.01 * i);
  const TraceReader trace = Trace(ramp, 10'000);
  const v1::Golden golden = Approved(trace, 0.4, 0);
  EXPECT_LT(golden.channels(0).points_size(), 100);
  const auto result = JudgeGolden(golden, trace, {}, {}, v1::GUARD_BAND);
  EXPECT_EQ(result->verdict(), v1::PASS);
  EXPECT_GE(result->value().margin(), 0.3 - 1e-12);
}

TEST_F(GoldenTest, RefusesToRecordWhatIsNoReference) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const TraceReader trace = Trace({{0, 0}, {1'000, nan}}, 3'000);
  EXPECT_EQ(RecordGolden(trace, {Want("lamp", 0.1, 0)}).error().message,
            "golden channel lamp: no value at 1 s, expected a reference without gaps");
  EXPECT_THAT(RecordGolden(trace, {Want("none", 0.1, 0)}).error().message,
              HasSubstr("not in the trace as values"));
  EXPECT_FALSE(RecordGolden(trace, {Want("lamp", nan, 0)}));
  EXPECT_FALSE(RecordGolden(trace, {Want("lamp", 0.1, -1)}));
  EXPECT_FALSE(RecordGolden(trace, {}));
  EXPECT_FALSE(RecordGolden(Trace({}, 3'000), {Want("lamp", 0.1, 0)}));
}

TEST_F(GoldenTest, ReportsEveryExcursion) {
  const v1::Golden golden = Approved(Trace({{0, 0}}, 10'000), 0.5, 0);
  const TraceReader trace =
      Trace({{0, 0}, {1'000, 1}, {1'500, 0}, {4'000, -2}, {6'000, 0}}, 10'000);
  const auto compared = golden::CompareGolden(golden, trace, golden::TimeMargin::kSkip);
  ASSERT_TRUE(compared);
  const golden::TubeComparison& tube = compared->channels[0].tube;
  EXPECT_EQ(tube.closest, -1.5);
  EXPECT_EQ(tube.closest_at, 4'000 * kMs);
  ASSERT_EQ(tube.excursions.size(), 2u);
  EXPECT_EQ(tube.excursions[0].begin, 1'000 * kMs);
  EXPECT_EQ(tube.excursions[0].end, 1'500 * kMs);
  EXPECT_EQ(tube.excursions[0].depth, 0.5);
  EXPECT_EQ(tube.excursions[1].begin, 4'000 * kMs);
  EXPECT_EQ(tube.excursions[1].end, 6'000 * kMs);
  EXPECT_EQ(tube.excursions[1].depth, 1.5);
}

TEST_F(GoldenTest, RefusesMalformedPoints) {
  const TraceReader trace = Trace({{0, 0}}, 10'000);
  for (const char* point : {"", "1", "1 ", "x 1", "1 nan", "1 inf", "-1 2", "1 2 3", "1. 2", "11 1",
                            "1.0000000001 2", "99999999999 1", "0 1"}) {
    v1::Golden golden = Approved(trace, 0.5, 0);
    golden.mutable_channels(0)->add_points(point);
    ASSERT_TRUE(ApproveGolden(golden, "A", "b", "c"));
    const auto result = JudgeGolden(golden, trace, {}, {}, v1::GUARD_BAND);
    ASSERT_FALSE(result) << point;
    EXPECT_THAT(result.error().message, StartsWith("golden channel lamp: point 2 ")) << point;
  }
}

TEST_F(GoldenTest, TakesTheWorstOfSeveralChannels) {
  const TraceReader trace = Trace({{0, 0}}, 10'000);
  v1::Golden golden = Approved(trace, 0.5, 0);
  v1::GoldenChannel second = golden.channels(0);
  second.set_points(0, "0 1");
  *golden.add_channels() = second;
  ASSERT_TRUE(ApproveGolden(golden, "A", "b", "c"));
  EXPECT_EQ(JudgeGolden(golden, trace, {}, {}, v1::GUARD_BAND)->verdict(), v1::FAIL);
}

TEST_F(GoldenTest, LeavesOpenWhatIsOpenInOneOfSeveralChannelsUnlessAnotherFails) {
  v1::Golden golden = Approved(Trace({{0, 0}}, 10'000), 0.5, 0);
  *golden.add_channels() = golden.channels(0);
  const auto judge = [&](double first_tolerance, double second_tolerance) {
    golden.mutable_channels(0)->set_value_tolerance(first_tolerance);
    golden.mutable_channels(1)->set_value_tolerance(second_tolerance);
    uncertainty::Budgets budgets;
    budgets["lamp"].set_expanded(0.1);
    return JudgeGolden(Approved(golden), Trace({{0, 1}}, 10'000), {}, budgets, v1::GUARD_BAND)
        ->verdict();
  };
  constexpr double kOpen = 1.05;
  EXPECT_EQ(judge(kOpen, 2), v1::INCONCLUSIVE);
  EXPECT_EQ(judge(2, kOpen), v1::INCONCLUSIVE);
  EXPECT_EQ(judge(kOpen, 0.5), v1::FAIL);
  EXPECT_EQ(judge(0.5, kOpen), v1::FAIL);
}

TEST_F(GoldenTest, ReportsTheTightestOfSeveralChannels) {
  v1::Golden golden = Approved(Trace({{0, 0}, {5'000, 1}}, 10'000), 0.1, 200);
  v1::GoldenChannel late = golden.channels(0);
  late.set_value_tolerance(0.5);
  late.set_time_tolerance(100 * kMs);
  *golden.add_channels() = late;
  const auto judge = [&] {
    return *JudgeGolden(Approved(golden), Trace({{0, 0}, {5'050, 1.05}}, 10'000), {}, {},
                        v1::GUARD_BAND);
  };
  for (int round = 0; round < 2; ++round) {
    const v1::CheckResult result = judge();
    EXPECT_DOUBLE_EQ(result.value().limit(), 0.1);
    EXPECT_DOUBLE_EQ(result.time().limit(), 0.1);
    golden.mutable_channels()->SwapElements(0, 1);
  }
  late.set_compare(v1::GoldenChannel::EVENTS);
  late.set_time_tolerance(51 * kMs);
  *golden.add_channels() = late;
  EXPECT_THAT(judge().reason(), StartsWith("expected 2 events of lamp"));
}

TEST_F(GoldenTest, JudgesFormulasOverATraceFile) {
  const TraceReader trace = Trace({{0, 0}, {5'000, 1}}, 10'000);
  const auto formula = Formula::Parse("eventually[0 s, 6 s] lamp", {[](auto) { return "1"; }});
  const auto result = Judge(*formula, trace, {[](auto) { return 0.0; }});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->verdict(), v1::PASS);
  EXPECT_NEAR(result->time().measured(), 5, 1.1e-3);
}

}  // namespace
}  // namespace rig

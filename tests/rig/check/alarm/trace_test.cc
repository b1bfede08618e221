// Alarm checks over recorded traces: which channel is read how.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <numbers>

#include "rig/check/alarm/alarm_judge.h"
#include "rig/check/alarm/episode.h"
#include "rig/record/trace_writer.h"
#include "tests/rig/check/alarm/alarm_trains.h"

namespace rig {
namespace {

using check::Ns;
using ::testing::HasSubstr;

// A trace file of its own for each test.
class AlarmTraceTest : public ::testing::Test {
 protected:
  AlarmTraceTest() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("alarm_trace_") + info->name() + ".h5");
    std::filesystem::remove(path_);
    auto writer = TraceWriter::Create(path_.string());
    EXPECT_TRUE(writer);
    if (writer) writer_ = std::move(*writer);
  }
  ~AlarmTraceTest() override { std::filesystem::remove(path_); }

  void Step(const std::string& channel,
            std::initializer_list<std::pair<std::int64_t, double>> points) {
    const auto id = writer_->Declare(channel, "1", ChannelKind::kStep);
    ASSERT_TRUE(id);
    for (const auto& [ms, value] : points) {
      ASSERT_TRUE(writer_->AppendStep(*id, AtNanoseconds(Ns(ms)), value));
    }
  }
  Result<TraceReader> Close(std::int64_t end_ms) {
    EXPECT_TRUE(writer_->AdvanceTo(AtNanoseconds(Ns(end_ms))));
    EXPECT_TRUE(writer_->Close());
    return TraceReader::Open(path_);
  }
  v1::CheckResult Mean(std::int64_t mean_ms, const uncertainty::Budgets& budgets = {}) {
    auto trace = Close(100'000);
    v1::AlarmEpisodeCheck check;
    check.set_condition("truth.condition");
    check.set_sound("buzzer");
    check.set_lamp("lamp");
    check.set_until(Ns(100'000));
    check.mutable_delay()->set_mean(Ns(mean_ms));
    if (!trace) return {};
    const auto result = JudgeMeanDelay(check, *trace, budgets, v1::GUARD_BAND);
    return result ? *result : v1::CheckResult{};
  }

  std::filesystem::path path_;
  std::unique_ptr<TraceWriter> writer_;
};

TEST_F(AlarmTraceTest, TakesTheMeanOverAllOnsets) {
  Step("truth.condition", {{0, 0}, {10'000, 1}, {20'000, 0}, {50'000, 1}, {60'000, 0}});
  Step("observed.buzzer", {{0, 0}, {13'000, 1}, {21'000, 0}, {57'000, 1}, {62'000, 0}});
  Step("observed.lamp", {{0, 0}, {14'000, 1}, {21'000, 0}, {56'000, 1}, {62'000, 0}});
  const auto result = Mean(6000);
  EXPECT_EQ(result.verdict(), v1::PASS) << result.reason();
  EXPECT_DOUBLE_EQ(result.value().measured(), 5.5);  // of 4 and 7 s
}

TEST_F(AlarmTraceTest, FailsAMeanThatSignalsNeverComingMakeTooLong) {
  Step("truth.condition", {{0, 0}, {10'000, 1}});
  Step("observed.buzzer", {{0, 0}});
  Step("observed.lamp", {{0, 0}, {14'000, 1}});
  const auto result = Mean(6000);
  EXPECT_EQ(result.verdict(), v1::FAIL);
  EXPECT_THAT(result.reason(), HasSubstr("at least 90 s"));
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWhereASignalWasOnBefore) {
  Step("truth.condition", {{0, 0}, {10'000, 1}, {20'000, 0}, {50'000, 1}, {60'000, 0}});
  Step("observed.buzzer", {{0, 0}, {13'000, 1}});
  Step("observed.lamp", {{0, 0}, {14'000, 1}, {21'000, 0}, {56'000, 1}, {62'000, 0}});
  const auto result = Mean(6000);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(result.reason(), HasSubstr("on before 1 of 2 onsets"));
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWhereALampFlashedJustBefore) {
  Step("truth.condition", {{0, 0}, {50'000, 1}});
  Step("observed.buzzer", {{0, 0}, {52'000, 1}});
  Step("observed.lamp", {{0, 0}, {48'000, 1}, {49'000, 0}, {52'000, 1}});
  EXPECT_EQ(Mean(6000).verdict(), v1::INCONCLUSIVE);
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWhereALampHasNotComeByTheEnd) {
  Step("truth.condition", {{0, 0}, {10'000, 1}});
  Step("observed.buzzer", {{0, 0}, {14'000, 1}});
  Step("observed.lamp", {{0, 0}});
  EXPECT_EQ(Mean(95'000).verdict(), v1::INCONCLUSIVE);
}

TEST_F(AlarmTraceTest, TakesNoConditionThatHeldFromTheStartForAnOnset) {
  Step("truth.condition", {{0, 1}, {20'000, 0}, {50'000, 1}});
  Step("observed.buzzer", {{0, 0}, {52'000, 1}});
  Step("observed.lamp", {{0, 0}, {53'000, 1}});
  EXPECT_DOUBLE_EQ(Mean(6000).value().measured(), 3);
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWithinTheUncertaintyOfTimes) {
  Step("truth.condition", {{0, 0}, {10'000, 1}});
  Step("observed.buzzer", {{0, 0}, {15'500, 1}});
  Step("observed.lamp", {{0, 0}, {12'000, 1}});
  uncertainty::Budgets budgets;
  budgets["observed.buzzer"].set_time_standard_s(0.3);  // U = 0.6 s of 0.5 s to spare
  EXPECT_EQ(Mean(6000, budgets).verdict(), v1::INCONCLUSIVE);
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWithoutAnOnset) {
  Step("truth.condition", {{0, 0}});
  Step("observed.buzzer", {{0, 0}});
  Step("observed.lamp", {{0, 0}});
  const auto result = Mean(6000);
  EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE);
  EXPECT_THAT(result.reason(), HasSubstr("never began"));
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWhereASignalIsNotKnown) {
  Step("truth.condition", {{0, 0}, {10'000, 1}});
  Step("observed.buzzer", {{0, 0}, {5'000, std::nan("")}, {6'000, 0}, {12'000, 1}});
  Step("observed.lamp", {{0, 0}, {12'000, 1}});
  EXPECT_EQ(Mean(6000).verdict(), v1::INCONCLUSIVE);
}

TEST_F(AlarmTraceTest, LeavesAMeanOpenWithoutOnsetOrChannel) {
  Step("truth.condition", {{0, 0}});
  Step("observed.buzzer", {{0, 0}});
  EXPECT_EQ(Mean(6000).verdict(), v1::INCONCLUSIVE);
}

TEST_F(AlarmTraceTest, AnalysesASampledSoundAsAWaveform) {
  const auto id = writer_->Declare("observed.buzzer", "V", ChannelKind::kSampled, Duration(50'000));
  ASSERT_TRUE(id);
  std::vector<double> samples(20'000, 0.0);
  for (std::size_t i = 8000; i < 11'000; ++i) {
    const double t = static_cast<double>(i) / 20'000;
    for (int k = 1; k <= 5; ++k) samples[i] += std::sin(2 * std::numbers::pi * 700 * k * t) / k;
  }
  ASSERT_TRUE(writer_->AppendSamples(*id, samples));
  const auto trace = Close(1000);
  ASSERT_TRUE(trace);
  auto check = check::CheckOf(v1::AlarmSignalCheck::HIGH, {"ALM-8", "ALM-9"}, 1000);
  const auto results = JudgeAlarmSignal(check, {}, *trace, {}, v1::GUARD_BAND);
  ASSERT_TRUE(results);
  EXPECT_EQ(check::ResultOf(*results, "ALM-8.fundamental").verdict(), v1::PASS);
  EXPECT_EQ(check::ResultOf(*results, "ALM-8.harmonics").verdict(), v1::PASS);
  EXPECT_EQ(check::ResultOf(*results, "ALM-9.rise").verdict(), v1::FAIL);
}

TEST_F(AlarmTraceTest, CountsTheUncertaintyOfALampsTimes) {
  const auto id = writer_->Declare("observed.lamp", "1", ChannelKind::kStep);
  ASSERT_TRUE(id);
  for (std::int64_t ms = 0; ms < 60'000; ms += 364) {  // 2.75 Hz of 2.8 Hz, as in light_test.cc
    ASSERT_TRUE(writer_->AppendStep(*id, AtNanoseconds(Ns(ms)), 1));
    ASSERT_TRUE(writer_->AppendStep(*id, AtNanoseconds(Ns(ms + 150)), 0));
  }
  const auto trace = Close(60'000);
  ASSERT_TRUE(trace);
  auto check = check::CheckOf(v1::AlarmSignalCheck::HIGH);
  check.clear_sound();
  check.set_red("lamp");
  const auto verdict = [&](double standard_s) {
    uncertainty::Budgets budgets;
    budgets["observed.lamp"].set_time_standard_s(standard_s);
    const auto results = JudgeAlarmSignal(check, {}, *trace, budgets, v1::GUARD_BAND);
    return check::ResultOf(*results, "ALM-2.rate").verdict();
  };
  EXPECT_EQ(verdict(0), v1::PASS);
  EXPECT_EQ(verdict(0.004), v1::INCONCLUSIVE);
}

TEST_F(AlarmTraceTest, LeavesOpenWhatTheTraceLacks) {
  Step("observed.other", {{0, 0}});
  const auto trace = Close(60'000);
  ASSERT_TRUE(trace);
  auto check = check::CheckOf(v1::AlarmSignalCheck::HIGH);
  check.set_red("lamp");
  const auto results = JudgeAlarmSignal(check, {}, *trace, {}, v1::GUARD_BAND);
  ASSERT_TRUE(results);
  for (const v1::CheckResult& result : *results) {
    EXPECT_EQ(result.verdict(), v1::INCONCLUSIVE) << result.id();
  }
}

}  // namespace
}  // namespace rig

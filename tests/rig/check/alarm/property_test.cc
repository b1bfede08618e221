// Pulse trains and lamps at random: whatever comes never crashes, and nothing passes that is
// outside a limit by more than it is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "rig/check/alarm/measure/waveform.h"
#include "tests/rig/check/alarm/alarm_trains.h"

namespace rig::check {
namespace {

using Priority = v1::AlarmSignalCheck;
using Random = std::mt19937_64;

constexpr int kTrials = 3000;
constexpr std::int64_t kUntilMs = 60'000;

std::int64_t Uniform(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

std::vector<v1::CheckResult> JudgeHeld(const Steps& steps, Duration hold, AlarmPriority priority) {
  const Span span{0, Ns(kUntilMs)};
  const ObservedAlarm observed{
      .span = span, .sound = TrackGate(steps, span.until_ns, span, hold), .lamps = {}};
  return JudgeAlarm(CheckOf(priority), observed, v1::GUARD_BAND);
}

TEST(AlarmPropertyTest, PassesExactlyTheParametersWithinTheirLimits) {
  Random random(1);
  int decided = 0;
  for (int i = 0; i < kTrials; ++i) {
    const std::int64_t width = Uniform(random, 40, 260);
    const std::int64_t x = Uniform(random, 30, 160);
    const std::int64_t rest = Uniform(random, 2000, 18'000);
    const std::int64_t fives = Uniform(random, 2 * x, 1700);
    const std::int64_t hold_ms = Uniform(random, 0, 5);
    const auto results = JudgeHeld(StepsOf(HighBurst(width, x, rest, fives), kUntilMs),
                                   std::chrono::milliseconds(hold_ms), Priority::HIGH);
    const auto expect = [&](const char* name, std::int64_t ms, std::int64_t low,
                            std::int64_t high) {
      const v1::Verdict verdict = ResultOf(results, name).verdict();
      const std::int64_t margin = std::min(ms - low, high - ms);
      const bool out = margin < 0 && margin <= -2 * hold_ms;
      const bool in = margin >= 2 * hold_ms;
      if (out) {
        EXPECT_EQ(verdict, v1::FAIL) << name << " " << ms;
      }
      if (in) {
        EXPECT_EQ(verdict, v1::PASS) << name << " " << ms;
      }
      if (!in) {
        EXPECT_NE(verdict, v1::PASS) << name << " " << ms;
      }
      decided += out || in ? 1 : 0;
    };
    expect("ALM-9.width", width, 75, 200);
    expect("ALM-6.spacing", x, 50, 125);
    expect("ALM-6.fives_gap", fives, 350, 1300);
    expect("ALM-7.interval", rest, 2500, 15'000);
  }
  EXPECT_GT(decided, 3 * kTrials);
}

TEST(AlarmPropertyTest, NeverPassesACountThatIsNotTheStandards) {
  Random random(2);
  for (int i = 0; i < kTrials; ++i) {
    const std::int64_t count = Uniform(random, 1, 14);
    PulseTrain train;
    for (std::int64_t k = 0; k < count; ++k) {
      train.pulse_ms.push_back(Uniform(random, 75, 200));
      train.pulse_ms.push_back(Uniform(random, 50, 1300));
    }
    train.pulse_ms.back() = Uniform(random, 2500, 15'000);
    const Steps steps = StepsOf(train, kUntilMs);
    const auto verdict = [&](AlarmPriority priority) {
      return ResultOf(JudgeHeld(steps, Duration(0), priority), "ALM-5.count").verdict();
    };
    if (count != 10) {
      EXPECT_NE(verdict(Priority::HIGH), v1::PASS) << count;
    }
    if (count != 3) {
      EXPECT_NE(verdict(Priority::MEDIUM), v1::PASS) << count;
    }
    if (count > 2) {
      EXPECT_NE(verdict(Priority::LOW), v1::PASS) << count;
    }
  }
}

TEST(AlarmPropertyTest, PassesExactlyTheFlashRatesAndDutiesWithinTheirLimits) {
  Random random(3);
  for (int i = 0; i < kTrials; ++i) {
    const std::int64_t on = Uniform(random, 10, 900);
    const std::int64_t off = Uniform(random, 10, 900);
    const std::vector<Lamp> lamps = {LampOf(LampColour::kRed, FlashSteps(on, off, kUntilMs))};
    const double rate_hz = 1e3 / static_cast<double>(on + off);
    const double duty = static_cast<double>(on) / static_cast<double>(on + off);
    if (std::min(rate_hz - 1.4, 2.8 - rate_hz) < -1e-9) {
      EXPECT_EQ(JudgeLamps(lamps, Priority::HIGH, "ALM-2.rate").verdict(), v1::FAIL);
    }
    if (std::min(duty - 0.2, 0.6 - duty) < -1e-9) {
      EXPECT_EQ(JudgeLamps(lamps, Priority::HIGH, "ALM-2.duty").verdict(), v1::FAIL);
    }
  }
}

TEST(AlarmPropertyTest, SurvivesAnyTrainWithGapsAndAnySpan) {
  Random random(4);
  for (int i = 0; i < kTrials; ++i) {
    Steps steps{{0, static_cast<double>(Uniform(random, 0, 1))}};
    std::int64_t t = 0;
    for (std::int64_t k = Uniform(random, 0, 60); k > 0; --k) {
      t += Uniform(random, 1, 1'000'000'000);
      const std::int64_t value = Uniform(random, 0, 20);
      Append(steps, 2 * t, value == 20 ? kUnknown : static_cast<double>(value % 2));
    }
    const std::int64_t from = Uniform(random, 0, Ns(20'000));
    const Span span{from, from + Uniform(random, 1, Ns(40'000))};
    for (const auto priority : {Priority::HIGH, Priority::MEDIUM, Priority::LOW, Priority::NONE}) {
      const ObservedAlarm observed{
          .span = span,
          .sound = i % 2 == 0 ? TrackToneEdges(steps, t, span)
                              : TrackGate(steps, t, span, Duration(5'000'000)),
          .lamps = {{LampColour::kRed, "observed.lamp", ReadOnTimes(steps, t, span)}}};
      for (const v1::CheckResult& result :
           JudgeAlarm(CheckOf(priority), observed, v1::GUARD_BAND)) {
        EXPECT_NE(result.verdict(), v1::VERDICT_UNSET);
        EXPECT_FALSE(result.reason().empty());
        if (t < span.until_ns) {
          EXPECT_NE(result.verdict(), v1::PASS) << result.id();
        }
      }
    }
  }
}

TEST(AlarmPropertyTest, SurvivesAnyWaveform) {
  Random random(5);
  std::uniform_real_distribution<double> level(-1, 1);
  for (int i = 0; i < 300; ++i) {
    std::vector<double> samples(static_cast<std::size_t>(Uniform(random, 0, 3000)));
    double gain = 0;
    for (double& sample : samples) {
      if (Uniform(random, 0, 99) == 0) gain = Uniform(random, 0, 2) == 0 ? 0 : level(random);
      sample = gain * level(random);
    }
    const Waveform waveform{samples, 0, Uniform(random, 1, 2'000'000)};
    const Span span{Uniform(random, 0, 1'000'000), Uniform(random, 1'000'001, 900'000'000)};
    const ObservedAlarm observed{.span = span, .sound = TrackWaveform(waveform, span), .lamps = {}};
    for (const v1::CheckResult& result :
         JudgeAlarm(CheckOf(Priority::HIGH), observed, v1::GUARD_BAND)) {
      EXPECT_NE(result.verdict(), v1::VERDICT_UNSET);
    }
  }
}

}  // namespace
}  // namespace rig::check

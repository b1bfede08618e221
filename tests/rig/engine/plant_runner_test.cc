#include "rig/engine/plant_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "tests/rig/engine/scripted_bench.h"

namespace rig {
namespace {

constexpr std::int64_t kMs = 1'000'000;

// A bench with one captured line and two stimuli at 500 Hz.
class PlantRunnerTest : public testing::Test {
 protected:
  PlantRunnerTest() {
    bench_.captures = {&capture_};
    bench_.captured = {{"valve", 0, 0, Duration(0), Duration(0)},
                       {"shut", 0, 1, Duration(0), Duration(0)},
                       {"pulses", 0, 2, Duration(0), Duration(10 * kMs)}};
    bench_.stimuli = {{"pressure", &injector_, 0, "Pa", 1e-3, 0.0},
                      {"ecog", &injector_, 1, "V", 500.0, 0.0}};
    recorder_ = *CaptureRecorder::Create(bench_, trace_);
  }
  PlantRunner Make(const v1::Plant& plant) {
    auto runner = PlantRunner::Create(plant, bench_, *recorder_, {}, trace_);
    EXPECT_TRUE(runner) << runner.error().message;
    EXPECT_TRUE(runner->Start());
    return std::move(*runner);
  }
  void At(std::uint32_t channel, std::int64_t ns, bool active) {
    script_.push_back({channel, AtNanoseconds(ns), active});
  }
  void StepTo(PlantRunner& runner, std::int64_t from_ns, std::int64_t to_ns) {
    for (std::int64_t t = from_ns + runner.period().count(); t <= to_ns;
         t += runner.period().count()) {
      for (; !script_.empty() && script_.front().t <= AtNanoseconds(t); script_.pop_front()) {
        capture_.pending.push_back(script_.front());
      }
      ASSERT_TRUE(recorder_->Drain(AtNanoseconds(t)));
      ASSERT_TRUE(runner.Step(AtNanoseconds(t)));
    }
  }
  const std::vector<double>& Of(const std::string& channel) {
    return trace_.channels[channel].samples;
  }

  std::deque<rig::Edge> script_;  // in time order, what the capture will see
  ScriptedCapture capture_;
  ScriptedInjector injector_{Duration(2 * kMs)};
  RecordedTrace trace_;
  BoundBench bench_{};
  std::optional<CaptureRecorder> recorder_;
};

v1::Plant LungPlant() {
  v1::Plant plant;
  plant.set_name("lung");
  plant.set_period(10 * kMs);
  v1::VentilatedLung& lung = *plant.mutable_lung();
  lung.set_inspiratory("valve");
  lung.set_expiratory("shut");
  lung.set_pressure("pressure");
  lung.mutable_lung()->set_compliance(5e-7);
  lung.mutable_lung()->set_resistance(2e6);
  lung.set_supply(1e4);
  lung.set_inspiratory_resistance(2e7);
  lung.set_expiratory_resistance(2e5);
  return plant;
}

TEST_F(PlantRunnerTest, AValveThatPulsesConductsByItsDutyCycle) {
  PlantRunner runner = Make(LungPlant());
  At(0, 0, false);
  for (std::int64_t t = 0; t < 1000; t += 10) {  // open for 3 of every 10 ms
    At(0, (t + 2) * kMs, true);
    At(0, (t + 5) * kMs, false);
  }
  StepTo(runner, 0, 1000 * kMs);
  const double lag_s = 5e-7 * (2e6 + 2e7 / 0.3);
  EXPECT_NEAR(Of("plant.lung.volume").back(), 5e-7 * 1e4 * (1.0 - std::exp(-1.0 / lag_s)), 1e-12);
}

// A valve that is open for less than what is on its way, seen when only its opening has come.
TEST_F(PlantRunnerTest, WhatIsOnItsWayIsTakenWhenItHasCome) {
  constexpr std::int64_t kLatencyMs = 50;
  const auto volumes = [&](std::int64_t latency_ms) {
    trace_ = RecordedTrace();
    recorder_ = *CaptureRecorder::Create(bench_, trace_);
    bench_.latency = Duration(latency_ms * kMs);
    PlantRunner runner = Make(LungPlant());
    At(0, 0, false);
    At(0, 42 * kMs, true);
    At(0, 62 * kMs, false);
    for (std::int64_t t = 10 * kMs; t <= 200 * kMs; t += 10 * kMs) {
      // Some of what is later than the latency has come already: 30 ms of the 50 ms.
      const std::int64_t come = t - latency_ms * kMs * 2 / 5;
      for (; !script_.empty() && Nanoseconds(script_.front().t) <= come; script_.pop_front()) {
        capture_.pending.push_back(script_.front());
      }
      const std::int64_t known = std::max<std::int64_t>(t - latency_ms * kMs, 0);
      EXPECT_TRUE(recorder_->Drain(AtNanoseconds(known)));
      EXPECT_TRUE(runner.Step(AtNanoseconds(t)));
    }
    return Of("plant.lung.volume");
  };
  const std::vector<double> at_once = volumes(0);
  const std::vector<double> late = volumes(kLatencyMs);
  ASSERT_EQ(late.size(), at_once.size());
  EXPECT_GT(at_once.back(), 0);
  for (std::size_t i = 5; i < late.size(); ++i) EXPECT_DOUBLE_EQ(late[i], at_once[i - 5]) << i;
}

TEST_F(PlantRunnerTest, AnOutputHoldsFromAStepToTheNext) {
  PlantRunner runner = Make(LungPlant());
  At(0, 0, true);
  StepTo(runner, 0, 100 * kMs);
  const auto& volts = injector_.written[0];
  ASSERT_EQ(volts.size(), 55u);  // until 110 ms
  EXPECT_EQ(volts[4], 0.0);
  EXPECT_GT(volts[5], 0.0);
  EXPECT_EQ(volts[5], volts[9]);
  EXPECT_EQ(volts[54], 1e-3 * Of("plant.lung.pressure").back());
}

// The loop closed: pulses that answer a seizure end it, and its signal shows that.
TEST_F(PlantRunnerTest, StimulationEndsASeizure) {
  v1::Plant plant;
  plant.set_name("brain");
  plant.set_period(2 * kMs);
  v1::StimulatedBrain& brain = *plant.mutable_brain();
  brain.set_pulses("pulses");
  v1::Electrode& electrode = *brain.add_electrodes();
  electrode.set_signal("ecog");
  electrode.set_spread_gain(1.0);
  brain.mutable_seizure()->set_onset(1000 * kMs);
  brain.mutable_seizure()->set_duration(30'000 * kMs);
  brain.mutable_seizure()->set_amplitude(1e-3);
  brain.set_responsive(10'000 * kMs);
  brain.set_advance(500 * kMs);
  PlantRunner runner = Make(plant);
  StepTo(runner, 0, 3000 * kMs);
  EXPECT_EQ(Of("plant.brain.seizing").back(), 1.0);
  for (std::int64_t i = 0; i < 60; ++i) {
    At(2, (3000 + 10 * i) * kMs, true);
    At(2, (3001 + 10 * i) * kMs, false);
  }
  StepTo(runner, 3000 * kMs, 5000 * kMs);
  EXPECT_EQ(Of("plant.brain.seizing").back(), 0.0);
  EXPECT_EQ(Of("plant.brain.effective_pulses").back(), 55.0);
  const std::vector<double>& ecog = Of("observed.ecog");
  const auto swing = [&](std::size_t from, std::size_t to) {
    const auto [low, high] = std::minmax_element(ecog.begin() + from, ecog.begin() + to);
    return *high - *low;
  };
  EXPECT_GT(swing(1000, 1500), 0.5e-3);
  EXPECT_LT(swing(2000, 2500), 0.3e-3);  // what the high-pass gives back
}

TEST_F(PlantRunnerTest, SaysThatALineIsNotThere) {
  v1::Plant plant = LungPlant();
  plant.mutable_lung()->set_inspiratory("pulses");  // counted
  const auto runner = PlantRunner::Create(plant, bench_, *recorder_, {}, trace_);
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace rig

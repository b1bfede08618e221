#include "sim_signals/brain/stimulated_brain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim_signals/catalogue/plants.h"

namespace rig {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// A brain that seizes from 5 s to 35 s, and a stimulator that gives pulses when told.
class StimulatedBrainTest : public testing::Test {
 protected:
  StimulatedBrainTest() {
    plant_.set_name("brain");
    v1::StimulatedBrain& brain = *plant_.mutable_brain();
    brain.set_pulses("stimulation");
    for (const char* signal : {"ecog1", "ecog2"}) {
      v1::Electrode& electrode = *brain.add_electrodes();
      electrode.set_signal(signal);
      electrode.set_background(50e-6);
      electrode.set_rhythm(0.5);
      electrode.set_spread_gain(1.0);
    }
    brain.mutable_seizure()->set_onset(5 * kSecond);
    brain.mutable_seizure()->set_duration(30 * kSecond);
    brain.mutable_seizure()->set_amplitude(1e-3);
    brain.set_responsive(10 * kSecond);
    brain.set_advance(kSecond / 2);
    brain.set_seed(1);
    Begin();
  }

  void Begin() {
    auto made = MakePlant(plant_);
    ASSERT_TRUE(made) << made.error().message;
    model_ = std::move(*made);
    pulses_ = seized_s_ = 0.0;
    trace_.clear();
  }
  void Run(double seconds, Duration step = std::chrono::milliseconds(4)) {
    const auto steps = std::lround(seconds / Seconds(step));
    for (long i = 0; i < steps; ++i) {
      model_->Step(step, std::span(&pulses_, 1), outputs_, states_);
      if (seizing()) seized_s_ += Seconds(step);
      trace_.push_back(outputs_[0]);
    }
  }
  // 0.5 s a pulse.
  void Stimulate(int pulses) {
    for (int i = 0; i < pulses; ++i) {
      pulses_ += 1.0;
      Run(0.02);
    }
  }
  bool seizing() const { return states_[0] == 1.0; }
  double effective_pulses() const { return states_[2]; }

  v1::Plant plant_;
  std::unique_ptr<PlantModel> model_;
  double pulses_ = 0.0, seized_s_ = 0.0;
  std::vector<double> outputs_ = std::vector<double>(2);
  std::vector<double> states_ = std::vector<double>(4);
  std::vector<double> trace_;
};

TEST_F(StimulatedBrainTest, SeizureRunsItsCourseWithoutPulses) {
  Run(50);
  EXPECT_NEAR(seized_s_, 30.0, 0.005);
  EXPECT_EQ(states_[3], 1.0);
}

TEST_F(StimulatedBrainTest, EachEarlyPulseBringsTheEndHalfASecondNearer) {
  Run(7);
  Stimulate(20);
  Run(43);
  EXPECT_EQ(effective_pulses(), 20.0);
  EXPECT_NEAR(seized_s_, 30.0 - 20 * 0.5, 0.005);
}

TEST_F(StimulatedBrainTest, EnoughEarlyPulsesEndTheSeizureAtOnce) {
  Run(7);
  Stimulate(56);  // 2 s + 1.1 s of 30 s are gone, 28 s are skipped
  EXPECT_FALSE(seizing());
  EXPECT_NEAR(seized_s_, 2.0 + 1.1, 0.1);
}

TEST_F(StimulatedBrainTest, DischargesStopWithTheSeizure) {
  for (v1::Electrode& e : *plant_.mutable_brain()->mutable_electrodes()) e.set_background(0.0);
  Begin();
  Run(7);
  Stimulate(60);
  Run(0.15);
  trace_.clear();
  Run(5);
  for (std::size_t i = 1; i < trace_.size(); ++i) {
    ASSERT_LT(std::abs(trace_[i] - trace_[i - 1]), 20e-6) << i;
  }
}

TEST_F(StimulatedBrainTest, LatePulsesDoNothing) {
  Run(15.1);
  Stimulate(50);
  Run(30);
  EXPECT_EQ(effective_pulses(), 0.0);
  EXPECT_NEAR(seized_s_, 30.0, 0.005);
}

TEST_F(StimulatedBrainTest, PulsesBetweenSeizuresDoNothing) {
  Stimulate(50);  // the first second
  Run(49);
  EXPECT_EQ(effective_pulses(), 0.0);
  EXPECT_NEAR(seized_s_, 30.0, 0.005);
}

TEST_F(StimulatedBrainTest, ACounterThatStartsAgainIsNoPulse) {
  Run(6);
  Stimulate(4);
  pulses_ = 0.0;
  Run(1);
  pulses_ = std::nan("");
  Run(1);
  EXPECT_EQ(effective_pulses(), 4.0);
  EXPECT_TRUE(seizing());
}

TEST_F(StimulatedBrainTest, BackgroundIsThatOfAnUntreatedBrain) {
  Run(7);
  std::vector<double> untreated = trace_;
  Begin();
  Stimulate(50);
  Run(6);
  EXPECT_EQ(trace_, untreated);  // pulses before the onset changed no number
}

TEST_F(StimulatedBrainTest, DoesNotDependOnThePeriod) {
  Run(8, std::chrono::milliseconds(1));
  const std::vector<double> fine = outputs_;
  Begin();
  Run(8, std::chrono::milliseconds(10));
  EXPECT_EQ(outputs_, fine);
}

TEST_F(StimulatedBrainTest, ArtefactShowsForTheStepOfAPulse) {
  plant_.mutable_brain()->set_artefact(5e-3);
  Begin();
  Run(1);
  Stimulate(1);  // five steps
  ASSERT_EQ(trace_.size(), 255u);
  EXPECT_GT(trace_[250], 4.5e-3);
  EXPECT_LT(trace_[251], 0.5e-3);
}

TEST_F(StimulatedBrainTest, RefusesNoElectrodeAndASetting) {
  EXPECT_FALSE(model_->Apply(v1::PlantSetting()));
  plant_.mutable_brain()->clear_electrodes();
  EXPECT_FALSE(MakePlant(plant_));
}

}  // namespace
}  // namespace rig

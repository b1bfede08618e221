#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "rig/engine/stimulus.h"
#include "tests/rig/engine/scripted_bench.h"

namespace rig {
namespace {

// An output from 0 V to 1 V that puts out what it is given.
class BoundedInjector final : public SampleInjector {
 public:
  InjectorLimits limits() const override { return {0.0, 1.0, 0.001, Duration(2'000'000)}; }
  Result<std::size_t> Write(std::uint32_t, RunTime, std::span<const double> volts,
                            std::span<double> actual) override {
    std::size_t clipped = 0;
    for (std::size_t i = 0; i < volts.size(); ++i) {
      if (!limits().Reaches(volts[i])) ++clipped;
      actual[i] = std::clamp(volts[i], 0.0, 1.0);
    }
    return clipped;
  }
};

// A record at the injector's rate: 0.5 V, with one sample above its range and two below.
class ClippingTest : public testing::Test {
 protected:
  ClippingTest() {
    std::filesystem::create_directories(folder_);
    std::ofstream file(folder_ / "r.csv");
    file << "time [ms],a [V]\n";
    for (int i = 0; i < 600; ++i) {
      file << 2 * i << ',' << (i == 100 ? "1.5" : i == 300 || i == 301 ? "-0.2" : "0.5") << '\n';
    }
  }
  v1::Play Play(bool allow_clipping) const {
    v1::Play play;
    play.mutable_record()->set_file("r.csv");
    play.mutable_record()->set_gain(1);
    play.mutable_record()->set_allow_clipping(allow_clipping);
    return play;
  }
  Status Render(const v1::Play& play) {
    auto output = StimulusOutput::Create(port_, trace_);
    if (!output) return MakeError(output.error().code, output.error().message);
    StimulusPlayer player(std::move(*output), {1, "a", "V", folder_}, trace_);
    player.Add(RunTime(), play);
    return player.RenderUntil(AtNanoseconds(1'000'000'000));
  }
  const std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "clipping_test";
  BoundedInjector injector_;
  StimulusPort port_{"a", &injector_, 0, "V", 1.0, 0.0};
  RecordedTrace trace_;
};

TEST_F(ClippingTest, RefusesASampleBeyondTheRange) {
  const Status rendered = Render(Play(false));
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, Code::kOutOfRange);
  EXPECT_FALSE(trace_.channels.contains("truth.a.clipped"));
}

TEST_F(ClippingTest, CountsWhatItCutsOffWhereThatIsAllowed) {
  const Status rendered = Render(Play(true));
  ASSERT_TRUE(rendered) << rendered.error().message;
  const std::vector<RecordedTrace::Value> expected = {
      {0, 0.0}, {200'000'000, 1.0}, {602'000'000, 3.0}};
  EXPECT_EQ(trace_.channels["truth.a.clipped"].steps, expected);
  EXPECT_EQ(trace_.channels["commanded.a"].samples[100], 1.5);  // what was asked
  EXPECT_EQ(trace_.channels["observed.a"].samples[100], 1.0);   // what was put out
}

// That the board cannot tell is the bench file's word alone: whoever reads the record sees it.
TEST_F(ClippingTest, CountsWhatThePinRangeCutsOff) {
  port_.least_v = 0.0;
  port_.most_v = 0.8;
  const Status rendered = Render(Play(false));
  ASSERT_TRUE(rendered) << rendered.error().message;
  const std::vector<RecordedTrace::Value> expected = {{200'000'000, 1.0}, {602'000'000, 3.0}};
  EXPECT_EQ(trace_.channels["truth.a.clipped"].steps, expected);
  EXPECT_EQ(trace_.channels["commanded.a"].samples[100], 1.5);
  EXPECT_EQ(trace_.channels["observed.a"].samples[100], 0.8);
}

TEST_F(ClippingTest, WhatIsWithinTheSlackOfThePinRangeIsNotCutOff) {
  port_.least_v = 0.0;
  port_.most_v = 0.8;
  port_.slack_v = 0.75;
  ASSERT_TRUE(Render(Play(false)));
  EXPECT_FALSE(trace_.channels.contains("truth.a.clipped"));
}

TEST_F(ClippingTest, WhatIsNoNumberIsNeverAllowed) {
  std::ofstream(folder_ / "r.csv") << "time [ms],a [V]\n0,0.5\n2,\n4,0.5\n";
  EXPECT_EQ(Render(Play(true)).error().code, Code::kDataLoss);
  const StimulusPort port{"a", &injector_, 0, "V", 1.0, 0.0};
  auto output = StimulusOutput::Create(port, trace_);
  ASSERT_TRUE(output);
  const std::vector<double> values = {0.5, std::nan("")};
  EXPECT_EQ(output->Write(values, Clipping::kAllowed).error().code, Code::kOutOfRange);
}

}  // namespace
}  // namespace rig

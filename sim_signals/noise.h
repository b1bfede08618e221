#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rig/v1/scenario.pb.h"
#include "sim_signals/random.h"
#include "sim_signals/source.h"

namespace rig {

// Adds an interference to another source. A function of run time alone, so it runs on unbroken when
// the source below is replaced by the next step of a scenario.
class NoisySource : public SignalSource {
 public:
  explicit NoisySource(std::unique_ptr<SignalSource> source) : source_(std::move(source)) {}
  std::string unit() const override { return source_->unit(); }
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  virtual double NoiseAt(RunTime t) const = 0;

  std::unique_ptr<SignalSource> source_;
};

// A sine of the mains frequency with a random phase.
class MainsNoise : public NoisySource {
 public:
  MainsNoise(std::unique_ptr<SignalSource> source, const v1::Mains& mains, RandomStream stream)
      : NoisySource(std::move(source)),
        amplitude_v_(mains.amplitude()),
        frequency_hz_(mains.frequency()),
        phase_(stream.Uniform()) {}

 private:
  double NoiseAt(RunTime t) const override;
  double amplitude_v_, frequency_hz_, phase_;
};

// Breathing and movement: three slow sines whose sum stays within the amplitude.
class BaselineNoise : public NoisySource {
 public:
  BaselineNoise(std::unique_ptr<SignalSource> source, const v1::Baseline& baseline,
                RandomStream stream)
      : NoisySource(std::move(source)),
        amplitude_v_(baseline.amplitude()),
        frequency_hz_(baseline.frequency()),
        phases_{stream.Uniform(), stream.Uniform(), stream.Uniform()} {}

 private:
  double NoiseAt(RunTime t) const override;
  double amplitude_v_, frequency_hz_;
  std::array<double, 3> phases_;
};

// Gaussian, independent from sample to sample: white up to half the rate at which it is sampled.
class WhiteNoise : public NoisySource {
 public:
  WhiteNoise(std::unique_ptr<SignalSource> source, const v1::White& white, std::uint64_t key)
      : NoisySource(std::move(source)), rms_v_(white.rms()), key_(key) {}

 private:
  double NoiseAt(RunTime t) const override;
  double rms_v_;
  std::uint64_t key_;
};

}  // namespace rig

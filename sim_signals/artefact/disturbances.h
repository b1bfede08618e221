#pragma once

#include <array>
#include <cstdint>

#include "sim_signals/artefact/artefact.h"
#include "sim_signals/random.h"

namespace rig {

// Disturbances: something on top of the signal, a function of run time.

class MainsPickup : public ArtefactModel {
 public:
  MainsPickup(double amplitude, double frequency_hz, RandomStream stream)
      : amplitude_(amplitude), frequency_hz_(frequency_hz), phase_(stream.Uniform()) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double amplitude_, frequency_hz_, phase_;
};

// Three slow sines whose sum stays within the amplitude.
class BaselineWander : public ArtefactModel {
 public:
  BaselineWander(double amplitude, double frequency_hz, RandomStream stream)
      : amplitude_(amplitude),
        frequency_hz_(frequency_hz),
        phases_{stream.Uniform(), stream.Uniform(), stream.Uniform()} {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double amplitude_, frequency_hz_;
  std::array<double, 3> phases_;
};

// White up to half the rate at which it is sampled.
class WhiteNoise : public ArtefactModel {
 public:
  WhiteNoise(double rms, std::uint64_t key) : rms_(rms), key_(key) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double rms_;
  std::uint64_t key_;
};

// Lines of 20 to 150 Hz under a slow envelope between 0.2 and 1.8.
class MuscleActivity : public ArtefactModel {
 public:
  MuscleActivity(double rms, RandomStream stream);
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  static constexpr std::size_t kLines = 40;
  double line_height_, envelope_phase_;
  std::array<double, kLines> frequencies_hz_, phases_;
};

// At most one step in each second of run time.
class ElectrodeSteps : public ArtefactModel {
 public:
  ElectrodeSteps(double amplitude, double rate_hz, std::uint64_t key)
      : amplitude_(amplitude), rate_hz_(rate_hz), key_(key) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double amplitude_, rate_hz_;
  std::uint64_t key_;
};

class ElectrosurgeryBursts : public ArtefactModel {
 public:
  ElectrosurgeryBursts(double rms, Duration period, double on, std::uint64_t key)
      : rms_(rms), period_(period), on_(on), key_(key) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double rms_;
  Duration period_;
  double on_;
  std::uint64_t key_;
};

}  // namespace rig

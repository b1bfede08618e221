#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "sim_signals/artefact/artefact.h"
#include "sim_signals/forward_queue.h"

namespace rig {

// Faults: something else than the signal.

class OffLevel : public ArtefactModel {
 public:
  explicit OffLevel(double level) : level_(level) {}
  double Apply(RunTime, RunTime, double) override { return level_; }
  std::optional<Pulse> Pass(const Pulse&) override { return std::nullopt; }

 private:
  double level_;
};

// To the rail with 50 ms, 5 % of 50 Hz pickup, cut off at the rail.
class ElectrodeOffDrift : public ArtefactModel {
 public:
  ElectrodeOffDrift(double rail, double phase) : rail_(rail), phase_(phase) {}
  double Apply(RunTime t, RunTime begin, double value) override;
  std::optional<Pulse> Pass(const Pulse&) override { return std::nullopt; }

 private:
  double rail_, phase_;
};

// Within 1 ms at the rail, from 200 ms on exponentially back to the signal.
class AfterShock : public ArtefactModel {
 public:
  AfterShock(double rail, double recovery_s) : rail_(rail), recovery_s_(recovery_s) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double rail_, recovery_s_;
};

class StuckValue : public ArtefactModel {
 public:
  double Apply(RunTime, RunTime, double value) override {
    if (!value_) value_ = value;
    return *value_;
  }
  std::optional<Pulse> Pass(const Pulse&) override { return std::nullopt; }

 private:
  std::optional<double> value_;
};

class ScaledValue : public ArtefactModel {
 public:
  explicit ScaledValue(double factor) : factor_(factor) {}
  double Apply(RunTime, RunTime, double value) override { return factor_ * value; }
  std::optional<Pulse> Pass(const Pulse& pulse) override {
    Pulse scaled = pulse;
    scaled.height *= factor_;
    return scaled;
  }

 private:
  double factor_;
};

class DriftingValue : public ArtefactModel {
 public:
  explicit DriftingValue(double per_s) : per_s_(per_s) {}
  double Apply(RunTime t, RunTime begin, double value) override {
    return value + per_s_ * Seconds(t - begin);
  }

 private:
  double per_s_;
};

class SlowedValue : public ArtefactModel {
 public:
  explicit SlowedValue(double time_constant_s) : time_constant_s_(time_constant_s) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double time_constant_s_;
  std::optional<std::pair<RunTime, double>> last_;
};

// The first value stands in for what came before the artefact.
class DelayedValue : public ArtefactModel {
 public:
  explicit DelayedValue(Duration by) : by_(by) {}
  double Apply(RunTime t, RunTime begin, double value) override;
  std::optional<Pulse> Pass(const Pulse& pulse) override {
    Pulse later = pulse;
    later.begin += by_;
    return later;
  }
  Status CheckPeriod(Duration period) const override;

 private:
  static constexpr std::int64_t kMostSamples = 1 << 22;  // 64 MiB
  Duration by_;
  ForwardQueue<std::pair<RunTime, double>> values_;
};

// At most one interruption in each second of run time.
class LooseContact : public ArtefactModel {
 public:
  LooseContact(double level, double rate_hz, double length_s, std::uint64_t key)
      : level_(level), rate_hz_(rate_hz), length_s_(length_s), key_(key) {}
  double Apply(RunTime t, RunTime begin, double value) override;

 private:
  double level_, rate_hz_, length_s_;
  std::uint64_t key_;
};

class LimitedValue : public ArtefactModel {
 public:
  LimitedValue(double low, double high) : low_(low), high_(high) {}
  double Apply(RunTime, RunTime, double value) override { return std::clamp(value, low_, high_); }

 private:
  double low_, high_;
};

}  // namespace rig

#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim_signals/body/beats.h"
#include "sim_signals/truth_queue.h"

namespace rig {

// Part of a sinus beat's volume that one has which began in a ventricle (recall).
inline constexpr double kVentricularStroke = 0.6;

// How much a beat pumps, 1 for a normal one at 75 bpm: less the shorter the ventricles had to fill
// (time constant 0.2 s), and kVentricularStroke of that where it began in a ventricle.
double StrokeOf(const HeartCycle& cycle);

// How long after a pulse it is lost if none follows: 3 s or 2.5 of the rhythm's own intervals,
// whichever is longer, so that no pause within a rhythm is a loss.
Duration LossAfter(const HeartCycle& cycle);

// What a pulse's sensor may be told of the body, in time order: at each pulse "pulse" (a count
// since the run began) and "rate" (1 / the interval to the pulse before; not known at the first one
// and at the first one after a loss; 0 from a loss on); with it what the pulse that just ended was,
// not known from a loss on until a pulse has ended; and values as they are set.
class PulseTruth {
 public:
  // A set value: name and, at an instant from which it holds, value.
  using Settings =
      std::vector<std::pair<std::string_view, std::vector<std::pair<RunTime, double>>>>;
  // Of what is sampled, from a pulse's foot to the next one.
  struct Extent {
    double largest = 0.0, smallest = 0.0, sum = 0.0;
    std::size_t samples = 0;
    double mean() const { return sum / static_cast<double>(samples); }
  };
  // A value that pulses have, from their extent; none: it is stated with each pulse.
  struct Value {
    std::string_view what;
    double (*of)(const Extent&);
  };
  static constexpr std::size_t kMostValues = 3;
  using Stated = std::array<double, kMostValues>;

  // Tells what comes from `start` on, and at the first sample what holds then. `values`: at most
  // kMostValues.
  PulseTruth(Settings settings, std::vector<Value> values, RunTime start)
      : settings_(std::move(settings)), values_(std::move(values)), start_(start) {}
  // A pulse, in any order, before Sample or Emit passes it.
  void Add(RunTime foot, Duration loss_after, const Stated& stated = {});
  // What the pulses' extents are taken of. Instants do not decrease.
  void Sample(RunTime t, double value);
  // Something else that happens.
  void Tell(RunTime t, std::string_view what, double value);
  // Hands over what lies before `end`, up to which all was sampled; `first_sample`: of the block.
  void Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth);

 private:
  struct Foot {
    RunTime at;
    Duration loss_after;
    Stated stated;
  };
  void ReachFeetBefore(RunTime t);
  void TellLoss(RunTime until);
  void Hold(const TruthEvent& event);
  // What holds at the first sample.
  void Begin(RunTime begin, std::vector<TruthEvent>& truth);

  Settings settings_;
  std::vector<Value> values_;
  RunTime start_;
  ForwardQueue<Foot> feet_;  // by time
  std::optional<Foot> last_;
  Extent extent_;  // since then
  double pulses_ = 0.0;
  bool begun_ = false, lost_ = false;
  std::vector<TruthEvent> held_;  // what was last told before the first sample
  TruthQueue pending_;
};

}  // namespace rig

#include "sim_signals/respiration/breath_truth.h"

#include <algorithm>

namespace rig {

void BreathTruth::Tell(RunTime t, const char* what, double value,
                       std::vector<TruthEvent>& truth) const {
  if (begun_ && t >= start_) truth.push_back({t, what, value});
}

void BreathTruth::SetApnoea(RunTime t, bool apnoea, std::vector<TruthEvent>& truth) {
  if (apnoea == apnoea_) return;
  apnoea_ = apnoea;
  Tell(t, "apnoea", apnoea, truth);
}

void BreathTruth::Emit(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth) {
  const RunTime begin = std::max(start_, first_sample);
  const auto advance = [&](RunTime until) {
    while (true) {
      const bool ends = last_end_ && *last_end_ < until && (!next_ || *last_end_ < next_->begin);
      if (ends) {
        SetApnoea(*last_end_, true, truth);
        last_end_.reset();
        continue;
      }
      if (!next_ || next_->begin >= until) return;
      SetApnoea(next_->begin, next_->shut, truth);
      Tell(next_->begin, "breath", static_cast<double>(next_->number), truth);
      Tell(next_->begin, "breath_rate", 1.0 / Seconds(next_->period), truth);
      last_end_ = next_->end();
      next_ = schedule_.Next();
    }
  };
  if (!begun_) {
    advance(begin);
    begun_ = true;
    if (next_ && next_->begin == begin) apnoea_ = next_->shut;
    truth.push_back({begin, "apnoea", static_cast<double>(apnoea_)});
  }
  advance(end);
}

}  // namespace rig

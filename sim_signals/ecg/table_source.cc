#include "sim_signals/ecg/table_source.h"

#include <limits>
#include <utility>

#include "sim_signals/body/rhythms.h"
#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TableSource::TableSource(BeatTable table, RunTime start)
    : table_(std::move(table)), start_(start), at_start_(start) {
  for (const BeatTable::Turn& turn : table_.turns) turns_.push_back(FromSeconds(turn.at_s));
}

double TableSource::ValueAt(RunTime t) {
  const Duration phase = (t - start_) % table_.period;
  if (next_turn_ > 0 && turns_[next_turn_ - 1] > phase) next_turn_ = 0;
  while (next_turn_ < turns_.size() && turns_[next_turn_] <= phase) ++next_turn_;
  // The first turn comes behind the last one of the cycle before.
  const std::size_t last = turns_.size() - 1;
  const std::size_t from = next_turn_ == 0 ? last : next_turn_ - 1;
  const std::size_t to = next_turn_ > last ? 0 : next_turn_;
  const Duration begin = turns_[from] - (next_turn_ == 0 ? table_.period : Duration(0));
  const Duration end = turns_[to] + (next_turn_ > last ? table_.period : Duration(0));
  const double u = Seconds(phase - begin) / Seconds(end - begin);
  const double low = table_.turns[from].volts, high = table_.turns[to].volts;
  return low + (high - low) * 0.5 * (1.0 - CosTurns(0.5 * u));
}

void TableSource::Tell(RunTime begin, RunTime end, std::vector<TruthEvent>& truth) {
  while (true) {
    const BeatTable::Beat& beat = table_.beats[next_beat_];
    const RunTime t = start_ + cycle_ * table_.period + FromSeconds(beat.at_s);
    if (t >= end) return;
    const double last_s = next_beat_ > 0 ? table_.beats[next_beat_ - 1].at_s
                                         : table_.beats.back().at_s - Seconds(table_.period);
    ++beats_;
    if (beat.ventricular) ++ventricular_beats_;
    if (t >= begin) {
      truth.push_back({t, "beat", beats_});
      truth.push_back({t, "rate", beats_ > 1.0 ? 1.0 / (beat.at_s - last_s) : kNotKnown});
      if (beat.ventricular) truth.push_back({t, "ventricular_beat", ventricular_beats_});
    }
    if (++next_beat_ < table_.beats.size()) continue;
    next_beat_ = 0;
    ++cycle_;
  }
}

Status TableSource::Render(RunTime start, Duration period, std::span<double> values,
                           std::vector<TruthEvent>& truth) {
  EcgCondition condition;
  condition.rate_hz = std::nullopt;
  condition.ventricular_tachycardia = table_.tachycardia;
  at_start_.Emit(condition, start, truth);
  Tell(start, start + period * static_cast<std::int64_t>(values.size()), truth);
  RunTime t = start;
  for (double& v : values) {
    v = ValueAt(t);
    t += period;
  }
  return {};
}

}  // namespace rig

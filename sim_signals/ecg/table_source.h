#pragma once

#include <string>
#include <vector>

#include "sim_signals/ecg/beat_table.h"
#include "sim_signals/ecg_truth.h"
#include "sim_signals/source.h"

namespace rig {

// A beat table, its first cycle at the begin of the play step; a closed form of run time.
class TableSource : public SignalSource {
 public:
  TableSource(BeatTable table, RunTime start);
  std::string unit() const override { return "V"; }
  // Truth: that of an ECG; "beat" and "ventricular_beat" count from the begin on.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  double ValueAt(RunTime t);
  void Tell(RunTime begin, RunTime end, std::vector<TruthEvent>& truth);

  BeatTable table_;
  RunTime start_;
  TruthAtStart at_start_;
  std::vector<Duration> turns_;  // of the table
  std::size_t next_turn_ = 0;    // where the last value was looked for
  std::int64_t cycle_ = 0;       // of the next beat
  std::size_t next_beat_ = 0;
  double beats_ = 0.0, ventricular_beats_ = 0.0;
};

}  // namespace rig

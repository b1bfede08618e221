#pragma once

#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim_signals/ecg_truth.h"
#include "sim_signals/source.h"
#include "sim_signals/wfdb.h"

namespace rig {

// What a record's annotations say is true, as events in its own time (nanoseconds since the record
// began).
class RecordTruth {
 public:
  // Errors: NOT_FOUND, DATA_LOSS. An empty path: a record without annotations, of which nothing is
  // known.
  static Result<RecordTruth> Open(const std::filesystem::path& annotations, double sampling_hz);

  // What holds just before `ns`; call once, first.
  Result<EcgCondition> SkipTo(std::int64_t ns);
  // Appends the events before `ns` (exclusive), with times of the record.
  Status ReadUntil(std::int64_t ns, std::vector<TruthEvent>& events);

 private:
  // One pass over the file: what it speaks of at all, and what it says of the record's beginning.
  Status Survey();
  Status Fetch();
  std::int64_t NextAt() const;  // nanoseconds
  void Take(const WfdbAnnotation& annotation, std::int64_t ns, std::vector<TruthEvent>& events);
  void ChangeRhythm(const std::string& rhythm, RunTime t, std::vector<TruthEvent>& events);
  void SetArrest(std::optional<bool> asystole, bool fibrillation, RunTime t,
                 std::vector<TruthEvent>& events);

  double ticks_per_s_ = 0.0;
  std::string name_;
  std::unique_ptr<std::ifstream> stream_;  // on the heap: the reader refers to it
  std::optional<WfdbAnnotationReader> reader_;
  std::optional<WfdbAnnotation> next_;
  std::optional<std::int64_t> last_beat_ns_;
  // Whether an electrode was off is not annotated in MIT format, so it is never known.
  EcgCondition condition_{.rate_hz = std::nullopt,
                          .asystole = std::nullopt,
                          .ventricular_fibrillation = std::nullopt,
                          .ventricular_tachycardia = std::nullopt,
                          .electrode_off = std::nullopt,
                          .unreadable = std::nullopt,
                          .recorded = true,
                          .beats_known = false};
  double beats_ = 0.0;
};

// One channel of a WFDB record, from an offset on, in SI units. Between samples: cubic
// (Catmull-Rom) interpolation over the four samples around, which keeps the height of an R peak
// where a straight line would cut it off; no anti-alias filter when the asked rate is below the
// record's.
//
// Truth: "beat" and "rate" at each annotated QRS; asystole and ventricular_fibrillation from rhythm
// annotations and the marks of flutter's begin and end; unreadable where the rhythm annotation is
// noise; recorded. NaN is what the annotations leave
// open, all but recorded where there are none.
class RecordSource : public SignalSource {
 public:
  struct Selection {
    std::filesystem::path header;
    std::string channel;  // description; empty: the first signal
    Duration offset{};
  };
  // Errors: those of OpenWfdbRecord; NOT_FOUND for a channel the record does not have;
  // INVALID_ARGUMENT for a channel whose unit is not of `unit`'s dimension; OUT_OF_RANGE for an
  // offset behind the record's end.
  static Result<std::unique_ptr<SignalSource>> Open(const Selection& selection,
                                                    const std::string& unit, RunTime start);

  std::string unit() const override { return unit_; }
  // Errors: OUT_OF_RANGE behind the record's last sample; DATA_LOSS for samples marked as missing.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  RecordSource(WfdbRecord record, RunTime start)
      : record_(std::move(record)), start_(start), truth_at_start_(start) {}
  // Makes frames [first, last] available through Value(). Errors: as Render.
  Status Load(std::int64_t first, std::int64_t last);
  double Value(std::int64_t frame) const {
    return window_[static_cast<std::size_t>(frame - window_first_)];
  }
  Result<double> Sample(RunTime t);
  Status AppendTruth(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth);

  WfdbRecord record_;
  RunTime start_;
  TruthAtStart truth_at_start_;
  std::string name_, unit_;
  Duration offset_{};
  double units_per_count_ = 0.0;
  std::int64_t baseline_ = 0;
  std::int32_t missing_mark_ = 0;
  std::size_t channel_in_file_ = 0;
  std::unique_ptr<std::ifstream> stream_;  // on the heap: the file refers to it
  std::optional<WfdbSampleFile> file_;
  RecordTruth annotations_;
  EcgCondition condition_;
  std::int64_t window_first_ = 0;
  std::vector<double> window_;
  std::vector<std::int32_t> counts_;
  std::vector<TruthEvent> recorded_truth_;
};

}  // namespace rig

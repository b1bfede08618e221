#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim_signals/ecg_truth.h"
#include "sim_signals/recorded/recording.h"
#include "sim_signals/resampler.h"
#include "sim_signals/source.h"

namespace rig {

// What a recording's annotations say is true, as events in its own time (nanoseconds since it
// began). Texts without MIT codes say nothing.
class RecordTruth {
 public:
  // `recording` outlives this. Errors: NOT_FOUND, DATA_LOSS.
  static Result<RecordTruth> Open(const Recording& recording);

  // What holds just before `ns`; call once, first.
  Result<EcgCondition> SkipTo(std::int64_t ns);
  // Appends the events before `ns` (exclusive), with times of the record.
  Status ReadUntil(std::int64_t ns, std::vector<TruthEvent>& events);

 private:
  // What annotations say of the heart; none: not known.
  struct Told {
    std::optional<bool> asystole, fibrillation, tachycardia, unreadable;
  };
  static Told SaidBy(const std::string& rhythm);
  // One pass over the file: what it speaks of at all, and what it says of the record's beginning.
  Status Survey(const Recording& recording);
  // The next annotation with a code.
  Status Fetch();
  void Take(const RecordingAnnotation& annotation, std::vector<TruthEvent>& events);
  // From `t` on that holds.
  void Hold(const Told& told, RunTime t, std::vector<TruthEvent>& events);
  void SetRate(std::optional<double> rate_hz, RunTime t, std::vector<TruthEvent>& events);

  std::unique_ptr<AnnotationStream> annotations_;
  std::optional<RecordingAnnotation> next_;
  std::optional<std::int64_t> last_beat_ns_;
  Told rhythm_;  // as last annotated
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

// One channel of a recording, from an offset on, in SI units. Played at its own rate, which is one
// whose period in whole nanoseconds is within 1e-6 of the record's: the samples as they are, one
// with each value, from the one nearest to the offset on; what is annotated keeps its place among
// them. Otherwise through the Resampler; beyond its ends the recording is taken to stay at its
// first and last sample.
//
// Truth: "beat" and "rate" at each annotated QRS; asystole and ventricular_fibrillation from rhythm
// annotations and the marks of flutter's begin and end; unreadable where the rhythm annotation is
// noise; recorded. NaN is what the annotations leave open, all but recorded where there are none.
class RecordSource : public SignalSource {
 public:
  struct Selection {
    std::filesystem::path file;
    std::string channel;  // as FindChannel takes it
    Duration offset{};
    double gain = 1.0;        // times the physical value …
    double offset_si = 0.0;   // … plus this, in the signal's SI unit
    double rate_hz = 0.0;     // of a file that does not state it; 0: it does
    std::string stated_unit;  // of a channel whose own is none that the rig knows; empty: its own
  };
  // Errors: those of OpenRecording and FindChannel; INVALID_ARGUMENT for a channel whose unit is
  // not of `unit`'s dimension; OUT_OF_RANGE for an offset behind the record's end.
  static Result<std::unique_ptr<SignalSource>> Open(const Selection& selection,
                                                    const std::string& unit, RunTime start);

  std::string unit() const override { return unit_; }
  // Errors: OUT_OF_RANGE behind the record's last sample; DATA_LOSS where one of the samples that a
  // value depends on is missing; UNIMPLEMENTED for a rate kMaxReduction times below the record's.
  Status Render(RunTime start, Duration period, std::span<double> values,
                std::vector<TruthEvent>& truth) override;

 private:
  explicit RecordSource(RunTime start) : start_(start), truth_at_start_(start) {}
  const RecordingChannel& channel() const { return recording_->channels()[channel_]; }
  Status CheckOffset() const;
  // Settles how the record is played: as it is, or resampled.
  Status SetPeriod(RunTime start, Duration period);
  // When an instant of the record is played, and the first one played at `t` or later.
  RunTime PlayedAt(std::int64_t record_ns) const;
  std::int64_t RecordedAt(RunTime t) const;
  // Makes samples [first, last] available through window_, as far as the record has them.
  Status Load(std::int64_t first, std::int64_t last);
  // Those samples, beyond the record's ends its first or last one.
  std::span<const double> Around(std::int64_t first, std::int64_t last);
  // In samples of the record.
  double PositionAt(RunTime t) const;
  Result<double> Sample(RunTime t);
  Status AppendTruth(RunTime first_sample, RunTime end, std::vector<TruthEvent>& truth);

  std::unique_ptr<Recording> recording_;
  std::size_t channel_ = 0;
  RunTime start_;
  TruthAtStart truth_at_start_;
  std::string name_, unit_;
  Duration offset_{};
  double gain_ = 1.0;  // of the record's unit to SI, with the scenario's own
  double offset_si_ = 0.0;
  RecordTruth annotations_;
  EcgCondition condition_;
  Duration period_{};
  std::optional<Resampler> resampler_;  // none: samples as they are …
  RunTime first_played_;                // … from this instant on …
  std::int64_t first_sample_ = 0;       // … and this one of the record
  std::int64_t window_first_ = 0;
  std::vector<double> window_, around_;
  std::vector<TruthEvent> recorded_truth_;
};

}  // namespace rig

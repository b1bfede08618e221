#include "sim_signals/record_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/base/units.h"

namespace rig {
namespace {

constexpr std::int64_t kWindowSamples = 4096;
// Largest part by which a record's rate is passed over: less than a crystal's own error.
constexpr double kSameRate = 1e-6;

std::int64_t Nearest(double v) { return static_cast<std::int64_t>(std::floor(v + 0.5)); }

// SI units per unit of the channel. Errors: INVALID_ARGUMENT.
Result<double> ScaleTo(const std::string& unit, const RecordSource::Selection& selection,
                       const RecordingChannel& channel) {
  const auto refuse = [&](const std::string& what, const std::string& expected) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: channel \"{}\" is in {}; expected {}",
                                 selection.file.string(), channel.name, what, expected));
  };
  auto given = ParseUnit(channel.unit);
  const std::string own = channel.unit.empty() ? "no stated unit" : channel.unit;
  if (!selection.stated_unit.empty()) {
    if (given) return refuse(own, "no other unit to be given");
    given = ParseUnit(selection.stated_unit);
  }
  if (!given) return refuse(own, fmt::format("a unit of {}, or one given with the record", unit));
  const auto wanted = ParseUnit(unit);
  if (wanted && given->dimension == wanted->dimension) return given->to_si;
  return refuse(selection.stated_unit.empty() ? own : selection.stated_unit,
                fmt::format("a unit of {}", unit));
}

}  // namespace

Status RecordSource::CheckOffset() const {
  const auto last = static_cast<double>(channel().samples - 1);
  const bool inside = offset_ >= Duration(0) && Seconds(offset_) * channel().rate_hz <= last;
  if (inside) return {};
  return MakeError(
      Code::kOutOfRange,
      fmt::format("{}: cannot start at {:.3f} s; the record holds {:.3f} s", name_,
                  Seconds(offset_), static_cast<double>(channel().samples) / channel().rate_hz));
}

Result<std::unique_ptr<SignalSource>> RecordSource::Open(const Selection& selection,
                                                         const std::string& unit, RunTime start) {
  std::unique_ptr<RecordSource> source(new RecordSource(start));
  RecordingOptions options;
  options.rate_hz = selection.rate_hz;
  RIG_TRY_ASSIGN(source->recording_, OpenRecording(selection.file, options));
  RIG_TRY_ASSIGN(source->channel_, FindChannel(*source->recording_, selection.channel));
  source->name_ = selection.file.string();
  source->unit_ = unit;
  source->offset_ = selection.offset;
  RIG_TRY_ASSIGN(const double to_si, ScaleTo(unit, selection, source->channel()));
  source->gain_ = to_si * selection.gain;
  source->offset_si_ = selection.offset_si;
  RIG_TRY(source->CheckOffset());
  RIG_TRY_ASSIGN(source->annotations_, RecordTruth::Open(*source->recording_));
  RIG_TRY_ASSIGN(source->condition_, source->annotations_.SkipTo(selection.offset.count()));
  return source;
}

Status RecordSource::SetPeriod(RunTime start, Duration period) {
  const bool settled =
      period == period_ && (resampler_ || (start - first_played_) % period == Duration(0));
  if (settled) return {};
  const double to_hz = 1e9 / static_cast<double>(period.count());
  // A period of whole nanoseconds: 2777778 ns for 360 Hz.
  if (std::fabs(to_hz / channel().rate_hz - 1.0) <= kSameRate) {
    const auto ns = static_cast<double>((start - start_ + offset_).count());
    resampler_.reset();
    period_ = period;
    first_played_ = start;
    first_sample_ = Nearest(ns * channel().rate_hz / 1e9);
    return {};
  }
  const bool possible = channel().rate_hz / to_hz <= Resampler::kMaxReduction;
  if (!possible) {
    return MakeError(Code::kUnimplemented,
                     fmt::format("{}: played at {} Hz, recorded at {} Hz; expected at least a {}th",
                                 name_, to_hz, channel().rate_hz, Resampler::kMaxReduction));
  }
  period_ = period;
  resampler_.emplace(channel().rate_hz, to_hz);
  return {};
}

Status RecordSource::Load(std::int64_t first, std::int64_t last) {
  first = std::clamp<std::int64_t>(first, 0, channel().samples - 1);
  last = std::clamp<std::int64_t>(last, 0, channel().samples - 1);
  auto end = window_first_ + static_cast<std::int64_t>(window_.size());
  if (first >= window_first_ && last < end) return {};
  // What is still needed stays, so that the file is read forward only.
  if (first < window_first_ || first >= end) {
    window_.clear();
    window_first_ = end = first;
  }
  window_.erase(window_.begin(), window_.begin() + (first - window_first_));
  window_first_ = first;
  const std::int64_t until = std::min(std::max(last + 1, end + kWindowSamples), channel().samples);
  const std::size_t kept = window_.size();
  window_.resize(kept + static_cast<std::size_t>(until - end));
  return recording_->Read(channel_, end, std::span(window_).subspan(kept));
}

std::span<const double> RecordSource::Around(std::int64_t first, std::int64_t last) {
  const auto size = static_cast<std::size_t>(last - first + 1);
  if (first >= 0 && last < channel().samples) {
    return std::span(window_).subspan(static_cast<std::size_t>(first - window_first_), size);
  }
  around_.resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::int64_t at =
        std::clamp<std::int64_t>(first + static_cast<std::int64_t>(i), 0, channel().samples - 1);
    around_[i] = window_[static_cast<std::size_t>(at - window_first_)];
  }
  return around_;
}

RunTime RecordSource::PlayedAt(std::int64_t record_ns) const {
  if (resampler_) return start_ + (Duration(record_ns) - offset_);
  const double samples =
      static_cast<double>(record_ns) * channel().rate_hz / 1e9 - static_cast<double>(first_sample_);
  return first_played_ + Duration(Nearest(samples * static_cast<double>(period_.count())));
}

std::int64_t RecordSource::RecordedAt(RunTime t) const {
  auto ns = static_cast<std::int64_t>(PositionAt(t) * 1e9 / channel().rate_hz);
  while (PlayedAt(ns) < t) ++ns;  // a step or two, of rounding
  while (PlayedAt(ns - 1) >= t) --ns;
  return ns;
}

double RecordSource::PositionAt(RunTime t) const {
  if (!resampler_) {
    return static_cast<double>(first_sample_) +
           static_cast<double>((t - first_played_).count()) / static_cast<double>(period_.count());
  }
  return static_cast<double>((t - start_ + offset_).count()) * channel().rate_hz / 1e9;
}

Result<double> RecordSource::Sample(RunTime t) {
  const double position = PositionAt(t);
  const bool inside = position >= 0.0 && position <= static_cast<double>(channel().samples - 1);
  if (!inside) {
    return MakeError(Code::kOutOfRange,
                     fmt::format("{}: no sample at {:.3f} s; the record holds {:.3f} s", name_,
                                 position / channel().rate_hz,
                                 static_cast<double>(channel().samples) / channel().rate_hz));
  }
  const auto i = static_cast<std::int64_t>(position);
  const std::int64_t reach = resampler_ ? resampler_->reach() : 0;
  const std::int64_t first = resampler_ ? i - reach + 1 : i;
  RIG_TRY(Load(first, i + reach));
  const std::span<const double> around = Around(first, i + reach);
  const double value = resampler_ ? resampler_->At(position, around) : around[0];
  if (value == value) return value * gain_ + offset_si_;
  return MakeError(
      Code::kDataLoss,
      fmt::format("{}: a sample within {:.3f} s of {:.3f} s is missing", name_,
                  static_cast<double>(reach) / channel().rate_hz, position / channel().rate_hz));
}

Status RecordSource::AppendTruth(RunTime first_sample, RunTime end,
                                 std::vector<TruthEvent>& truth) {
  truth_at_start_.Emit(condition_, first_sample, truth);
  recorded_truth_.clear();
  RIG_TRY(annotations_.ReadUntil(RecordedAt(end), recorded_truth_));
  for (TruthEvent& event : recorded_truth_) {
    event.t = std::max(PlayedAt(Nanoseconds(event.t)), std::min(first_sample, end));
    truth.push_back(event);
  }
  return {};
}

Status RecordSource::Render(RunTime start, Duration period, std::span<double> values,
                            std::vector<TruthEvent>& truth) {
  RIG_TRY(SetPeriod(start, period));
  RIG_TRY(AppendTruth(start, start + period * static_cast<std::int64_t>(values.size()), truth));
  RunTime t = start;
  for (double& v : values) {
    RIG_TRY_ASSIGN(v, Sample(t));
    t += period;
  }
  return {};
}

}  // namespace rig

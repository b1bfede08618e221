#include "sim_signals/record_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/base/units.h"

namespace rig {
namespace {

constexpr std::int64_t kWindowFrames = 2048;

// The signal a scenario asks for. Errors: NOT_FOUND, listing what there is.
Result<std::size_t> FindChannel(const WfdbHeader& header, const std::string& channel,
                                const std::string& name) {
  if (channel.empty()) return std::size_t{0};
  std::string known;
  for (std::size_t i = 0; i < header.signals.size(); ++i) {
    if (header.signals[i].description == channel) return i;
    known += (i == 0 ? "" : ", ") + header.signals[i].description;
  }
  return MakeError(Code::kNotFound,
                   fmt::format("{}: has no channel \"{}\"; it has {}", name, channel, known));
}

// SI units per count. Errors: INVALID_ARGUMENT.
Result<double> ScaleTo(const std::string& unit, const WfdbSignal& signal, const std::string& name) {
  const auto wanted = ParseUnit(unit);
  const auto given = ParseUnit(signal.unit);
  if (!wanted || !given || given->dimension != wanted->dimension) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: channel \"{}\" is in {}; expected a unit of {}", name,
                                 signal.description, signal.unit, unit));
  }
  return given->to_si / signal.gain;
}

}  // namespace

Result<std::unique_ptr<SignalSource>> RecordSource::Open(const Selection& selection,
                                                         const std::string& unit, RunTime start) {
  RIG_TRY_ASSIGN(WfdbRecord record, OpenWfdbRecord(selection.header));
  std::unique_ptr<RecordSource> source(new RecordSource(std::move(record), start));
  const WfdbHeader& header = source->record_.header;
  source->name_ = selection.header.string();
  source->unit_ = unit;
  source->offset_ = selection.offset;
  RIG_TRY_ASSIGN(const std::size_t index, FindChannel(header, selection.channel, source->name_));
  const WfdbSignal& signal = header.signals[index];
  RIG_TRY_ASSIGN(source->units_per_count_, ScaleTo(unit, signal, source->name_));
  source->baseline_ = signal.baseline;
  source->missing_mark_ = signal.format == 16 ? -32768 : -2048;
  const bool inside =
      selection.offset >= Duration(0) &&
      Seconds(selection.offset) * header.sampling_hz <= static_cast<double>(header.frames - 1);
  if (!inside) {
    return MakeError(Code::kOutOfRange,
                     fmt::format("{}: cannot start at {:.3f} s; the record holds {:.3f} s",
                                 source->name_, Seconds(selection.offset),
                                 static_cast<double>(header.frames) / header.sampling_hz));
  }
  const WfdbFileGroup group = GroupOf(header, index);
  source->channel_in_file_ = index - group.first;
  const std::filesystem::path path = source->record_.directory / signal.file;
  source->stream_ = std::make_unique<std::ifstream>(path, std::ios::binary);
  source->file_.emplace(*source->stream_, path.string(), signal.format, signal.byte_offset,
                        group.size);
  RIG_TRY_ASSIGN(source->annotations_,
                 RecordTruth::Open(source->record_.annotations, header.sampling_hz));
  RIG_TRY_ASSIGN(source->condition_, source->annotations_.SkipTo(selection.offset.count()));
  return source;
}

Status RecordSource::Load(std::int64_t first, std::int64_t last) {
  const auto window_end = window_first_ + static_cast<std::int64_t>(window_.size());
  if (first >= window_first_ && last < window_end) return {};
  const std::int64_t frames = std::min(kWindowFrames, record_.header.frames - first);
  counts_.resize(static_cast<std::size_t>(frames) * file_->signals());
  RIG_TRY(file_->Read(first, counts_));
  window_first_ = first;
  window_.resize(static_cast<std::size_t>(frames));
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const std::int32_t count = counts_[i * file_->signals() + channel_in_file_];
    window_[i] = count == missing_mark_ ? std::nan("")
                                        : static_cast<double>(count - baseline_) * units_per_count_;
  }
  return {};
}

Result<double> RecordSource::Sample(RunTime t) {
  const WfdbHeader& header = record_.header;
  const auto ns = static_cast<double>((t - start_ + offset_).count());
  const double position = ns * header.sampling_hz / 1e9;
  const std::int64_t last = header.frames - 1;
  const bool inside = position >= 0.0 && position <= static_cast<double>(last);
  if (!inside) {
    return MakeError(
        Code::kOutOfRange,
        fmt::format("{}: no sample at {:.3f} s; the record holds {:.3f} s", name_, ns * 1e-9,
                    static_cast<double>(header.frames) / header.sampling_hz));
  }
  const auto i = static_cast<std::int64_t>(position);
  const double u = position - static_cast<double>(i);
  const std::int64_t before = std::max<std::int64_t>(0, i - 1);
  const std::int64_t next = std::min(last, i + 1);
  const std::int64_t after = std::min(last, i + 2);
  RIG_TRY(Load(before, after));
  const double a = Value(before);
  const double b = Value(i);
  const double c = Value(next);
  const double d = Value(after);
  const double value =
      b + 0.5 * u * (c - a + u * (2.0 * a - 5.0 * b + 4.0 * c - d + u * (3.0 * (b - c) + d - a)));
  if (value == value) return value;
  return MakeError(Code::kDataLoss,
                   fmt::format("{}: samples at {:.3f} s are marked as missing", name_, ns * 1e-9));
}

Status RecordSource::AppendTruth(RunTime first_sample, RunTime end,
                                 std::vector<TruthEvent>& truth) {
  truth_at_start_.Emit(condition_, first_sample, truth);
  recorded_truth_.clear();
  RIG_TRY(annotations_.ReadUntil((end - start_ + offset_).count(), recorded_truth_));
  for (TruthEvent& event : recorded_truth_) {
    event.t = std::max(event.t - offset_ + (start_ - RunTime()), std::min(first_sample, end));
    truth.push_back(std::move(event));
  }
  return {};
}

Status RecordSource::Render(RunTime start, Duration period, std::span<double> values,
                            std::vector<TruthEvent>& truth) {
  RIG_TRY(AppendTruth(start, start + period * static_cast<std::int64_t>(values.size()), truth));
  RunTime t = start;
  for (double& v : values) {
    RIG_TRY_ASSIGN(v, Sample(t));
    t += period;
  }
  return {};
}

}  // namespace rig

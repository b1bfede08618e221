#include "rig/engine/stimulus.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "rig/base/units.h"

namespace rig {
namespace {

// Large enough that per-block costs vanish, small enough that a block stays in the first-level
// cache.
constexpr std::size_t kBlockSamples = 256;

// First multiple of `period` at or after `t`.
RunTime OnGrid(RunTime t, Duration period) {
  const std::int64_t n = (Nanoseconds(t) + period.count() - 1) / period.count();
  return AtNanoseconds(n * period.count());
}

}  // namespace

Result<StimulusOutput> StimulusOutput::Create(const StimulusPort& port, TraceSink& sink) {
  StimulusOutput output(port, sink);
  output.period_ = port.injector->limits().period;
  RIG_TRY_ASSIGN(output.commanded_, sink.Declare("commanded." + port.signal, port.unit,
                                                 ChannelKind::kSampled, output.period_));
  RIG_TRY_ASSIGN(output.observed_, sink.Declare("observed." + port.signal, port.unit,
                                                ChannelKind::kSampled, output.period_));
  return output;
}

Status StimulusOutput::Write(std::span<const double> values) {
  volts_.resize(values.size());
  actual_.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    volts_[i] = port_.offset_v + port_.gain * values[i];
  }
  RIG_TRY_ASSIGN(const std::size_t clipped,
                 port_.injector->Write(port_.channel, written_until_, volts_, actual_));
  if (clipped > 0) {
    const auto [low, high] = std::minmax_element(volts_.begin(), volts_.end());
    const InjectorLimits limits = port_.injector->limits();
    return MakeError(
        Code::kOutOfRange,
        fmt::format("signal {} at {:.3f} s: {:.3f} V to {:.3f} V asked at the pin; the "
                    "injector can do {:.3f} V to {:.3f} V",
                    port_.signal, Seconds(written_until_), *low, *high, limits.low_v,
                    limits.high_v));
  }
  RIG_TRY(sink_->AppendSamples(commanded_, values));
  for (double& v : actual_) v = (v - port_.offset_v) / port_.gain;
  RIG_TRY(sink_->AppendSamples(observed_, actual_));
  written_until_ += period_ * static_cast<std::int64_t>(values.size());
  return {};
}

Status StimulusPlayer::RenderUntil(RunTime t) {
  while (output_.written_until() < t) {
    const bool due =
        !queue_.empty() && OnGrid(queue_.front().at, output_.period()) <= output_.written_until();
    if (due) {
      auto made = MakeSource(*queue_.front().play, context_, queue_.front().at);
      if (!made) return WithContext(made.error(), "signal " + context_.signal);
      source_ = std::move(*made);
      RIG_TRY(BeginTruth(*queue_.front().play));
      queue_.pop_front();
      continue;
    }
    RIG_TRY(RenderBlock(t));
  }
  return {};
}

Status StimulusPlayer::RenderBlock(RunTime t) {
  const RunTime start = output_.written_until();
  RunTime end = OnGrid(t, output_.period());
  if (!queue_.empty()) end = std::min(end, OnGrid(queue_.front().at, output_.period()));
  const auto missing = static_cast<std::size_t>((end - start) / output_.period());
  block_.assign(std::min(missing, kBlockSamples), 0.0);
  if (source_ != nullptr) {
    truth_.clear();
    const Status rendered = source_->Render(start, output_.period(), block_, truth_);
    if (!rendered) return WithContext(rendered.error(), "signal " + context_.signal);
    RIG_TRY(RecordTruth());
  }
  return output_.Write(block_);
}

// What the source before said and this one says nothing about is not known any more.
Status StimulusPlayer::BeginTruth(const v1::Play& play) {
  truth_names_ = TruthChannels(play, context_.unit);
  for (const auto& [what, id] : truth_channels_) {
    const bool goes_on = std::any_of(truth_names_.begin(), truth_names_.end(),
                                     [&](const auto& n) { return n.first == what; });
    if (goes_on) continue;
    RIG_TRY(
        sink_->AppendStep(id, output_.written_until(), std::numeric_limits<double>::quiet_NaN()));
  }
  return {};
}

Status StimulusPlayer::RecordTruth() {
  for (const TruthEvent& event : truth_) {
    auto known = truth_channels_.find(event.what);
    if (known == truth_channels_.end()) {
      const auto named = std::find_if(truth_names_.begin(), truth_names_.end(),
                                      [&](const auto& n) { return n.first == event.what; });
      const std::string unit = named == truth_names_.end() ? "1" : named->second;
      RIG_TRY_ASSIGN(const auto id, sink_->Declare("truth." + context_.signal + "." + event.what,
                                                   unit, ChannelKind::kStep));
      known = truth_channels_.emplace(event.what, id).first;
    }
    RIG_TRY(sink_->AppendStep(known->second, event.t, event.value));
  }
  return {};
}

}  // namespace rig

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

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

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

void StimulusOutput::Scale(std::span<const double> values) {
  volts_.resize(values.size());
  actual_.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double volts = AtFixture(values[i]);
    // Written so that what is no number stays so, and is refused later.
    volts_[i] = volts < port_.least_v ? port_.least_v : volts > port_.most_v ? port_.most_v : volts;
  }
}

StimulusOutput::Clipped StimulusOutput::CutOff(std::span<const double> values) const {
  const InjectorLimits limits = port_.injector->limits();
  Clipped cut;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double volts = AtFixture(values[i]);
    const bool in_pin_range =
        volts >= port_.least_v - port_.slack_v && volts <= port_.most_v + port_.slack_v;
    if (in_pin_range && limits.Reaches(volts_[i])) continue;
    ++cut.count;
    cut.last = written_until_ + period_ * static_cast<std::int64_t>(i);
  }
  return cut;
}

Status StimulusOutput::Write(std::span<const double> values, Clipping clipping) {
  Scale(values);
  const auto written = port_.injector->Write(port_.channel, written_until_, volts_, actual_);
  if (!written) return WithContext(written.error(), "signal " + port_.signal);
  const InjectorLimits limits = port_.injector->limits();
  const bool numbers =
      std::all_of(volts_.begin(), volts_.end(), [](double v) { return v - v == 0.0; });
  if (!numbers || (*written > 0 && clipping == Clipping::kRefused)) {
    const auto [low, high] = std::minmax_element(volts_.begin(), volts_.end());
    return MakeError(
        Code::kOutOfRange,
        fmt::format("signal {} at {:.3f} s: {:.3f} V to {:.3f} V asked at the pin; the "
                    "injector can do {:.3f} V to {:.3f} V",
                    port_.signal, Seconds(written_until_), *low, *high, limits.low_v,
                    limits.high_v));
  }
  const Clipped cut = CutOff(values);
  RIG_TRY(sink_->AppendSamples(commanded_, values));
  for (double& v : actual_) v = (v - port_.offset_v) / port_.gain;
  RIG_TRY(sink_->AppendSamples(observed_, actual_));
  written_until_ += period_ * static_cast<std::int64_t>(values.size());
  return cut.count == 0 ? Status{} : RecordClipped(cut);
}

Status StimulusOutput::ExpectClipping() {
  if (clipped_channel_) return {};
  return RecordClipped({0, written_until_});
}

Status StimulusOutput::RecordClipped(const Clipped& clipped) {
  clipped_ += clipped.count;
  if (!clipped_channel_) {
    RIG_TRY_ASSIGN(clipped_channel_,
                   sink_->Declare(fmt::format("truth.{}.{}", port_.signal, kClippedChannel), "1",
                                  ChannelKind::kStep));
  }
  return sink_->AppendStep(*clipped_channel_, clipped.last, static_cast<double>(clipped_));
}

Status StimulusOutput::ExpectPulses() {
  if (port_.pulses == nullptr) {
    return MakeError(Code::kFailedPrecondition,
                     "signal " + port_.signal + " has pulses, and its fixture injects none");
  }
  if (pulses_) return {};
  RIG_TRY_ASSIGN(pulses_, sink_->Declare(fmt::format("commanded.{}.pulse", port_.signal),
                                         port_.unit, ChannelKind::kStep));
  return sink_->AppendStep(*pulses_, written_until_, 0.0);
}

Status StimulusOutput::AddPulses(std::span<const Pulse> pulses) {
  for (const Pulse& pulse : pulses) {
    if (!pulses_) {
      return MakeError(Code::kInternal, "signal " + port_.signal + ": a pulse nobody expected");
    }
    Pulse at_pin = pulse;
    at_pin.height *= port_.gain;
    const Status added = port_.pulses->AddPulse(port_.channel, at_pin);
    if (!added) return WithContext(added.error(), "signal " + port_.signal);
    RIG_TRY(sink_->AppendStep(*pulses_, pulse.begin, pulse.height));
    RIG_TRY(sink_->AppendStep(*pulses_, pulse.begin + pulse.width, 0.0));
  }
  return {};
}

Status StimulusPlayer::RenderUntil(RunTime t) {
  while (output_.written_until() < t) {
    const bool due =
        !queue_.empty() && OnGrid(queue_.front().at, output_.period()) <= output_.written_until();
    if (due) {
      const v1::Play& play = *queue_.front().play;  // the scenario's own
      auto made = MakeSource(play, context_, queue_.front().at);
      if (!made) return WithContext(made.error(), "signal " + context_.signal);
      source_ = std::move(*made);
      const bool allowed = play.record().allow_clipping();
      clipping_ = allowed ? Clipping::kAllowed : Clipping::kRefused;
      RIG_TRY(BeginTruth(play));
      if (context_.body != nullptr && HasPulses(play, *context_.body)) {
        RIG_TRY(output_.ExpectPulses());
      }
      queue_.pop_front();
      if (allowed) RIG_TRY(output_.ExpectClipping());
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
    // Those of an instant at which the next source has begun are that one's.
    const RunTime last = start + output_.period() * static_cast<std::int64_t>(block_.size());
    pulses_.clear();
    const RunTime next = queue_.empty() ? RunTime::max() : queue_.front().at;
    source_->TakePulses(std::min(last, next), pulses_);
    std::erase_if(pulses_, [&](const Pulse& pulse) { return pulse.begin >= next; });
    RIG_TRY(output_.AddPulses(pulses_));
  }
  return output_.Write(block_, clipping_);
}

Status StimulusPlayer::BeginTruth(const v1::Play& play) {
  truth_units_.clear();
  for (const auto& [what, unit] : TruthChannels(play)) truth_units_[what] = unit;
  for (const auto& [what, id] : truth_channels_) {
    if (truth_units_.contains(what)) continue;
    RIG_TRY(sink_->AppendStep(id, output_.written_until(), kNotKnown));
  }
  return {};
}

Status StimulusPlayer::RecordTruth() {
  for (const TruthEvent& event : truth_) {
    const auto unit = truth_units_.find(event.what);
    RIG_TRY(RecordTruthOf(event.what, unit == truth_units_.end() ? "1" : unit->second, event.t,
                          event.value));
  }
  return {};
}

Status StimulusPlayer::RecordTruthOf(std::string_view what, const std::string& unit, RunTime t,
                                     double value) {
  auto known = truth_channels_.find(what);
  if (known == truth_channels_.end()) {
    RIG_TRY_ASSIGN(const auto id, sink_->Declare(fmt::format("truth.{}.{}", context_.signal, what),
                                                 unit, ChannelKind::kStep));
    known = truth_channels_.emplace(std::string(what), id).first;
  }
  return sink_->AppendStep(known->second, t, value);
}

}  // namespace rig

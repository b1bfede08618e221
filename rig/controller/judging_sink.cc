#include "rig/controller/judging_sink.h"

#include <algorithm>

namespace rig {

bool JudgingSink::HasFailedBefore(RunTime settled) {
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    if (decided_[i]) continue;
    monitors_[i]->Reach(settled - Duration(1));
    decided_[i] = monitors_[i]->Decided();
  }
  return std::any_of(decided_.begin(), decided_.end(),
                     [](const auto& verdict) { return verdict == v1::FAIL; });
}

Result<TraceSink::ChannelId> JudgingSink::Declare(std::string_view name, std::string_view unit,
                                                  ChannelKind kind, Duration period,
                                                  RunTime start) {
  RIG_TRY_ASSIGN(const ChannelId id, next_.Declare(name, unit, kind, period, start));
  if (channels_.size() <= id) channels_.resize(id + 1);
  if (channels_[id].name.empty()) channels_[id] = {std::string(name), period, start};
  return id;
}

void JudgingSink::Add(const Channel& channel, RunTime t, double value) {
  for (const auto& monitor : monitors_) monitor->Add(channel.name, t, value);
}

Status JudgingSink::AppendSamples(ChannelId id, std::span<const double> values) {
  Channel& channel = channels_[id];
  for (const double value : values) {
    // The trace holds samples with 24 bits.
    Add(channel, channel.next_sample, static_cast<double>(static_cast<float>(value)));
    channel.next_sample += channel.period;
  }
  return next_.AppendSamples(id, values);
}

Status JudgingSink::AppendStep(ChannelId id, RunTime t, double value) {
  Add(channels_[id], t, value);
  return next_.AppendStep(id, t, value);
}

Status JudgingSink::AppendText(ChannelId id, RunTime t, std::string_view text) {
  return next_.AppendText(id, t, text);
}

Status JudgingSink::AdvanceTo(RunTime t) { return next_.AdvanceTo(t); }

}  // namespace rig

#include "rig/check/formula/monitor.h"

#include <cmath>

namespace rig::check {

Monitor::Monitor(Formula formula, UncertaintyOf uncertainty_of)
    : formula_(std::move(formula)),
      uncertainty_of_(std::move(uncertainty_of)),
      missing_(formula_.channels().begin(), formula_.channels().end()) {
  Network network(
      [this](const std::string& channel, Range range) {
        auto live = std::make_unique<LiveChannel>(range, timeline_);
        channels_[channel].push_back(live.get());
        return live;
      },
      timeline_);
  network.set_uncertainty(&uncertainty_of_);
  root_ = network.RobustnessOf(formula_.root(), {0, 0});
}

void Monitor::Add(std::string_view channel, RunTime t, double value) {
  const auto found = channels_.find(channel);
  if (found == channels_.end()) return;
  if (const auto missing = missing_.find(channel); missing != missing_.end()) {
    missing_.erase(missing);
  }
  const Position begin = std::max<Position>(0, At(t));
  for (LiveChannel* live : found->second) {
    live->Add(begin, std::isfinite(value) ? value : kUnknown);
  }
}

void Monitor::Reach(RunTime t) { timeline_.reached = std::max(timeline_.reached, At(t)); }

void Monitor::End(RunTime end) {
  Reach(end);
  timeline_.end = At(end);
}

Bounds Monitor::Outlook() { return root_->Outlook(); }

std::optional<v1::Verdict> Monitor::Decided() {
  if (!missing_.empty()) return std::nullopt;
  const Bounds outlook = Outlook();
  if (outlook.low > 0) return v1::PASS;
  if (outlook.high < 0) return v1::FAIL;
  return std::nullopt;
}

}  // namespace rig::check

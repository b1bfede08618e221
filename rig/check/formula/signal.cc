#include "rig/check/formula/signal.h"

#include <algorithm>
#include <cmath>

namespace rig::check {

void Signal::Add(std::span<const StepPoint> points) {
  for (const StepPoint& point : points) {
    const Position begin = std::max<Position>(0, At(point.t));
    Append(steps_, begin, std::isfinite(point.value) ? point.value : kUnknown);
  }
}

Result<Signals> LoadSignals(const TraceReader& trace, const std::set<std::string>& names) {
  constexpr std::size_t kBlock = 65536;
  Signals signals;
  signals.end = trace.end();
  for (const std::string& name : names) {
    const v1::ChannelIndex* channel = trace.Find(name);
    if (channel == nullptr || channel->kind() == v1::TEXT) continue;
    Signal signal;
    RIG_TRY(trace.ForEachBlock(name, kBlock, [&](std::span<const StepPoint> points) {
      signal.Add(points);
      return true;
    }));
    signals.channels.emplace(name, std::move(signal));
  }
  return signals;
}

}  // namespace rig::check

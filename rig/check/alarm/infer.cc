#include "rig/check/alarm/infer.h"

#include <fmt/format.h>

namespace rig::check {
namespace {

using Check = v1::AlarmSignalCheck;

constexpr std::int64_t kLongestIntervalNs = 30'000'000'000;

InferredPriority OfBurst(const Burst& burst) {
  const std::size_t count = burst.pulses.size();
  const std::string groups = GroupsOf(burst);
  if (count == 10 && groups == "3-2-3-2") return {Check::HIGH, false, "ten pulses, " + groups};
  if (count == 3) return {Check::MEDIUM, false, "three pulses"};
  if (count <= 2) return {Check::LOW, false, "one or two pulses"};
  return {Check::PRIORITY_UNSET, true, fmt::format("{} pulses, {}", count, groups)};
}

}  // namespace

InferredPriority InferFromSound(const SoundTrack& track, const std::vector<Burst>& bursts,
                                Span span) {
  if (!track.unknown.empty()) return {Check::PRIORITY_UNSET, false, track.unknown};
  if (bursts.empty()) {
    if (span.until_ns - span.from_ns < kLongestIntervalNs) {
      return {Check::PRIORITY_UNSET, false, "silent, for less than 30 s"};
    }
    return {Check::NONE, false, "silent"};
  }
  InferredPriority inferred;
  inferred.why = "no whole burst";
  for (const Burst& burst : bursts) {
    if (!burst.complete) continue;
    InferredPriority next = OfBurst(burst);
    if (next.unlike_any) return next;
    if (inferred.priority == Check::PRIORITY_UNSET) {
      inferred = next;
    } else if (inferred.priority != next.priority) {
      return {Check::PRIORITY_UNSET, true,
              fmt::format("bursts of {} and of {}", inferred.why, next.why)};
    }
  }
  return inferred;
}

InferredPriority InferFromLight(const std::vector<Lamp>& lamps) {
  InferredPriority inferred{Check::NONE, false, "all dark"};
  const Lamp* lit = nullptr;
  for (const Lamp& lamp : lamps) {
    const LampState state = StateOf(lamp);
    if (state == LampState::kNotKnown) return {Check::PRIORITY_UNSET, false, lamp.times.unknown};
    if (state == LampState::kDark) continue;
    const std::string colour(ColourText(lamp.colour));
    const bool flashes = state == LampState::kFlashing;
    const std::string how = colour + (flashes ? " flashing" : " steady");
    if (lit != nullptr) {
      return {Check::PRIORITY_UNSET, true, fmt::format("{} and {}", inferred.why, how)};
    }
    lit = &lamp;
    inferred = {Check::PRIORITY_UNSET, true, how};
    if (lamp.colour == LampColour::kRed && flashes) inferred = {Check::HIGH, false, how};
    if (lamp.colour == LampColour::kYellow && flashes) inferred = {Check::MEDIUM, false, how};
    if (lamp.colour != LampColour::kRed && !flashes) inferred = {Check::LOW, false, how};
  }
  return inferred;
}

std::string ShowInferred(const InferredPriority& inferred) {
  if (inferred.unlike_any) return fmt::format("unlike any priority ({})", inferred.why);
  if (inferred.priority == Check::PRIORITY_UNSET) return fmt::format("unknown ({})", inferred.why);
  return fmt::format("{} ({})", PriorityText(inferred.priority), inferred.why);
}

}  // namespace rig::check

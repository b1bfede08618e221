#pragma once

#include <string>
#include <vector>

#include "rig/check/alarm/measure/light.h"
#include "rig/check/alarm/measure/sound.h"

namespace rig::check {

// What a listener or onlooker takes the priority for.
struct InferredPriority {
  // PRIORITY_UNSET: cannot be told; `why` says why. `unlike_any`: it was seen, and is no
  // priority's.
  AlarmPriority priority = v1::AlarmSignalCheck::PRIORITY_UNSET;
  bool unlike_any = false;
  std::string why;
};

// From the whole bursts of a span: ten pulses in groups 3-2-3-2 high, three medium, one or two low,
// silence over at least 30 s (the longest interval of a priority that must sound) none.
InferredPriority InferFromSound(const SoundTrack& track, const std::vector<Burst>& bursts,
                                Span span);

// Red flashing high, yellow flashing medium, yellow or cyan steady low, all dark none; the flash
// rate is a limit of its own.
InferredPriority InferFromLight(const std::vector<Lamp>& lamps);

// "high (ten pulses in groups of 3-2-3-2)", "unlike any priority (...)", "unknown (...)"
std::string ShowInferred(const InferredPriority& inferred);

}  // namespace rig::check

#include "rig/engine/agenda.h"

namespace rig {

void Agenda::At(RunTime t, Action action) { entries_.push({t, entered_++, std::move(action)}); }

std::optional<RunTime> Agenda::next() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.top().t;
}

Agenda::Action Agenda::Take(RunTime t) {
  if (entries_.empty() || entries_.top().t > t) return {};
  Action action = entries_.top().action;
  entries_.pop();
  return action;
}

}  // namespace rig

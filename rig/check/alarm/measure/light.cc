#include "rig/check/alarm/measure/light.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rig::check {
namespace {

using Q = AlarmQuantity;

double ToSeconds(std::int64_t ns) { return 1e-9 * static_cast<double>(ns); }

bool Belongs(LampColour colour, AlarmPriority priority) {
  switch (priority) {
    case v1::AlarmSignalCheck::HIGH:
      return colour == LampColour::kRed;
    case v1::AlarmSignalCheck::MEDIUM:
      return colour == LampColour::kYellow;
    case v1::AlarmSignalCheck::LOW:
      return colour != LampColour::kRed;
    default:
      return false;
  }
}

Measured Missing(std::string why) {
  Measured measured;
  measured.missing = std::move(why);
  return measured;
}

Measured Violation(std::string what, std::int64_t at_ns) {
  Measured measured;
  measured.violation = std::move(what);
  measured.violation_ns = at_ns;
  return measured;
}

std::string NameOf(const Lamp& lamp) { return fmt::format("the {} lamp", ColourText(lamp.colour)); }

// Whether the right lamps and only those were lit at all.
Measured MeasureColour(const AlarmLimit& limit, const std::vector<Lamp>& lamps, Span span) {
  bool expected_lit = limit.quantity == Q::kLampsDark;
  Measured measured;
  for (const Lamp& lamp : lamps) {
    const LampState state = StateOf(lamp);
    if (state == LampState::kNotKnown) {
      measured.missing = fmt::format("{} is {}", lamp.channel, lamp.times.unknown);
      continue;
    }
    if (state == LampState::kDark) continue;
    if (!Belongs(lamp.colour, limit.priority)) {
      return Violation(NameOf(lamp) + " was lit", lamp.times.on.front().begin_ns);
    }
    expected_lit = true;
    measured.observation = NameOf(lamp) + " was lit, no other";
  }
  if (!measured.missing.empty()) return measured;
  if (!expected_lit) return Violation("it stayed dark", span.from_ns);
  if (limit.quantity == Q::kLampsDark) measured.observation = "all stayed dark";
  return measured;
}

void MeasureRate(const Lamp& lamp, Span span, Measured& measured) {
  const OnTimes& times = lamp.times;
  const auto rate = [&](double period_s, std::int64_t at_ns, Bound bound) {
    return MeasuredValue{1 / period_s, at_ns, lamp.uncertainty_s / (period_s * period_s), bound};
  };
  std::int64_t last_ns = span.from_ns;
  bool rose = false;
  for (const OnTime& on : times.on) {
    if (!on.begin_seen) continue;
    const double period_s = ToSeconds(on.begin_ns - last_ns);
    if (period_s > 0) {
      measured.values.push_back(rate(period_s, on.begin_ns, rose ? Bound::kExact : Bound::kAtMost));
    }
    last_ns = on.begin_ns;
    rose = true;
  }
  if (span.until_ns > last_ns) {
    measured.values.push_back(
        rate(ToSeconds(span.until_ns - last_ns), span.until_ns, Bound::kAtMost));
  }
}

void MeasureDuty(const Lamp& lamp, Measured& measured) {
  const OnTimes& times = lamp.times;
  for (std::size_t i = 0; i + 1 < times.on.size(); ++i) {
    const OnTime& on = times.on[i];
    if (!on.begin_seen) continue;
    const double lit_s = ToSeconds(on.end_ns - on.begin_ns);
    const double period_s = ToSeconds(times.on[i + 1].begin_ns - on.begin_ns);
    const double duty = lit_s / period_s;
    const double uncertainty = lamp.uncertainty_s / period_s * std::hypot(1.0, duty);
    measured.values.push_back({duty, on.begin_ns, uncertainty, Bound::kExact});
  }
}

Measured MeasureSteady(const std::vector<const Lamp*>& lamps) {
  Measured measured;
  for (const Lamp* lamp : lamps) {
    if (StateOf(*lamp) == LampState::kFlashing) {
      const OnTime& on = lamp->times.on.front();
      return Violation(NameOf(*lamp) + (on.begin_seen ? " came on" : " went dark"),
                       on.begin_seen ? on.begin_ns : on.end_ns);
    }
    if (StateOf(*lamp) == LampState::kSteady) measured.observation = NameOf(*lamp) + " was steady";
  }
  return measured;
}

}  // namespace

std::string_view ColourText(LampColour colour) {
  switch (colour) {
    case LampColour::kRed:
      return "red";
    case LampColour::kYellow:
      return "yellow";
    case LampColour::kCyan:
      break;
  }
  return "cyan";
}

LampState StateOf(const Lamp& lamp) {
  if (!lamp.times.unknown.empty()) return LampState::kNotKnown;
  const auto& on = lamp.times.on;
  if (on.empty()) return LampState::kDark;
  const bool steady = on.size() == 1 && !on[0].begin_seen && !on[0].end_seen;
  return steady ? LampState::kSteady : LampState::kFlashing;
}

Measured MeasureLight(const AlarmLimit& limit, const std::vector<Lamp>& lamps, Span span) {
  std::vector<const Lamp*> own;
  for (const Lamp& lamp : lamps) {
    if (Belongs(lamp.colour, limit.priority)) own.push_back(&lamp);
  }
  const bool needs_own = limit.quantity != Q::kLampsDark;
  if (lamps.empty() || (needs_own && own.empty())) {
    return Missing(fmt::format("no lamp of priority {} is named", PriorityText(limit.priority)));
  }
  if (limit.quantity == Q::kLampColour || limit.quantity == Q::kLampsDark) {
    return MeasureColour(limit, lamps, span);
  }
  for (const Lamp* lamp : own) {
    if (!lamp->times.unknown.empty()) {
      return Missing(fmt::format("{} is {}", lamp->channel, lamp->times.unknown));
    }
  }
  if (limit.quantity == Q::kLampSteady) {
    Measured measured = MeasureSteady(own);
    const bool nothing = measured.violation.empty() && measured.observation.empty();
    return nothing ? Violation("none was lit", span.from_ns) : measured;
  }
  Measured measured;
  if (limit.quantity == Q::kFlashRate) {
    MeasureRate(*own.front(), span, measured);
  } else {
    MeasureDuty(*own.front(), measured);
  }
  const bool exact = std::any_of(measured.values.begin(), measured.values.end(),
                                 [](const MeasuredValue& v) { return v.bound == Bound::kExact; });
  if (!exact) measured.missing = NameOf(*own.front()) + " made no whole flash";
  return measured;
}

}  // namespace rig::check

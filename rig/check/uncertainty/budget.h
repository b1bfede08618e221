#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "rig/v1/record.pb.h"
#include "rig/v1/uncertainty.pb.h"

namespace rig::uncertainty {

// Standard uncertainty of one component in the channel's unit: |sensitivity| * half_width over 2
// (normal, k = 2), root 3 (rectangular) or root 6 (triangular). Infinite for a distribution that is
// not set, a negative half-width, or a number that is none. Source: GUM 4.3.
double StandardUncertainty(const v1::UncertaintyComponent& component);

// Fills in the standard uncertainty of every component and the sums, components taken as
// independent. A quantised reading is a rectangular component of half a step, step / root 12.
void Complete(v1::UncertaintyBudget& budget);

// Complete budgets by channel. A channel without one is known to the rig exactly.
using Budgets = std::map<std::string, v1::UncertaintyBudget, std::less<>>;

// Expanded uncertainty (k = 2) of a channel's value in its SI unit.
double Expanded(const Budgets& budgets, std::string_view channel);

// Expanded uncertainty (k = 2), in seconds, of a span of `span_s` between changes of these
// channels. Time stamps enter once for every time a channel is named (twice: both ends of the span
// are changes of it), a channel's clock once, with the whole span.
double TimeUncertainty(const Budgets& budgets, std::span<const std::string> channels,
                       double span_s);

}  // namespace rig::uncertainty

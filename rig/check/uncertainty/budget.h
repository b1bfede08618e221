#pragma once

#include <span>

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

// Expanded uncertainty, k = 2, in seconds, of a span of `span_s` between changes of these channels.
// Every channel's time stamps enter once, and every clock with the whole span.
double TimeUncertainty(std::span<const v1::UncertaintyBudget> channels, double span_s);

}  // namespace rig::uncertainty

#pragma once

#include <string_view>

#include "rig/v1/bench.pb.h"
#include "rig/v1/uncertainty.pb.h"

namespace rig {

// The lines of a channel's uncertainty budget as the bench file tells them, standard uncertainties
// and sums still open. "observed.*": calibration, drift and resolution of the fixture, its time
// stamps and its clock; a fixture without calibration is a model and exact. "truth.<stimulus>.*":
// what happens between two updates of the injector reaches the pin with the next. "commanded.*" is
// what was asked and "device.*" what the device says; both are what they are.
v1::UncertaintyBudget UncertaintyComponents(const v1::Bench& bench, std::string_view channel);

}  // namespace rig

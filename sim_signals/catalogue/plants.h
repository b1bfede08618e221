#pragma once

#include <memory>

#include "rig/base/result.h"
#include "rig/v1/plants.pb.h"
#include "sim_signals/plant.h"

namespace rig {

// The model a scenario's plant asks for. Errors: INVALID_ARGUMENT.
Result<std::unique_ptr<PlantModel>> MakePlant(const v1::Plant& plant);

}  // namespace rig

#pragma once

#include <cstdint>
#include <memory>

#include "rig/base/result.h"
#include "rig/v1/plants.pb.h"
#include "sim_signals/body/course.h"
#include "sim_signals/plant.h"

namespace rig {

// The run's patient, for plants that are part of it.
struct PlantContext {
  const BodyCourse* body = nullptr;  // outlives the plant; none: there is no patient
  std::uint64_t seed = 0;            // of the run
};

// The model a scenario's plant asks for. Errors: INVALID_ARGUMENT.
Result<std::unique_ptr<PlantModel>> MakePlant(const v1::Plant& plant,
                                              const PlantContext& context = {});

}  // namespace rig

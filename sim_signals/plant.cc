#include "sim_signals/plant.h"

#include "sim_signals/infusion_line.h"

namespace rig {

Result<std::unique_ptr<PlantModel>> MakePlant(const v1::Plant& plant) {
  switch (plant.model_case()) {
    case v1::Plant::kInfusionLine:
      return InfusionLine::Create(plant);
    case v1::Plant::MODEL_NOT_SET:
      break;
  }
  return MakeError(Code::kInvalidArgument,
                   "plant " + plant.name() + ": names no model; expected infusion_line");
}

}  // namespace rig

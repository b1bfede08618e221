#include "sim_signals/catalogue/plants.h"

#include "sim_signals/brain/stimulated_brain.h"
#include "sim_signals/circulation/cuff_plant.h"
#include "sim_signals/infusion_line.h"
#include "sim_signals/lung/ventilated_lung.h"
#include "sim_signals/metabolism/glucose_patient.h"

namespace rig {

Result<std::unique_ptr<PlantModel>> MakePlant(const v1::Plant& plant, const PlantContext& context) {
  switch (plant.model_case()) {
    case v1::Plant::kInfusionLine:
      return InfusionLine::Create(plant);
    case v1::Plant::kBrain:
      return StimulatedBrain::Create(plant);
    case v1::Plant::kGlucose:
      return GlucosePatient::Create(plant);
    case v1::Plant::kLung:
      return VentilatedLung::Create(plant);
    case v1::Plant::kCuff:
      return CuffPlant::Create(plant, context.body, context.seed);
    case v1::Plant::MODEL_NOT_SET:
      break;
  }
  return MakeError(Code::kInvalidArgument,
                   "plant " + plant.name() +
                       ": names no model; expected infusion_line, brain, glucose, "
                       "lung or cuff");
}

}  // namespace rig

#include "sim_signals/artefact/artefact.h"

#include <fmt/format.h>

#include "rig/base/units.h"
#include "sim_signals/artefact/disturbances.h"
#include "sim_signals/artefact/faults.h"

namespace rig {
namespace {

using Made = Result<std::unique_ptr<ArtefactModel>>;

// What artefacts of one signal are made with.
struct Maker {
  const std::string& unit;
  std::uint64_t seed;
  const std::string& name;
  bool has_snr;

  // Where °C may stand is the schema's to say.
  Result<double> ValueOf(const std::string& text) const {
    RIG_TRY_ASSIGN(const PhysicalQuantity quantity, ParsePoint(text));
    RIG_TRY_ASSIGN(const Unit expected, ParseUnit(unit));
    if (quantity.dimension == expected.dimension) return quantity.si;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("\"{}\" in an artefact is no value in {}", text, unit));
  }
  RandomStream Stream() const { return {seed, name}; }
  std::uint64_t Key() const { return StreamKey(seed, name); }

  // How large a disturbance is; 1 where its ratio to the signal is given instead.
  template <typename Model, typename... Arguments>
  Made MakeSized(const std::string& text, Arguments... arguments) const {
    if (text.empty() != has_snr) {
      return MakeError(Code::kInvalidArgument,
                       "an artefact of this kind; expected its size or its snr, one of both");
    }
    if (has_snr) return std::make_unique<Model>(1.0, arguments...);
    RIG_TRY_ASSIGN(const double size, ValueOf(text));
    if (size >= 0.0) return std::make_unique<Model>(size, arguments...);
    return MakeError(Code::kInvalidArgument,
                     fmt::format("\"{}\" as the size of an artefact; expected 0 or more", text));
  }

  // What a signal is then.
  template <typename Model, typename... Arguments>
  Made Make(const std::string& text, Arguments... arguments) const {
    RIG_TRY_ASSIGN(const double value, ValueOf(text));
    return std::make_unique<Model>(value, arguments...);
  }

  Made MakeDisturbance(const v1::Artefact& artefact) const {
    switch (artefact.kind_case()) {
      case v1::Artefact::kMains:
        return MakeSized<MainsPickup>(artefact.mains().amplitude(), artefact.mains().frequency(),
                                      Stream());
      case v1::Artefact::kBaseline:
        return MakeSized<BaselineWander>(artefact.baseline().amplitude(),
                                         artefact.baseline().frequency(), Stream());
      case v1::Artefact::kWhite:
        return MakeSized<WhiteNoise>(artefact.white().rms(), Key());
      case v1::Artefact::kMuscle:
        return MakeSized<MuscleActivity>(artefact.muscle().rms(), Stream());
      case v1::Artefact::kElectrodeMotion:
        return MakeSized<ElectrodeSteps>(artefact.electrode_motion().amplitude(),
                                         artefact.electrode_motion().rate(), Key());
      case v1::Artefact::kDefibrillation:
        return Make<AfterShock>(artefact.defibrillation().rail(),
                                Seconds(Duration(artefact.defibrillation().recovery())));
      case v1::Artefact::kElectrosurgery:
        return MakeSized<ElectrosurgeryBursts>(artefact.electrosurgery().rms(),
                                               Duration(artefact.electrosurgery().period()),
                                               artefact.electrosurgery().on(), Key());
      default:
        return MakeError(Code::kInvalidArgument, "artefact names no kind");
    }
  }

  Made MakeSaturation(const v1::Saturation& limits) const {
    RIG_TRY_ASSIGN(const double low, ValueOf(limits.low()));
    RIG_TRY_ASSIGN(const double high, ValueOf(limits.high()));
    if (low <= high) return std::make_unique<LimitedValue>(low, high);
    return MakeError(Code::kInvalidArgument,
                     fmt::format("saturation from {} to {}; expected low below high", limits.low(),
                                 limits.high()));
  }

  Made MakeFault(const v1::Artefact& artefact) const {
    switch (artefact.kind_case()) {
      case v1::Artefact::kOff:
        return Make<OffLevel>(artefact.off().level());
      case v1::Artefact::kElectrodeOff:
        return Make<ElectrodeOffDrift>(artefact.electrode_off().rail(), Stream().Uniform());
      case v1::Artefact::kStuck:
        return std::make_unique<StuckValue>();
      case v1::Artefact::kWrongScale:
        return std::make_unique<ScaledValue>(artefact.wrong_scale().factor());
      case v1::Artefact::kDrift: {
        RIG_TRY_ASSIGN(const double per_minute, ValueOf(artefact.drift().per_minute()));
        return std::make_unique<DriftingValue>(per_minute / 60.0);
      }
      case v1::Artefact::kSlow:
        return std::make_unique<SlowedValue>(Seconds(Duration(artefact.slow().time_constant())));
      case v1::Artefact::kDelayed:
        return std::make_unique<DelayedValue>(Duration(artefact.delayed().by()));
      case v1::Artefact::kIntermittent:
        return Make<LooseContact>(artefact.intermittent().level(), artefact.intermittent().rate(),
                                  Seconds(Duration(artefact.intermittent().length())), Key());
      case v1::Artefact::kSaturation:
        return MakeSaturation(artefact.saturation());
      default:
        return MakeDisturbance(artefact);
    }
  }
};

}  // namespace

Status CheckArtefact(const v1::Artefact& artefact) {
  if (artefact.until() <= artefact.from()) {
    return MakeError(Code::kInvalidArgument,
                     "an artefact that ends where it begins; expected until after from");
  }
  if ((artefact.on_for() == 0) != (artefact.off_for() == 0)) {
    return MakeError(Code::kInvalidArgument,
                     "an artefact with one of on_for and off_for; expected both");
  }
  const bool added =
      artefact.kind_case() <= v1::Artefact::kRecord && !artefact.has_defibrillation();
  if (artefact.snr().empty() || added) return {};
  return MakeError(Code::kInvalidArgument,
                   "snr of an artefact that is not on top of the signal; expected none");
}

bool IsFault(const v1::Artefact& artefact) {
  return artefact.kind_case() >= v1::Artefact::kOff;  // the schema lists them last
}

Result<std::unique_ptr<ArtefactModel>> MakeArtefact(const v1::Artefact& artefact,
                                                    const std::string& unit, std::uint64_t seed,
                                                    const std::string& name) {
  return Maker{unit, seed, name, !artefact.snr().empty()}.MakeFault(artefact);
}

}  // namespace rig

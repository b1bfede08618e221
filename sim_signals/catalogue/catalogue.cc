#include "sim_signals/catalogue/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "rig/base/units.h"
#include "sim_signals/artefact/artefact.h"
#include "sim_signals/brain/ecog_source.h"
#include "sim_signals/circulation/ppg_source.h"
#include "sim_signals/circulation/pressure_source.h"
#include "sim_signals/ecg/ecg_source.h"
#include "sim_signals/levels.h"
#include "sim_signals/lung/airway_source.h"
#include "sim_signals/metabolism/cgm_source.h"
#include "sim_signals/random.h"
#include "sim_signals/record_source.h"
#include "sim_signals/respiration/capnogram_source.h"
#include "sim_signals/respiration/impedance_source.h"
#include "sim_signals/temperature/thermistor.h"

namespace rig {
namespace {

// A quantity written in the scenario, in the signal's own unit. Where °C may stand is the schema's
// to say.
Result<double> ValueInUnitOf(const std::string& text, const SourceContext& context) {
  RIG_TRY_ASSIGN(const PhysicalQuantity quantity, ParsePoint(text));
  RIG_TRY_ASSIGN(const Unit unit, ParseUnit(context.unit));
  if (quantity.dimension != unit.dimension) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("\"{}\" is no value in {}, the unit of signal {}", text,
                                 context.unit, context.signal));
  }
  return quantity.si;
}

// Whether a signal of the body can begin.
Status CheckPatient(const SourceContext& context, RunTime start) {
  const bool there = context.body != nullptr && !context.body->empty() &&
                     context.body->rhythm.front().first <= start;
  if (there) return {};
  return MakeError(Code::kInvalidArgument,
                   fmt::format("signal {} without a patient; expected a body step with a rhythm at "
                               "its begin or before",
                               context.signal));
}

template <typename Source, typename Message>
Result<std::unique_ptr<SignalSource>> MakeOfBody(const Message& message,
                                                 const SourceContext& context, RunTime start) {
  RIG_TRY(CheckPatient(context, start));
  return std::make_unique<Source>(message, *context.body, context.seed, start);
}

Result<std::unique_ptr<SignalSource>> MakePpg(const v1::Ppg& ppg, const SourceContext& context,
                                              RunTime start) {
  const auto& curve = ppg.calibration();
  bool falls = curve.size() != 1;
  for (int i = 1; i < curve.size(); ++i) {
    falls = falls && curve[i].saturation() < curve[i - 1].saturation() &&
            curve[i].ratio() > curve[i - 1].ratio();
  }
  if (!falls) {
    return MakeError(Code::kInvalidArgument,
                     "a calibration that does not fall; expected two points or more by falling "
                     "saturation and rising ratio");
  }
  return MakeOfBody<PpgSource>(ppg, context, start);
}

Result<std::unique_ptr<SignalSource>> MakeLevel(const v1::Play& play, const SourceContext& context,
                                                RunTime start) {
  LevelSource::Course course{};
  if (play.has_constant()) {
    RIG_TRY_ASSIGN(course.to, ValueInUnitOf(play.constant().value(), context));
    course.from = course.to;
  } else {
    RIG_TRY_ASSIGN(course.from, ValueInUnitOf(play.ramp().from(), context));
    RIG_TRY_ASSIGN(course.to, ValueInUnitOf(play.ramp().to(), context));
    course.over = Duration(play.ramp().over());
  }
  return std::make_unique<LevelSource>(context.unit, course, start);
}

Result<std::unique_ptr<SignalSource>> MakeRecord(const v1::Record& record,
                                                 const SourceContext& context, RunTime start) {
  RecordSource::Selection selection;
  selection.file = context.directory / record.file();
  selection.channel = record.channel();
  selection.offset = Duration(record.start());
  selection.gain = record.gain();
  selection.rate_hz = record.sampling_rate();
  selection.stated_unit = record.unit();
  if (!record.offset().empty()) {
    RIG_TRY_ASSIGN(selection.offset_si, ValueInUnitOf(record.offset(), context));
  }
  const bool usable = record.gain() != 0.0 && record.gain() - record.gain() == 0.0;
  if (!usable) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{}: gain {}; expected a number other than 0", record.file(), record.gain()));
  }
  return RecordSource::Open(selection, context.unit, start);
}

Result<std::unique_ptr<SignalSource>> MakeClean(const v1::Play& play, const SourceContext& context,
                                                RunTime start) {
  switch (play.source_case()) {
    case v1::Play::kEcg:
      return MakeOfBody<EcgSource>(play.ecg(), context, start);
    case v1::Play::kPpg:
      return MakePpg(play.ppg(), context, start);
    case v1::Play::kBloodPressure:
      return MakeOfBody<PressureSource>(play.blood_pressure(), context, start);
    case v1::Play::kImpedance:
      return MakeOfBody<ImpedanceSource>(play.impedance(), context, start);
    case v1::Play::kCapnogram:
      return MakeOfBody<CapnogramSource>(play.capnogram(), context, start);
    case v1::Play::kConstant:
    case v1::Play::kRamp:
      return MakeLevel(play, context, start);
    case v1::Play::kRecord:
      return MakeRecord(play.record(), context, start);
    case v1::Play::kEcog: {
      // The seizure's stream has no signal's name: electrodes of one brain share it.
      const EcogSource::Keys keys = {StreamKey(context.seed, "ecog/seizure"),
                                     StreamKey(context.seed, context.signal + "/ecog")};
      return EcogSource::Create(play.ecog(), keys, start);
    }
    case v1::Play::kCgm:
      return CgmSource::Create(play.cgm(), StreamKey(context.seed, context.signal + "/cgm"), start);
    case v1::Play::kThermistor:
      return ThermistorSource::Create(play.thermistor(), context.unit, start);
    case v1::Play::kAirway:
      return AirwaySource::Create(play.airway(), start);
    case v1::Play::SOURCE_NOT_SET:
      break;
  }
  return MakeError(Code::kInvalidArgument, "play names no source");
}

// The source seen through the step's artefacts. Random numbers are named after kind and place among
// those of its kind, so that one more artefact leaves the others' as they were.
Result<std::unique_ptr<SignalSource>> Disturb(std::unique_ptr<SignalSource> source,
                                              const v1::Play& play, const SourceContext& context,
                                              RunTime start) {
  std::map<v1::Artefact::KindCase, int> seen;
  std::vector<DisturbedSource::Layer> layers;
  for (const v1::Artefact& artefact : play.artefacts()) {
    const auto kind = artefact.kind_case();
    const std::string name =
        fmt::format("{}/artefact {}[{}]", context.signal, static_cast<int>(kind), seen[kind]++);
    RIG_TRY_ASSIGN(auto model, MakeArtefact(artefact, context.unit, context.seed, name));
    layers.push_back({AtNanoseconds(artefact.from()), AtNanoseconds(artefact.until()),
                      std::move(model), IsFault(artefact), artefact.has_electrode_off()});
  }
  return std::make_unique<DisturbedSource>(std::move(source), std::move(layers), start);
}

using Channels = std::vector<std::pair<std::string, std::string>>;

Channels TruthOfSource(const v1::Play& play) {
  const Channels heart = {{"beat", "1"},
                          {"rate", "Hz"},
                          {"asystole", "1"},
                          {"ventricular_fibrillation", "1"},
                          {"ventricular_tachycardia", "1"},
                          {"electrode_off", "1"},
                          {"unreadable", "1"},
                          {"recorded", "1"}};
  switch (play.source_case()) {
    case v1::Play::kEcg: {
      Channels channels = heart;
      channels.insert(channels.end(), {{"ventricular_beat", "1"}, {"pacer_pulse", "1"}});
      return channels;
    }
    case v1::Play::kPpg:
      return {{"pulse", "1"}, {"rate", "Hz"}, {"saturation", "1"}, {"perfusion", "1"}};
    case v1::Play::kBloodPressure:
      if (play.blood_pressure().site() == v1::BloodPressure::VENOUS) {
        return {{"pulse", "1"}, {"rate", "Hz"}, {"mean", "Pa"}};
      }
      return {{"pulse", "1"}, {"rate", "Hz"}, {"systolic", "Pa"}, {"diastolic", "Pa"}};
    case v1::Play::kImpedance:
      return {{"breath", "1"}, {"breath_rate", "Hz"}, {"apnoea", "1"}};
    case v1::Play::kCapnogram:
      return {{"breath", "1"}, {"breath_rate", "Hz"}, {"apnoea", "1"}, {"end_tidal", "Pa"}};
    case v1::Play::kEcog:
      return {{"seizure", "1"}, {"recorded", "1"}};
    case v1::Play::kCgm:
      return {{"glucose", "kg/m3"}, {"sensor_gap", "1"}};
    case v1::Play::kThermistor:
      return {{"temperature", "K"}};
    case v1::Play::kAirway:
      return {{"breath", "1"}, {"inspiration", "1"}};
    case v1::Play::kRecord: {
      Channels channels = heart;
      if (play.record().allow_clipping()) channels.emplace_back(kClippedChannel, "1");
      return channels;
    }
    case v1::Play::kConstant:
    case v1::Play::kRamp:
    case v1::Play::SOURCE_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SignalSource>> MakeSource(const v1::Play& play, const SourceContext& context,
                                                 RunTime start) {
  RIG_TRY_ASSIGN(auto source, MakeClean(play, context, start));
  if (source->unit() != context.unit) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("signal {} is in {}, this source gives {}", context.signal,
                                 context.unit, source->unit()));
  }
  if (play.artefacts().empty()) return source;
  return Disturb(std::move(source), play, context, start);
}

std::vector<std::pair<std::string, std::string>> TruthChannels(const v1::Play& play) {
  Channels channels = TruthOfSource(play);
  if (play.artefacts().empty()) return channels;
  channels.emplace_back("fault", "1");
  const bool electrode = std::any_of(play.artefacts().begin(), play.artefacts().end(),
                                     [](const auto& a) { return a.has_electrode_off(); });
  const bool known = std::any_of(channels.begin(), channels.end(),
                                 [](const auto& c) { return c.first == "electrode_off"; });
  if (electrode && !known) channels.emplace_back("electrode_off", "1");
  return channels;
}

}  // namespace rig

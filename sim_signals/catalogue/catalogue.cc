#include "sim_signals/catalogue/catalogue.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "rig/base/units.h"
#include "sim_signals/artefact/artefact.h"
#include "sim_signals/artefact/signal_to_noise.h"
#include "sim_signals/brain/ecog_source.h"
#include "sim_signals/circulation/cuff_source.h"
#include "sim_signals/circulation/ppg_source.h"
#include "sim_signals/circulation/pressure_source.h"
#include "sim_signals/deterministic_math.h"
#include "sim_signals/ecg/ecg_source.h"
#include "sim_signals/ecg/table_source.h"
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

constexpr double kNepersOfPowerPerDecibel = 0.23025850929940457;  // ln(10) / 10

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
  if (!there) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("signal {} without a patient; expected a body step with a rhythm "
                                 "at its begin or before",
                                 context.signal));
  }
  for (const auto& [begin, ectopy] : context.body->ectopy) {
    const bool beats = ectopy.pattern() != v1::Ectopy::NONE;
    if (!beats || At(context.body->rhythm, begin).has_sinus()) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("ectopy at {} s on a rhythm without any; expected sinus rhythm "
                                 "there",
                                 Seconds(begin)));
  }
  return {};
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
  RIG_TRY(CheckPatient(context, start));
  for (const auto& [begin, oxygenation] : context.body->oxygenation) {
    const double saturation = oxygenation.saturation();
    const bool covered = curve.empty() || (saturation <= curve[0].saturation() &&
                                           saturation >= curve[curve.size() - 1].saturation());
    if (covered) continue;
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("a saturation of {:.4g} % outside the calibration; expected {:.4g} "
                    "to {:.4g} %",
                    100.0 * saturation, 100.0 * curve[curve.size() - 1].saturation(),
                    100.0 * curve[0].saturation()));
  }
  return std::make_unique<PpgSource>(ppg, *context.body, context.seed, start);
}

Result<std::unique_ptr<SignalSource>> MakePressure(const v1::BloodPressure& pressure,
                                                   const SourceContext& context, RunTime start) {
  constexpr std::int64_t kShortestNs = 2'000'000'000;
  const bool flushes_end = pressure.flush_every() == 0 || pressure.flush_every() >= kShortestNs;
  if (!flushes_end) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("flush_every {:.4g} s; expected 0 s, which is never, or 2 s and "
                                 "more: a flush takes 1 s",
                                 Seconds(Duration(pressure.flush_every()))));
  }
  RIG_TRY(CheckPatient(context, start));
  RIG_TRY(CheckPressures(*context.body, pressure.site()));
  return std::make_unique<PressureSource>(pressure, *context.body, context.seed, start);
}

Result<std::unique_ptr<SignalSource>> MakeCuff(const v1::CuffPressure& cuff,
                                               const SourceContext& context, RunTime start) {
  RIG_TRY(CheckPatient(context, start));
  RIG_TRY(CheckPressures(*context.body, v1::BloodPressure::ARTERIAL));
  return std::make_unique<CuffSource>(cuff, *context.body, context.seed, start);
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
  RIG_TRY(CheckRecord(record, context));
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
      return MakePressure(play.blood_pressure(), context, start);
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
    case v1::Play::kCuff:
      return MakeCuff(play.cuff(), context, start);
    case v1::Play::kEc13:
      return std::make_unique<TableSource>(MakeTable(play.ec13()), start);
    case v1::Play::kEc13Qrs: {
      RIG_TRY_ASSIGN(BeatTable table, MakeTable(play.ec13_qrs()));
      return std::make_unique<TableSource>(std::move(table), start);
    }
    case v1::Play::SOURCE_NOT_SET:
      break;
  }
  return MakeError(Code::kInvalidArgument, "play names no source");
}

// What an artefact adds to the signal as a source of its own: a record, or one whose size is given
// by its ratio to the signal.
Result<std::unique_ptr<SignalSource>> MakeAdded(const v1::Artefact& artefact,
                                                const SourceContext& context,
                                                const std::string& name) {
  const RunTime from = AtNanoseconds(artefact.from());
  if (artefact.has_record()) {
    if (!artefact.record().allow_clipping()) return MakeRecord(artefact.record(), context, from);
    return MakeError(Code::kInvalidArgument,
                     "allow_clipping of a record that is an artefact; expected it of a source");
  }
  RIG_TRY_ASSIGN(auto model, MakeArtefact(artefact, context.unit, context.seed, name));
  return std::make_unique<DisturbanceAlone>(std::move(model), context.unit, from);
}

// The gain that gives a noise its ratio to the signal of a step.
Result<double> GainFor(const v1::Artefact& artefact, const v1::Play& play,
                       const SourceContext& context, RunTime start, const std::string& name) {
  if (artefact.snr().empty()) return 1.0;
  RIG_TRY_ASSIGN(const PhysicalQuantity snr, ParseQuantity(artefact.snr()));
  RIG_TRY_ASSIGN(const Unit decibel, ParseUnit("dB"));
  if (snr.dimension != decibel.dimension) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("snr \"{}\" is no level; expected \"6 dB\"", artefact.snr()));
  }
  RIG_TRY_ASSIGN(const auto clean, MakeClean(play, context, start));
  RIG_TRY_ASSIGN(const auto noise, MakeAdded(artefact, context, name));
  RIG_TRY_ASSIGN(const double signal_power, SignalPower(*clean, start));
  RIG_TRY_ASSIGN(const double noise_power, NoisePower(*noise, AtNanoseconds(artefact.from())));
  return std::sqrt(signal_power / noise_power * Exp(-snr.si * kNepersOfPowerPerDecibel));
}

// What distorts a pulse, or lets it pass at some instants only, is not computed.
Status CheckPasses(const v1::Artefact& artefact, const v1::Play& play,
                   const SourceContext& context) {
  const bool distorts = artefact.has_defibrillation() || artefact.has_slow() ||
                        artefact.has_intermittent() || artefact.has_saturation();
  if (!distorts || context.body == nullptr || !HasPulses(play, *context.body)) return {};
  return MakeError(Code::kInvalidArgument,
                   fmt::format("signal {} has pacer pulses, and what {} makes of them is not "
                               "computed; expected another artefact, or pulses of 0 V",
                               context.signal,
                               artefact.GetReflection()
                                   ->GetOneofFieldDescriptor(
                                       artefact, artefact.GetDescriptor()->FindOneofByName("kind"))
                                   ->name()));
}

// Electrodes that are swapped; they lie below all other artefacts.
Result<std::unique_ptr<SignalSource>> MakeSwap(const v1::Artefact& artefact, const v1::Play& play,
                                               const SourceContext& context, RunTime start) {
  const v1::LeadSwap& swap = artefact.lead_swap();
  const auto swaps = std::count_if(play.artefacts().begin(), play.artefacts().end(),
                                   [](const v1::Artefact& a) { return a.has_lead_swap(); });
  const bool usable = play.has_ecg() && swaps == 1 && swap.one() != swap.other() &&
                      artefact.from() < artefact.until();
  if (usable) {
    return std::make_unique<EcgSource>(play.ecg(), LeadVector(play.ecg().lead(), swap),
                                       *context.body, context.seed, start);
  }
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("lead_swap on signal {}; expected one alone, of two electrodes of an "
                  "ecg, with until after from",
                  context.signal));
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
    RIG_TRY(CheckArtefact(artefact));
    RIG_TRY(CheckPasses(artefact, play, context));
    DisturbedSource::Layer layer{AtNanoseconds(artefact.from()),
                                 AtNanoseconds(artefact.until()),
                                 Duration(artefact.on_for()),
                                 Duration(artefact.off_for()),
                                 nullptr,
                                 nullptr,
                                 1.0,
                                 artefact.has_lead_swap(),
                                 IsFault(artefact),
                                 artefact.has_electrode_off()};
    if (artefact.has_lead_swap()) {
      RIG_TRY_ASSIGN(layer.source, MakeSwap(artefact, play, context, start));
      layers.insert(layers.begin(), std::move(layer));
      continue;
    }
    if (artefact.has_record() || !artefact.snr().empty()) {
      RIG_TRY_ASSIGN(layer.source, MakeAdded(artefact, context, name));
      RIG_TRY_ASSIGN(layer.gain, GainFor(artefact, play, context, start, name));
    } else {
      RIG_TRY_ASSIGN(layer.model, MakeArtefact(artefact, context.unit, context.seed, name));
    }
    layers.push_back(std::move(layer));
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
    case v1::Play::kEc13:
    case v1::Play::kEc13Qrs: {
      Channels channels = heart;
      if (play.has_ec13()) channels.emplace_back("ventricular_beat", "1");
      return channels;
    }
    case v1::Play::kPpg:
      return {{"pulse", "1"}, {"rate", "Hz"}, {"saturation", "1"}, {"perfusion", "1"}};
    case v1::Play::kBloodPressure:
      if (play.blood_pressure().site() == v1::BloodPressure::VENOUS) {
        return {{"pulse", "1"}, {"rate", "Hz"}, {"mean", "Pa"}, {"flush", "1"}};
      }
      return {
          {"pulse", "1"}, {"rate", "Hz"}, {"systolic", "Pa"}, {"diastolic", "Pa"}, {"flush", "1"}};
    case v1::Play::kCuff:
      return {
          {"pulse", "1"}, {"rate", "Hz"}, {"systolic", "Pa"}, {"diastolic", "Pa"}, {"mean", "Pa"}};
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

Status CheckRecord(const v1::Record& record, const SourceContext& context) {
  const auto refuse = [&](const std::string& what, const std::string& expected) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: {}; expected {}", record.file(), what, expected));
  };
  const bool usable = record.gain() != 0.0 && std::isfinite(record.gain());
  if (!usable) return refuse(fmt::format("gain {}", record.gain()), "a number other than 0");
  if (!record.offset().empty()) RIG_TRY(ValueInUnitOf(record.offset(), context));
  if (record.unit().empty()) return {};
  RIG_TRY_ASSIGN(const Unit stated, ParseUnit(record.unit()));
  RIG_TRY_ASSIGN(const Unit wanted, ParseUnit(context.unit));
  if (stated.dimension == wanted.dimension) return {};
  return refuse("in " + record.unit(), "a unit of " + context.unit);
}

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

bool HasPulses(const v1::Play& play, const BodyCourse& body) {
  return play.has_ecg() && HasPacerPulses(body);
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

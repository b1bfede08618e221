#include "sim_signals/catalogue/catalogue.h"

#include <fmt/format.h>

#include "rig/base/units.h"
#include "sim_signals/circulation/ppg_source.h"
#include "sim_signals/circulation/pressure_source.h"
#include "sim_signals/ecg/ecg_source.h"
#include "sim_signals/levels.h"
#include "sim_signals/noise.h"
#include "sim_signals/record_source.h"
#include "sim_signals/respiration/capnogram_source.h"
#include "sim_signals/respiration/impedance_source.h"

namespace rig {
namespace {

RandomStream StreamOf(const SourceContext& context, const char* what) {
  return {context.seed, context.signal + "/" + what};
}

// A quantity written in the scenario, in the signal's own unit.
Result<double> ValueInUnitOf(const std::string& text, const SourceContext& context) {
  RIG_TRY_ASSIGN(const PhysicalQuantity quantity, ParseQuantity(text));
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
  const RecordSource::Selection selection = {context.directory / record.header(), record.channel(),
                                             Duration(record.start())};
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
    case v1::Play::kElectrodeOff:
      return std::make_unique<ElectrodeOffSource>(play.electrode_off(),
                                                  StreamOf(context, "electrode_off"), start);
    case v1::Play::kConstant:
    case v1::Play::kRamp:
      return MakeLevel(play, context, start);
    case v1::Play::kRecord:
      return MakeRecord(play.record(), context, start);
    case v1::Play::SOURCE_NOT_SET:
      break;
  }
  return MakeError(Code::kInvalidArgument, "play names no source");
}

// `index` among the noises of its kind, so that one more kind of noise leaves the others as they
// were.
Result<std::unique_ptr<SignalSource>> AddNoise(std::unique_ptr<SignalSource> source,
                                               const v1::Noise& noise, const SourceContext& context,
                                               int index) {
  const auto name = [&](const char* kind) {
    return fmt::format("{}/{}[{}]", context.signal, kind, index);
  };
  switch (noise.kind_case()) {
    case v1::Noise::kMains:
      return std::make_unique<MainsNoise>(std::move(source), noise.mains(),
                                          RandomStream(context.seed, name("mains")));
    case v1::Noise::kBaseline:
      return std::make_unique<BaselineNoise>(std::move(source), noise.baseline(),
                                             RandomStream(context.seed, name("baseline")));
    case v1::Noise::kWhite:
      return std::make_unique<WhiteNoise>(std::move(source), noise.white(),
                                          StreamKey(context.seed, name("white")));
    case v1::Noise::KIND_NOT_SET:
      break;
  }
  return MakeError(Code::kInvalidArgument,
                   "noise names no kind; expected mains, baseline or white");
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
  if (play.noise_size() > 0 && context.unit != "V") {
    return MakeError(Code::kInvalidArgument, fmt::format("signal {} is in {}, noise is in V",
                                                         context.signal, context.unit));
  }
  int seen[4] = {};
  for (const v1::Noise& noise : play.noise()) {
    const int index = seen[noise.kind_case() & 3]++;
    RIG_TRY_ASSIGN(source, AddNoise(std::move(source), noise, context, index));
  }
  return source;
}

std::vector<std::pair<std::string, std::string>> TruthChannels(const v1::Play& play,
                                                               const std::string& unit) {
  using Channels = std::vector<std::pair<std::string, std::string>>;
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
    case v1::Play::kElectrodeOff:
    case v1::Play::kRecord:
      return unit == "V" ? heart : Channels();
    case v1::Play::kConstant:
    case v1::Play::kRamp:
    case v1::Play::SOURCE_NOT_SET:
      break;
  }
  return {};
}

}  // namespace rig

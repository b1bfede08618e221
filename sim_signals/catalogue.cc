#include "sim_signals/catalogue.h"

#include <fmt/format.h>

#include "rig/base/units.h"
#include "sim_signals/arrest.h"
#include "sim_signals/levels.h"
#include "sim_signals/noise.h"
#include "sim_signals/record_source.h"
#include "sim_signals/sinus.h"

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

Result<std::unique_ptr<SignalSource>> MakeSinus(const v1::Sinus& sinus,
                                                const SourceContext& context, RunTime start) {
  const bool rate_usable = sinus.rate() > 0.0 && sinus.rate() <= 350.0 / 60.0;
  const bool sd_usable = sinus.rate_sd() >= 0.0 && sinus.rate_sd() <= 0.25 * sinus.rate();
  const bool bands_usable = sinus.lf_hf() >= 0.0 && sinus.respiration() > 0.0;
  if (!rate_usable || !sd_usable || !bands_usable) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("sinus of {:.4g} bpm with a rate_sd of {:.4g} bpm; expected a rate up to "
                    "350 bpm and a rate_sd of at most a quarter of it",
                    sinus.rate() * 60.0, sinus.rate_sd() * 60.0));
  }
  return std::make_unique<SinusSource>(sinus, StreamOf(context, "sinus"), start);
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
    case v1::Play::kSinus:
      return MakeSinus(play.sinus(), context, start);
    case v1::Play::kAsystole:
      return std::make_unique<AsystoleSource>(StreamOf(context, "asystole"), start);
    case v1::Play::kVentricularFibrillation:
      return std::make_unique<VentricularFibrillationSource>(
          play.ventricular_fibrillation(), StreamOf(context, "ventricular_fibrillation"), start);
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

std::vector<std::pair<std::string, std::string>> TruthChannels() {
  return {{"beat", "1"},          {"rate", "Hz"},
          {"asystole", "1"},      {"ventricular_fibrillation", "1"},
          {"electrode_off", "1"}, {"unreadable", "1"},
          {"recorded", "1"}};
}

}  // namespace rig

#include "rig/cli/signal/survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "sim_signals/catalogue/ecg_annotations.h"

namespace rig {
namespace {

// The annotations of all ECGs, which are one heart's. Errors: INVALID_ARGUMENT.
Result<std::vector<RecordingAnnotation>> AnnotationsOf(
    const SignalRendering& rendering, const std::map<std::string, EcgAnnotations>& ecgs) {
  std::vector<RecordingAnnotation> all;
  std::string first;
  for (const auto& [name, ecg] : ecgs) {
    auto own = ecg.Before(rendering.TimeOf(rendering.samples()));
    if (first.empty()) {
      first = name;
      all = std::move(own);
      continue;
    }
    const bool same = std::equal(
        all.begin(), all.end(), own.begin(), own.end(), [](const auto& a, const auto& b) {
          return a.time_ns == b.time_ns && a.code == b.code && a.text == b.text;
        });
    if (same) continue;
    return MakeError(Code::kInvalidArgument,
                     fmt::format("--wfdb, --edf: {} and {} have different beats; expected ECGs of "
                                 "one heart, as the file has one list of annotations",
                                 first, name));
  }
  return all;
}

}  // namespace

Result<Survey> SurveySignals(const RenderOrder& order) {
  RIG_TRY_ASSIGN(auto rendering, SignalRendering::Create(order));
  const auto& signals = rendering->signals();
  Survey survey;
  survey.ranges.assign(signals.size(), Range{HUGE_VAL, -HUGE_VAL});
  std::map<std::string, EcgAnnotations> ecgs;
  for (const auto& signal : signals) {
    if (EcgAnnotations::From(signal.play)) {
      ecgs.emplace(signal.name, EcgAnnotations(signal.play, rendering->body()));
    }
  }
  const auto look = [&](std::int64_t) -> Status {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const auto& values = signals[i].values;
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      Range& range = survey.ranges[i];
      range = {std::min(range.low, *low), std::max(range.high, *high)};
      const auto ecg = ecgs.find(signals[i].name);
      if (ecg != ecgs.end()) ecg->second.Append(signals[i].truth);
    }
    return {};
  };
  RIG_TRY(rendering->Render(look));
  for (Range& range : survey.ranges) {
    if (range.high > range.low) continue;
    const double room = std::max(1e-6, std::abs(range.low) * 1e-3);
    range = {range.low - room, range.high + room};
  }
  RIG_TRY_ASSIGN(survey.annotations, AnnotationsOf(*rendering, ecgs));
  return survey;
}

}  // namespace rig

#include "rig/check/therapy/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rig::therapy {
namespace {

using check::At;
using check::Steps;

std::string ShowS(RunTime t) { return fmt::format("{:g} s", Seconds(t)); }

// Everything from `from` to `to` is known, and the count of it does not begin anew.
Status CheckVolume(const Steps& volume, RunTime end, RunTime from, RunTime to) {
  if (to > end) {
    return MakeError(
        Code::kOutOfRange,
        fmt::format("the volume is known up to {}; expected up to {}", ShowS(end), ShowS(to)));
  }
  if (volume.empty() || volume.front().begin > At(from)) {
    return MakeError(Code::kDataLoss, fmt::format("the volume is not known at {}", ShowS(from)));
  }
  double last = -check::kInfinity;
  for (std::size_t i = 0; i < volume.size() && volume[i].begin <= At(to); ++i) {
    if (i + 1 < volume.size() && volume[i + 1].begin <= At(from)) continue;
    const RunTime at = AtNanoseconds(check::ToNanoseconds(volume[i].begin));
    if (!std::isfinite(volume[i].value)) {
      return MakeError(Code::kDataLoss, fmt::format("the volume is not known from {} on",
                                                    ShowS(std::max(at, from))));
    }
    if (volume[i].value == 0 && last > 0) {
      return MakeError(Code::kDataLoss,
                       fmt::format("the volume starts again from 0 at {}: it is not cumulated over "
                                   "the whole time",
                                   ShowS(at)));
    }
    last = volume[i].value;
  }
  return {};
}

std::vector<double> VolumesAt(const Steps& volume, RunTime from, Duration sample,
                              std::int64_t count) {
  std::vector<double> volumes;
  for (std::int64_t i = 0; i <= count; ++i) {
    volumes.push_back(check::ValueAt(volume, At(from + i * sample)));
  }
  return volumes;
}

// The largest and smallest error of windows of p samples that begin at every sample.
TrumpetPoint ErrorsOver(const std::vector<double>& volumes, std::size_t p, Duration window,
                        double set_rate) {
  TrumpetPoint point{window, -check::kInfinity, check::kInfinity};
  const double expected = set_rate * Seconds(window);
  for (std::size_t j = 0; j + p < volumes.size(); ++j) {
    const double error = (volumes[j + p] - volumes[j] - expected) / expected;
    point.highest = std::max(point.highest, error);
    point.lowest = std::min(point.lowest, error);
  }
  return point;
}

}  // namespace

Status CheckFlowTiming(double set_rate, const FlowTiming& timing) {
  const bool rate = set_rate > 0 && std::isfinite(set_rate);
  if (!rate) return MakeError(Code::kInvalidArgument, "set rate: expected one above 0");
  const bool periods = timing.sample.count() > 0 && timing.analysis >= timing.sample &&
                       timing.settle.count() >= 0 && Nanoseconds(timing.started) >= 0 &&
                       timing.settle % timing.sample == Duration(0) &&
                       timing.analysis % timing.sample == Duration(0);
  if (!periods) {
    return MakeError(Code::kInvalidArgument,
                     "sampling: expected settle and analysis times of whole sample intervals");
  }
  if (timing.windows.empty()) {
    return MakeError(Code::kInvalidArgument, "windows: none; expected at least one");
  }
  for (const Duration window : timing.windows) {
    const bool fits =
        window.count() > 0 && window <= timing.analysis && window % timing.sample == Duration(0);
    if (!fits) {
      return MakeError(
          Code::kInvalidArgument,
          fmt::format("window of {:g} min: expected a whole number of {:g} s samples, and no "
                      "longer than the analysis of {:g} min",
                      Seconds(window) / 60, Seconds(timing.sample), Seconds(timing.analysis) / 60));
    }
  }
  return {};
}

Result<FlowAnalysis> AnalyseFlow(const Steps& volume, RunTime end, double set_rate,
                                 const FlowTiming& timing) {
  RIG_TRY(CheckFlowTiming(set_rate, timing));
  RIG_TRY(CheckVolume(volume, end, timing.started, timing.to()));
  FlowAnalysis analysis;
  const std::vector<double> all = VolumesAt(volume, timing.started, timing.sample,
                                            (timing.settle + timing.analysis) / timing.sample);
  for (std::size_t i = 1; i < all.size(); ++i) {
    analysis.start_up.push_back((all[i] - all[i - 1]) / Seconds(timing.sample));
  }
  const std::vector<double> analysed =
      VolumesAt(volume, timing.from(), timing.sample, timing.analysis / timing.sample);
  for (const Duration window : timing.windows) {
    const auto p = static_cast<std::size_t>(window / timing.sample);
    analysis.trumpet.push_back(ErrorsOver(analysed, p, window, set_rate));
  }
  const double expected = set_rate * Seconds(timing.analysis);
  analysis.mean_error = (analysed.back() - analysed.front() - expected) / expected;
  return analysis;
}

Result<double> VolumeBetween(const Steps& volume, RunTime end, RunTime from, RunTime to) {
  if (to < from)
    return MakeError(Code::kInvalidArgument, "volume over a time that is turned round");
  RIG_TRY(CheckVolume(volume, end, from, to));
  return check::ValueAt(volume, At(to)) - check::ValueAt(volume, At(from));
}

Result<ReverseFlow> LargestReverseFlow(const Steps& volume, RunTime end, RunTime from, RunTime to) {
  RIG_TRY(CheckVolume(volume, end, from, to));
  ReverseFlow reverse{0, from};
  double highest = -check::kInfinity;
  for (std::size_t i = 0; i < volume.size() && volume[i].begin <= At(to); ++i) {
    if (i + 1 < volume.size() && volume[i + 1].begin <= At(from)) continue;
    highest = std::max(highest, volume[i].value);
    if (highest - volume[i].value <= reverse.volume) continue;
    reverse = {highest - volume[i].value, AtNanoseconds(check::ToNanoseconds(volume[i].begin))};
  }
  return reverse;
}

}  // namespace rig::therapy

#include "sim_signals/artefact/signal_to_noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rig {
namespace {

constexpr Duration kPeriod(2'000'000);
constexpr std::size_t kSecond = 500;
constexpr std::size_t kWindow = kSecond / 20;  // 50 ms
constexpr std::size_t kMostBeats = 300;
constexpr std::size_t kBeatSeconds = 600;
constexpr std::size_t kPowerSeconds = 300;

double TrimmedMean(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto cut = static_cast<std::ptrdiff_t>(values.size() / 20);
  const double sum = std::accumulate(values.begin() + cut, values.end() - cut, 0.0);
  return sum / static_cast<double>(std::ssize(values) - 2 * cut);
}

double MeanSquareAboutMean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0.0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return squares / n;
}

// The first seconds of a signal, as many as a record has.
struct Excerpt {
  std::vector<double> values;
  std::vector<TruthEvent> truth;

  // One second more; false at the end of a record.
  Result<bool> Extend(SignalSource& source, RunTime from) {
    const std::size_t before = values.size();
    values.resize(before + kSecond);
    const Status done = source.Render(from + kPeriod * static_cast<std::int64_t>(before), kPeriod,
                                      std::span(values).subspan(before), truth);
    if (done) return true;
    values.resize(before);
    if (done.error().code != Code::kOutOfRange || before == 0) {
      return tl::unexpected<Error>(done.error());
    }
    return false;
  }
};

// Indices of beats that did not begin in a ventricle.
std::vector<std::size_t> NormalBeats(const Excerpt& excerpt, RunTime from) {
  std::vector<std::size_t> beats;
  RunTime last;
  for (const TruthEvent& event : excerpt.truth) {
    const bool ventricular = event.what == "ventricular_beat";
    if (ventricular && !beats.empty() && event.t == last) beats.pop_back();
    if (event.what != "beat" || event.value != event.value) continue;
    last = event.t;
    beats.push_back(static_cast<std::size_t>((event.t - from) / kPeriod));
  }
  return beats;
}

double QrsPower(const Excerpt& excerpt, const std::vector<std::size_t>& beats) {
  std::vector<double> heights;
  for (const std::size_t beat : beats) {
    const bool whole = beat >= kWindow && beat + kWindow < excerpt.values.size();
    if (!whole || heights.size() == kMostBeats) continue;
    const auto at = excerpt.values.begin() + static_cast<std::ptrdiff_t>(beat);
    const auto [low, high] = std::minmax_element(at - kWindow, at + kWindow + 1);
    heights.push_back(*high - *low);
  }
  if (heights.empty()) return 0.0;
  const double height = TrimmedMean(std::move(heights));
  return height * height / 8.0;
}

Result<double> Moving(double power, const char* what) {
  if (power > 0.0) return power;
  return MakeError(Code::kInvalidArgument,
                   fmt::format("snr of a {}; expected one that moves", what));
}

}  // namespace

Result<double> SignalPower(SignalSource& clean, RunTime from) {
  Excerpt excerpt;
  std::vector<std::size_t> beats;
  bool goes_on = true, heart = false;
  while (goes_on && beats.size() <= kMostBeats &&
         excerpt.values.size() < (heart ? kBeatSeconds : kPowerSeconds) * kSecond) {
    RIG_TRY_ASSIGN(goes_on, excerpt.Extend(clean, from));
    beats = NormalBeats(excerpt, from);
    heart = std::any_of(excerpt.truth.begin(), excerpt.truth.end(), [](const TruthEvent& e) {
      return (e.what == "asystole" || e.what == "beat") && e.value == e.value;
    });
  }
  if (heart) return Moving(QrsPower(excerpt, beats), "heart that does not beat");
  return Moving(MeanSquareAboutMean(excerpt.values), "steady signal");
}

Result<double> NoisePower(SignalSource& noise, RunTime from) {
  Excerpt excerpt;
  bool goes_on = true;
  while (goes_on && excerpt.values.size() < kPowerSeconds * kSecond) {
    RIG_TRY_ASSIGN(goes_on, excerpt.Extend(noise, from));
  }
  std::vector<double> rms;
  for (std::size_t i = 0; i < excerpt.values.size(); i += kSecond) {
    rms.push_back(std::sqrt(MeanSquareAboutMean(std::span(excerpt.values).subspan(i, kSecond))));
  }
  const double mean = TrimmedMean(std::move(rms));
  return Moving(mean * mean, "steady noise");
}

}  // namespace rig

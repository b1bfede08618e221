// One body's signals: how many seconds of all of them one second of computing makes, at 500 Hz,
// beside ECGSYN's equations solved sample by sample. "real_time_factor" is per second of computing.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "rig/base/strict_yaml.h"
#include "sim_signals/catalogue/catalogue.h"

namespace rig {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds(2);
constexpr std::size_t kBlock = 256;

struct View {
  const char* play;
  const char* unit;
};

void Render(benchmark::State& state, const std::vector<View>& views, Duration period) {
  v1::Body patient;
  if (!LoadYamlText("rhythm: {sinus: {rate: 72 bpm}}", "body", patient)) {
    return state.SkipWithError("no body");
  }
  BodyCourse course;
  course.Add(RunTime(), patient);
  std::vector<std::unique_ptr<SignalSource>> sources;
  for (const View& view : views) {
    v1::Play play;
    if (!LoadYamlText("{signal: s, " + std::string(view.play) + "}", "play", play)) {
      return state.SkipWithError(view.play);
    }
    auto source = MakeSource(
        play, {.seed = 1, .signal = "s", .unit = view.unit, .directory = {}, .body = &course},
        RunTime());
    if (!source) return state.SkipWithError(source.error().message.c_str());
    sources.push_back(std::move(*source));
  }
  std::array<double, kBlock> values{};
  std::vector<TruthEvent> truth;
  RunTime t;
  for (auto _ : state) {
    for (const auto& source : sources) {
      truth.clear();
      if (!source->Render(t, period, values, truth)) return state.SkipWithError("ended");
      benchmark::DoNotOptimize(values);
    }
    t += period * static_cast<std::int64_t>(kBlock);
  }
  state.counters["real_time_factor"] =
      benchmark::Counter(Seconds(period) * kBlock * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}

std::vector<View> TwelveLeads() {
  std::vector<View> views;
  for (const char* lead :
       {"ecg: {lead: i}", "ecg: {lead: ii}", "ecg: {lead: iii}", "ecg: {lead: avr}",
        "ecg: {lead: avl}", "ecg: {lead: avf}", "ecg: {lead: v1}", "ecg: {lead: v2}",
        "ecg: {lead: v3}", "ecg: {lead: v4}", "ecg: {lead: v5}", "ecg: {lead: v6}"}) {
    views.push_back({lead, "V"});
  }
  return views;
}

void OneLead(benchmark::State& state) { Render(state, {{"ecg: {}", "V"}}, kPeriod); }
BENCHMARK(OneLead);
void Ppg(benchmark::State& state) { Render(state, {{"ppg: {wavelength: red}", "V"}}, kPeriod); }
BENCHMARK(Ppg);
void Pressure(benchmark::State& state) { Render(state, {{"blood_pressure: {}", "Pa"}}, kPeriod); }
BENCHMARK(Pressure);
void Impedance(benchmark::State& state) { Render(state, {{"impedance: {}", "ohm"}}, kPeriod); }
BENCHMARK(Impedance);
void Capnogram(benchmark::State& state) { Render(state, {{"capnogram: {}", "Pa"}}, kPeriod); }
BENCHMARK(Capnogram);

// 12 leads, PPG, arterial pressure, impedance: 15 signals.
void Body(benchmark::State& state) {
  auto views = TwelveLeads();
  views.push_back({"ppg: {wavelength: red}", "V"});
  views.push_back({"blood_pressure: {}", "Pa"});
  views.push_back({"impedance: {}", "ohm"});
  Render(state, views, kPeriod);
}
BENCHMARK(Body);

// 16 channels at 10 kHz.
void SixteenAtTenKilohertz(benchmark::State& state) {
  auto views = TwelveLeads();
  for (int i = 0; i < 2; ++i) views.push_back({"ppg: {wavelength: red}", "V"});
  views.push_back({"blood_pressure: {}", "Pa"});
  views.push_back({"impedance: {}", "ohm"});
  Render(state, views, std::chrono::microseconds(100));
}
BENCHMARK(SixteenAtTenKilohertz);

// ECGSYN's equations (McSharry et al. 2003) by Runge-Kutta of fourth order, a step for each sample:
// one lead, a constant rate, no truth.
void OneLeadByEcgsyn(benchmark::State& state) {
  using State = std::array<double, 3>;
  constexpr double kPi = 3.141592653589793;
  constexpr std::array<double, 5> kTheta = {-kPi / 3, -kPi / 12, 0, kPi / 12, kPi / 2};
  constexpr std::array<double, 5> kA = {1.2, -5, 30, -7.5, 0.75};
  constexpr std::array<double, 5> kB = {0.25, 0.1, 0.1, 0.1, 0.4};
  const auto slope = [&](const State& s, double t) {
    const double alpha = 1.0 - std::sqrt(s[0] * s[0] + s[1] * s[1]);
    const double omega = 2.0 * kPi * 1.2;
    const double theta = std::atan2(s[1], s[0]);
    State d = {alpha * s[0] - omega * s[1], alpha * s[1] + omega * s[0],
               -(s[2] - 0.005 * std::sin(2.0 * kPi * 0.25 * t))};
    for (std::size_t i = 0; i < kA.size(); ++i) {
      const double dtheta = std::remainder(theta - kTheta[i], 2.0 * kPi);
      d[2] -= kA[i] * dtheta * std::exp(-0.5 * dtheta * dtheta / (kB[i] * kB[i]));
    }
    return d;
  };
  const auto moved = [](const State& s, const State& d, double h) {
    return State{s[0] + h * d[0], s[1] + h * d[1], s[2] + h * d[2]};
  };
  State s = {1.0, 0.0, 0.04};
  double t = 0.0;
  const double h = Seconds(kPeriod);
  std::array<double, kBlock> values{};
  for (auto _ : state) {
    for (double& v : values) {
      const State k1 = slope(s, t), k2 = slope(moved(s, k1, 0.5 * h), t + 0.5 * h);
      const State k3 = slope(moved(s, k2, 0.5 * h), t + 0.5 * h),
                  k4 = slope(moved(s, k3, h), t + h);
      for (std::size_t i = 0; i < 3; ++i) s[i] += h / 6.0 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
      t += h;
      v = s[2];
    }
    benchmark::DoNotOptimize(values);
  }
  state.counters["real_time_factor"] = benchmark::Counter(
      h * kBlock * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(OneLeadByEcgsyn);

}  // namespace
}  // namespace rig

// How many seconds of a signal one second of computing makes, per model, each beside the plainest
// way to write the same model, in the same run. "per second": the real-time factor.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sim_signals/catalogue/catalogue.h"
#include "sim_signals/catalogue/plants.h"
#include "sim_signals/metabolism/glucose_model.h"

namespace rig {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kBlock = 256;

void CountSeconds(benchmark::State& state, double seconds_each) {
  state.counters["real_time_factor"] = benchmark::Counter(
      seconds_each * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void Play(benchmark::State& state, const v1::Play& play, const std::string& unit, Duration period) {
  auto source =
      MakeSource(play, {.seed = 1, .signal = "signal", .unit = unit, .directory = {}}, RunTime());
  if (!source) return state.SkipWithError(source.error().message.c_str());
  std::array<double, kBlock> values{};
  std::vector<TruthEvent> truth;
  RunTime t;
  for (auto _ : state) {
    truth.clear();
    if (!(*source)->Render(t, period, values, truth)) return state.SkipWithError("ended");
    t += period * static_cast<std::int64_t>(kBlock);
    benchmark::DoNotOptimize(values);
  }
  CountSeconds(state, Seconds(period) * kBlock);
}

// Background, and a seizure of a minute every two: at 500 Hz.
void Ecog(benchmark::State& state) {
  v1::Play play;
  v1::Ecog& ecog = *play.mutable_ecog();
  ecog.set_background(50e-6);
  ecog.set_rhythm(0.5);
  ecog.set_spread_gain(1.0);
  ecog.mutable_seizure()->set_duration(60 * kSecond);
  ecog.mutable_seizure()->set_interval(120 * kSecond);
  ecog.mutable_seizure()->set_amplitude(1e-3);
  Play(state, play, "V", std::chrono::milliseconds(2));
}
BENCHMARK(Ecog);

// Jansen-Rit and Epileptor by Euler's method with libm and the library's normal numbers, in the
// steps that Euler needs here: 0.25 ms and 0.0225 units.
void EcogByEuler(benchmark::State& state) {
  std::mt19937_64 engine(1);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform(120.0, 320.0);
  std::array<double, 6> y{};
  std::array<double, 4> pink{};
  double x1 = 0, y1 = -5, x2 = 0, y2 = 0, g = 0;
  const auto firing = [](double v) { return 5.0 / (1.0 + std::exp(0.56 * (6.0 - v))); };
  for (auto _ : state) {
    double value = 0.0;
    for (int ms = 0; ms < 1000; ++ms) {
      const double p = uniform(engine);
      const double n1 = normal(engine), n2 = normal(engine);
      for (double& q : pink) q = 0.9 * q + normal(engine);
      for (int part = 0; part < 4; ++part) {
        constexpr double h = 0.25e-3, u = 0.0225, z = 2.9;
        const std::array<double, 6> s = y;
        for (int i = 0; i < 3; ++i) y[i] += h * s[i + 3];
        y[3] += h * (325.0 * firing(s[1] - s[2]) - 200 * s[3] - 1e4 * s[0]);
        y[4] += h * (325.0 * (p + 108 * firing(135 * s[0])) - 200 * s[4] - 1e4 * s[1]);
        y[5] += h * (1100.0 * 33.75 * firing(33.75 * s[0]) - 100 * s[5] - 2500 * s[2]);
        const double f1 = x1 < 0 ? x1 * x1 * x1 - 3 * x1 * x1 : (x2 - 0.6 * (z - 4) * (z - 4)) * x1;
        const double f2 = x2 < -0.25 ? 0 : 6 * (x2 + 0.25);
        const double d1 = y1 - f1 - z + 3.1, d2 = 1 - 5 * x1 * x1 - y1;
        const double d3 = -y2 + x2 - x2 * x2 * x2 + 0.45 + 2 * g - 0.3 * (z - 3.5) + 0.08 * n1;
        const double d4 = (f2 - y2) / 10 + 0.08 * n2, d5 = -0.01 * (g - 0.1 * x1);
        x1 += u * d1, y1 += u * d2, x2 += u * d3, y2 += u * d4, g += u * d5;
      }
      value += x2 - x1 + y[1] - y[2] + pink[0] + pink[1] + pink[2] + pink[3];
    }
    benchmark::DoNotOptimize(value);
  }
  CountSeconds(state, 1.0);
}
BENCHMARK(EcogByEuler);

void SetSensor(v1::GlucoseSensor& sensor) {
  sensor.set_period(300 * kSecond);
  sensor.set_noise(1.0);
  sensor.set_low(0.39);
  sensor.set_high(6.0);
}

// A reading every 5 min on a wire at 1 Hz.
void Cgm(benchmark::State& state) {
  v1::Play play;
  SetSensor(*play.mutable_cgm()->mutable_sensor());
  play.mutable_cgm()->set_basal(1.0);
  play.mutable_cgm()->add_meals()->set_carbohydrate(0.06);
  Play(state, play, "kg/m3", std::chrono::seconds(1));
}
BENCHMARK(Cgm);

// The same slopes by Euler's method in steps of 1 s, which is as far off as ours is not.
void GlucoseByEuler(benchmark::State& state) {
  GlucoseModel::State glucose = GlucoseModel::Fasting();
  const GlucoseModel::Input input = {.insulin_pmol_kg_min = 1.4, .meal_mg = 60'000.0};
  for (auto _ : state) {
    for (int i = 0; i < 60; ++i) {
      const GlucoseModel::State slope = GlucoseModel::Slope(glucose, input);
      for (std::size_t k = 0; k < glucose.size(); ++k) glucose[k] += slope[k] / 60.0;
    }
    benchmark::DoNotOptimize(glucose);
  }
  CountSeconds(state, 60.0);
}
BENCHMARK(GlucoseByEuler);

void Thermistor(benchmark::State& state) {
  v1::Play play;
  v1::Thermistor& thermistor = *play.mutable_thermistor();
  thermistor.set_temperature(310.15);
  thermistor.set_probe(295.15);
  thermistor.set_lag(30 * kSecond);
  Play(state, play, "ohm", std::chrono::milliseconds(100));
}
BENCHMARK(Thermistor);

// Beta's equation and libm.
void ThermistorByBeta(benchmark::State& state) {
  double t = 0.0;
  for (auto _ : state) {
    std::array<double, kBlock> values{};
    for (double& v : values) {
      const double kelvin = 310.15 - 15.0 * std::exp(-(t += 0.1) / 30.0);
      v = 2252.0 * std::exp(3891.0 * (1.0 / kelvin - 1.0 / 298.15));
    }
    benchmark::DoNotOptimize(values);
  }
  CountSeconds(state, 0.1 * kBlock);
}
BENCHMARK(ThermistorByBeta);

void Airway(benchmark::State& state) {
  v1::Play play;
  v1::Airway& airway = *play.mutable_airway();
  airway.set_quantity(v1::Airway::FLOW);
  airway.mutable_lung()->set_compliance(5e-7);
  airway.mutable_lung()->set_resistance(2e6);
  airway.set_rate(0.25);
  airway.set_inspiration(kSecond);
  airway.set_pressure(1500.0);
  Play(state, play, "m3/s", std::chrono::milliseconds(2));
}
BENCHMARK(Airway);

// Euler's method in steps of 1 ms.
void AirwayByEuler(benchmark::State& state) {
  double volume = 0.0;
  for (auto _ : state) {
    for (int ms = 0; ms < 4000; ++ms) {
      const double pressure = ms < 1000 ? 1500.0 : 0.0;
      volume += 1e-3 * (pressure - volume / 5e-7) / 2e6;
    }
    benchmark::DoNotOptimize(volume);
  }
  CountSeconds(state, 4.0);
}
BENCHMARK(AirwayByEuler);

void StepPlant(benchmark::State& state, const v1::Plant& plant, double counts_per_step) {
  auto model = MakePlant(plant);
  if (!model) return state.SkipWithError(model.error().message.c_str());
  std::vector<double> inputs((*model)->inputs().size() + (*model)->levels().size());
  std::vector<double> outputs((*model)->outputs().size());
  std::vector<double> states((*model)->states().size());
  for (auto _ : state) {
    if (!inputs.empty()) inputs[0] += counts_per_step;
    (*model)->Step(Duration(plant.period()), inputs, outputs, states);
    benchmark::DoNotOptimize(outputs);
  }
  CountSeconds(state, Seconds(Duration(plant.period())));
}

void BrainPlant(benchmark::State& state) {
  v1::Plant plant;
  plant.set_period(2'000'000);
  v1::StimulatedBrain& brain = *plant.mutable_brain();
  for (const char* signal : {"ecog1", "ecog2"}) {
    brain.add_electrodes()->set_signal(signal);
    brain.mutable_electrodes()->rbegin()->set_background(50e-6);
    brain.mutable_electrodes()->rbegin()->set_rhythm(0.5);
    brain.mutable_electrodes()->rbegin()->set_spread_gain(1.0);
  }
  brain.mutable_seizure()->set_duration(60 * kSecond);
  brain.mutable_seizure()->set_interval(120 * kSecond);
  brain.mutable_seizure()->set_amplitude(1e-3);
  StepPlant(state, plant, 0.0);
}
BENCHMARK(BrainPlant);

void GlucosePlant(benchmark::State& state) {
  v1::Plant plant;
  plant.set_period(kSecond);
  plant.mutable_glucose()->set_units_per_step(1e-4);
  SetSensor(*plant.mutable_glucose()->mutable_sensor());
  StepPlant(state, plant, 3.0);
}
BENCHMARK(GlucosePlant);

void LungPlant(benchmark::State& state) {
  v1::Plant plant;
  plant.set_period(10'000'000);
  v1::VentilatedLung& lung = *plant.mutable_lung();
  lung.mutable_lung()->set_compliance(5e-7);
  lung.mutable_lung()->set_resistance(2e6);
  lung.set_supply(1e4);
  lung.set_inspiratory_resistance(2e7);
  lung.set_expiratory_resistance(2e5);
  StepPlant(state, plant, 0.0);
}
BENCHMARK(LungPlant);

}  // namespace
}  // namespace rig

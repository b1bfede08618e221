// What the parts of a run cost: signals per sample, the trace per value.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rig/record/trace_writer.h"
#include "rig/v1/scenario.pb.h"
#include "sim_signals/catalogue/catalogue.h"

namespace rig {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds(1);
constexpr std::size_t kBlock = 256;

void Render(benchmark::State& state, const char* body, const char* source) {
  BodyCourse course;
  v1::Body patient;
  v1::Play play;
  if (!LoadYamlText(body, "body", patient) || !LoadYamlText(source, "play", play)) {
    return state.SkipWithError("no body or no play");
  }
  course.Add(RunTime(), patient);
  const SourceContext context{
      .seed = 1, .signal = "ecg", .unit = "V", .directory = {}, .body = &course};
  auto made = MakeSource(play, context, RunTime());
  if (!made) return state.SkipWithError(made.error().message.c_str());
  std::array<double, kBlock> values{};
  std::vector<TruthEvent> truth;
  RunTime t;
  for (auto _ : state) {
    truth.clear();
    if (!(*made)->Render(t, kPeriod, values, truth)) return state.SkipWithError("the source ended");
    t += kPeriod * kBlock;
    benchmark::DoNotOptimize(values);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBlock));
}

constexpr char kSinus[] = "rhythm: {sinus: {rate: 72 bpm}}";

void SinusRhythm(benchmark::State& state) { Render(state, kSinus, "{signal: ecg, ecg: {}}"); }
BENCHMARK(SinusRhythm);

void SinusRhythmWithNoise(benchmark::State& state) {
  Render(
      state, kSinus,
      "{signal: ecg, ecg: {}, artefacts: [{mains: {amplitude: 0.1 mV}}, {white: {rms: 10 uV}}]}");
}
BENCHMARK(SinusRhythmWithNoise);

void VentricularFibrillation(benchmark::State& state) {
  Render(state, "rhythm: {ventricular_fibrillation: {}}", "{signal: ecg, ecg: {}}");
}
BENCHMARK(VentricularFibrillation);

void TraceOfSamples(benchmark::State& state) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "rig_parts_bench.h5";
  std::filesystem::remove(file);
  auto trace = TraceWriter::Create(file);
  if (!trace) return state.SkipWithError(trace.error().message.c_str());
  const auto channel = (*trace)->Declare("observed.ecg", "V", ChannelKind::kSampled, kPeriod);
  if (!channel) return state.SkipWithError(channel.error().message.c_str());
  std::array<double, kBlock> values{};
  RunTime t;
  for (auto _ : state) {
    // Codes of a 16-bit output, no two blocks alike.
    for (std::size_t i = 0; i < kBlock; ++i)
      values[i] = static_cast<double>((Nanoseconds(t) / 1000 + i * 37) % 65536);
    t += kPeriod * kBlock;
    if (!(*trace)->AppendSamples(*channel, values) || !(*trace)->AdvanceTo(t)) {
      return state.SkipWithError("the trace takes no more");
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBlock));
  if (!(*trace)->Close()) state.SkipWithError("the trace does not close");
  std::filesystem::remove(file);
}
BENCHMARK(TraceOfSamples);

}  // namespace
}  // namespace rig

// What the parts of a run cost: signals per sample, recorded samples, the trace per value.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "rig/record/trace_writer.h"
#include "rig/v1/scenario.pb.h"
#include "sim_signals/catalogue/catalogue.h"
#include "sim_signals/recorded/wfdb_samples.h"
#include "sim_signals/resampler.h"

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

// Counts out of the bytes of a signal file in format 212.
void DecodeWfdb212(benchmark::State& state) {
  constexpr std::size_t kSamples = 65536;
  const WfdbFormat& format = *FindWfdbFormat(212);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(format.Bytes(kSamples)));
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 37);
  std::vector<std::int32_t> counts(kSamples);
  for (auto _ : state) {
    format.Decode(bytes.data(), counts);
    benchmark::DoNotOptimize(counts.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kSamples));
}
BENCHMARK(DecodeWfdb212);

// The same from a stream, as a recording is verified: read, decoded and summed up.
void VerifyWfdb212(benchmark::State& state) {
  constexpr std::int64_t kFrames = 650'000;
  std::vector<WfdbSignal> signals(2);
  for (WfdbSignal& signal : signals) signal.format = 212;
  const std::string bytes(static_cast<std::size_t>(FindWfdbFormat(212)->Bytes(2 * kFrames)), 'x');
  auto samples = MakeWfdbSamples(std::make_unique<std::istringstream>(bytes), "bench", signals);
  if (!samples) return state.SkipWithError(samples.error().message.c_str());
  for (auto _ : state) {
    if (!VerifyWfdbSamples(**samples, "bench", kFrames, signals)) {
      return state.SkipWithError("the samples cannot be read");
    }
  }
  state.SetItemsProcessed(state.iterations() * 2 * kFrames);
}
BENCHMARK(VerifyWfdb212);

void Resampled(benchmark::State& state) {
  const Resampler resampler(360, 500);
  const std::vector<double> around(static_cast<std::size_t>(2 * resampler.reach()), 1.0);
  double position = 1000.0;
  for (auto _ : state) benchmark::DoNotOptimize(resampler.At(position += 0.72, around));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Resampled);

}  // namespace
}  // namespace rig

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
#include "sim_signals/catalogue.h"
#include "sim_signals/recorded/wfdb_samples.h"
#include "sim_signals/resampler.h"

namespace rig {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds(1);
constexpr std::size_t kBlock = 256;

void Render(benchmark::State& state, const v1::Play& play) {
  const SourceContext context{.seed = 1, .signal = "ecg", .unit = "V", .directory = {}};
  auto source = MakeSource(play, context, RunTime());
  if (!source) return state.SkipWithError(source.error().message.c_str());
  std::array<double, kBlock> values{};
  std::vector<TruthEvent> truth;
  RunTime t;
  for (auto _ : state) {
    truth.clear();
    if (!(*source)->Render(t, kPeriod, values, truth))
      return state.SkipWithError("the source ended");
    t += kPeriod * kBlock;
    benchmark::DoNotOptimize(values);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kBlock));
}

void SinusRhythm(benchmark::State& state) {
  v1::Play play;
  v1::Sinus* sinus = play.mutable_sinus();
  sinus->set_rate(1.2);
  sinus->set_rate_sd(1.0 / 60);
  sinus->set_lf_hf(0.5);
  sinus->set_respiration(0.25);
  sinus->set_amplitude(1e-3);
  sinus->set_t_wave(1);
  Render(state, play);
}
BENCHMARK(SinusRhythm);

void SinusRhythmWithNoise(benchmark::State& state) {
  v1::Play play;
  v1::Sinus* sinus = play.mutable_sinus();
  sinus->set_rate(1.2);
  sinus->set_lf_hf(0.5);
  sinus->set_respiration(0.25);
  sinus->set_amplitude(1e-3);
  sinus->set_t_wave(1);
  v1::Mains* mains = play.add_noise()->mutable_mains();
  mains->set_amplitude(1e-4);
  mains->set_frequency(50);
  play.add_noise()->mutable_white()->set_rms(1e-5);
  Render(state, play);
}
BENCHMARK(SinusRhythmWithNoise);

void VentricularFibrillation(benchmark::State& state) {
  v1::Play play;
  play.mutable_ventricular_fibrillation()->set_rate(5);
  play.mutable_ventricular_fibrillation()->set_amplitude(5e-4);
  Render(state, play);
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

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/strict_yaml.h"
#include "sim_signals/catalogue/catalogue.h"
#include "tests/sim_signals/body/bodies.h"

namespace rig {

inline constexpr Duration kAt500Hz = Duration(2'000'000);

struct Rendering {
  std::vector<double> values;
  std::vector<TruthEvent> truth;

  std::vector<TruthEvent> Of(std::string_view what) const {
    std::vector<TruthEvent> found;
    std::copy_if(truth.begin(), truth.end(), std::back_inserter(found),
                 [&](const TruthEvent& e) { return e.what == what; });
    return found;
  }
};

// Renders from run time `start` on, `block` samples at a time.
inline Rendering Render(SignalSource& source, std::size_t samples, std::size_t block = 256,
                        RunTime start = RunTime(), Duration period = kAt500Hz) {
  Rendering r;
  r.values.resize(samples);
  for (std::size_t i = 0; i < samples; i += block) {
    const Status done =
        source.Render(start + period * static_cast<std::int64_t>(i), period,
                      std::span(r.values).subspan(i, std::min(block, samples - i)), r.truth);
    EXPECT_TRUE(done) << done.error().message;
    if (!done) break;
  }
  return r;
}

// A message from YAML, with the schema's defaults.
template <typename Message>
Message FromYaml(const std::string& text) {
  Message message;
  const auto loaded = LoadYamlText(text, "test", message);
  if (!loaded) throw std::runtime_error(loaded.error().message);  // GoogleTest reports it
  return message;
}

// "ecg: {lead: v1}" and the like.
inline v1::Play PlayFrom(const std::string& source) {
  return FromYaml<v1::Play>("{signal: ecg, " + source + "}");
}

inline SourceContext EcgContext(const BodyCourse* body = nullptr, std::uint64_t seed = 1) {
  return {.seed = seed, .signal = "ecg", .unit = "V", .directory = {}, .body = body};
}

inline std::unique_ptr<SignalSource> Make(const v1::Play& play,
                                          const SourceContext& context = EcgContext(),
                                          RunTime start = RunTime()) {
  auto source = MakeSource(play, context, start);
  if (!source) throw std::runtime_error(source.error().message);  // GoogleTest reports it
  return std::move(*source);
}

inline double Largest(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}
inline double Smallest(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}

}  // namespace rig

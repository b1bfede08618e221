#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "sim_signals/recorded/recording.h"

namespace rig {

// The one file there is, whatever its name.
inline OpenFile OnlyFile(std::string bytes) {
  return [bytes = std::move(bytes)](const std::filesystem::path&) {
    return std::make_unique<std::istringstream>(bytes);
  };
}

// What was opened can be read, from its first sample to its last, and to its last annotation.
inline void ReadEverything(Recording& recording) {
  const std::size_t channels = std::min<std::size_t>(recording.channels().size(), 8);
  for (std::size_t c = 0; c < channels; ++c) {
    const std::int64_t samples = recording.channels()[c].samples;
    if (samples < 0 || samples > kMaxRecordingSamples) __builtin_trap();
    std::vector<double> values(static_cast<std::size_t>(std::min<std::int64_t>(samples, 1000)));
    const auto size = static_cast<std::int64_t>(values.size());
    if (!recording.Read(c, samples - size, values)) __builtin_trap();
    if (!recording.Read(c, 0, values)) __builtin_trap();
    if (recording.Read(c, samples - size + 1, values) && size > 0) __builtin_trap();
  }
  (void)recording.start();
  const auto annotations = recording.Annotations();
  if (!annotations) __builtin_trap();
  while (true) {
    const auto next = (*annotations)->Next();
    if (!next) __builtin_trap();
    if (!*next) return;
  }
}

}  // namespace rig

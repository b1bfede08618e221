#pragma once

#include <cstddef>
#include <cstdint>

// Names and sizes of the trace file; rig/record/README.md describes it.
namespace rig::trace_layout {

inline constexpr char kFormat[] = "format";
inline constexpr char kFormatName[] = "rig trace 1";
inline constexpr char kChannels[] = "channels";
inline constexpr char kEnd[] = "end_ns";

inline constexpr char kUnit[] = "unit";
inline constexpr char kKind[] = "kind";
inline constexpr char kPeriod[] = "period_ns";
inline constexpr char kStart[] = "start_ns";
inline constexpr char kCount[] = "count";
inline constexpr char kSha256[] = "sha256";

// Series of a channel: SAMPLED "values"; STEP "points"; TEXT "t_ns", "text_end" and "text".
inline constexpr char kValues[] = "values";
inline constexpr char kPoints[] = "points";
inline constexpr char kTextTimes[] = "t_ns";
inline constexpr char kTextEnds[] = "text_end";
inline constexpr char kText[] = "text";

// Elements per chunk, the unit in which a series grows. Large for ECG, small for a lamp that
// changes twice.
inline constexpr std::uint64_t kLargestSampleChunk = 16384;
inline constexpr std::uint64_t kSmallestSampleChunk = 1024;
inline constexpr std::uint64_t kStepChunk = 512;
inline constexpr std::uint64_t kTextChunk = 256;
inline constexpr std::uint64_t kTextBytesChunk = 16384;
inline constexpr std::size_t kLongestName = 200;
inline constexpr std::size_t kLongestMessage = 1u << 20;

}  // namespace rig::trace_layout

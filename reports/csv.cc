#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "reports/reports.h"

namespace rig {
namespace {

constexpr std::size_t kBlock = 8192;

// Exact: a double would lose nanoseconds after some hours.
void AppendTime(fmt::memory_buffer& out, RunTime t) {
  const std::int64_t ns = Nanoseconds(t);
  const std::uint64_t size =
      ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  fmt::format_to(std::back_inserter(out), "{}{}.{:09}", ns < 0 ? "-" : "", size / 1'000'000'000,
                 size % 1'000'000'000);
}

// RFC 4180: in quotes, quotes doubled, when there is something to protect.
std::string Field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

Status WriteFailed() {
  const bool full = errno == ENOSPC || errno == EFBIG || errno == EDQUOT;
  return MakeError(
      full ? Code::kResourceExhausted : Code::kUnavailable,
      "CSV: cannot write: " + std::error_code(errno, std::system_category()).message());
}

Status Write(const fmt::memory_buffer& rows, std::FILE* out) {
  if (std::fwrite(rows.data(), 1, rows.size(), out) == rows.size()) return {};
  return WriteFailed();
}

Status WritePoints(const TraceReader& trace, const std::string& channel, std::FILE* out) {
  // SAMPLED values are float32: the shortest text that reads back to the same float.
  const bool single = trace.Find(channel)->kind() == v1::SAMPLED;
  const std::string name = Field(channel);
  Status written = {};
  RIG_TRY(trace.ForEachBlock(channel, kBlock, [&](std::span<const StepPoint> points) {
    fmt::memory_buffer rows;
    for (const StepPoint& point : points) {
      AppendTime(rows, point.t);
      if (single) {
        fmt::format_to(std::back_inserter(rows), ",{},{}\n", name, static_cast<float>(point.value));
      } else {
        fmt::format_to(std::back_inserter(rows), ",{},{}\n", name, point.value);
      }
    }
    written = Write(rows, out);
    return written.has_value();
  }));
  return written;
}

Status WriteText(const TraceReader& trace, const std::string& channel, std::FILE* out) {
  RIG_TRY_ASSIGN(const std::vector<TextPoint> lines, trace.ReadText(channel));
  fmt::memory_buffer rows;
  for (const TextPoint& line : lines) {
    AppendTime(rows, line.t);
    fmt::format_to(std::back_inserter(rows), ",{},{}\n", Field(channel), Field(line.text));
  }
  return Write(rows, out);
}

}  // namespace

Status WriteTraceCsv(const TraceReader& trace, const std::vector<std::string>& channels,
                     std::FILE* out) {
  const std::vector<std::string> wanted = channels.empty() ? trace.Names() : channels;
  for (const std::string& channel : wanted) {
    if (trace.Find(channel) == nullptr) {
      return MakeError(Code::kNotFound, fmt::format("no channel \"{}\" in the trace", channel));
    }
  }
  fmt::memory_buffer header;
  header.append(std::string_view("time_s,channel,value\n"));
  RIG_TRY(Write(header, out));
  for (const std::string& channel : wanted) {
    const bool text = trace.Find(channel)->kind() == v1::TEXT;
    RIG_TRY(text ? WriteText(trace, channel, out) : WritePoints(trace, channel, out));
  }
  if (std::fflush(out) != 0) return WriteFailed();
  return {};
}

}  // namespace rig

#include "sim_signals/recorded/csv_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace rig {

Result<CsvWriter> CsvWriter::Create(const std::filesystem::path& path,
                                    std::span<const RecordingChannel> channels) {
  const auto refuse = [&](const std::string& what) {
    return MakeError(Code::kInvalidArgument, path.string() + ": " + what);
  };
  if (channels.empty()) return refuse("no channels; expected one at least");
  std::string names = "time [s]";
  for (const RecordingChannel& c : channels) {
    const bool sayable =
        !c.name.empty() && (c.name + c.unit).find_first_of(",[]\"\n\r") == std::string::npos;
    if (!sayable || c.rate_hz != channels[0].rate_hz || !(c.rate_hz > 0.0)) {
      return refuse(
          fmt::format("channel \"{}\" in {} at {} Hz; expected channels of one rate, "
                      "with names that a column can have",
                      c.name, c.unit, c.rate_hz));
    }
    names += "," + c.name + (c.unit.empty() ? "" : " [" + c.unit + "]");
  }
  CsvWriter writer;
  writer.path_ = path;
  writer.columns_ = channels.size();
  writer.rate_hz_ = channels[0].rate_hz;
  writer.stream_ = std::make_unique<std::ofstream>(path, std::ios::binary);
  *writer.stream_ << names << '\n';
  if (*writer.stream_) return writer;
  return MakeError(Code::kUnavailable, path.string() + ": cannot be written");
}

Status CsvWriter::Append(std::span<const double> values) {
  if (values.size() % columns_ != 0) {
    return MakeError(Code::kInvalidArgument, fmt::format("{}: {} values; expected rows of {}",
                                                         path_.string(), values.size(), columns_));
  }
  fmt::memory_buffer text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % columns_ == 0) {
      fmt::format_to(std::back_inserter(text), "{}", static_cast<double>(row_++) / rate_hz_);
    }
    text.push_back(',');
    if (values[i] == values[i]) fmt::format_to(std::back_inserter(text), "{}", values[i]);
    if (i % columns_ == columns_ - 1) text.push_back('\n');
  }
  stream_->write(text.data(), static_cast<std::streamsize>(text.size()));
  if (*stream_) return {};
  return MakeError(Code::kResourceExhausted, path_.string() + ": cannot be written on");
}

Status CsvWriter::Close() {
  stream_->flush();
  const bool closed = static_cast<bool>(*stream_);
  stream_.reset();
  if (closed) return {};
  return MakeError(Code::kResourceExhausted, path_.string() + ": cannot be closed");
}

}  // namespace rig

#include "sim_signals/recorded/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rig/base/units.h"
#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

constexpr std::size_t kMaxLineBytes = 1 << 18;
// A place in the file is kept for each of these many rows.
constexpr std::int64_t kRowsPerMark = 4096;

class NoAnnotations : public AnnotationStream {
 public:
  Result<std::optional<RecordingAnnotation>> Next() override { return std::nullopt; }
};

// Calls `take(index, cell)` for each cell until it returns false; the number of cells taken.
template <typename Take>
std::size_t ForEachCell(std::string_view line, Take take) {
  std::size_t i = 0;
  while (true) {
    const std::size_t comma = std::min(line.find(','), line.size());
    if (!take(i, Trimmed(line.substr(0, comma)))) return i;
    ++i;
    if (comma == line.size()) return i;
    line.remove_prefix(comma + 1);
  }
}

// "II [mV]" → II and mV.
RecordingChannel Named(std::string_view cell) {
  const std::size_t bracket = cell.rfind('[');
  if (bracket == std::string_view::npos || !cell.ends_with(']'))
    return {std::string(cell), "", 0, 0};
  return {std::string(Trimmed(cell.substr(0, bracket))),
          PlainUnit(cell.substr(bracket + 1, cell.size() - bracket - 2)), 0.0, 0};
}

class Csv : public Recording {
 public:
  Csv(std::filesystem::path path, const RecordingOptions& options)
      : files_{std::move(path)}, name_(files_[0].string()), options_(options) {}
  Status Open();

  const std::vector<RecordingChannel>& channels() const override { return channels_; }
  std::string start() const override { return {}; }
  Status Read(std::size_t channel, std::int64_t first, std::span<double> values) override;
  Result<std::unique_ptr<AnnotationStream>> Annotations() const override {
    return std::make_unique<NoAnnotations>();
  }
  const std::vector<std::filesystem::path>& files() const override { return files_; }

 private:
  tl::unexpected<Error> Refuse(const std::string& what, const std::string& expected) const {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}:{}: {}; expected {}", name_, line_number_, what, expected));
  }
  // The next line without its end; false at the end of the file. Errors: INVALID_ARGUMENT.
  Result<bool> NextLine();
  void Rewind();
  Status ReadNames();
  // One pass over the rows: every cell is a number, times are steady.
  Status Survey();
  Status ReadRow(std::vector<double>& row);
  Status SetRate(double first_s, double last_s);
  Status CheckTimes(double first_s);
  bool timed() const { return time_to_s_ > 0.0; }

  std::vector<std::filesystem::path> files_;
  std::string name_;
  RecordingOptions options_;
  std::unique_ptr<std::istream> stream_;
  std::vector<RecordingChannel> channels_;
  double time_to_s_ = 0.0;  // of the first column; 0: it is a channel
  double rate_hz_ = 0.0;
  bool named_ = false;
  std::int64_t rows_ = 0;
  std::vector<std::int64_t> marks_;
  // Where the stream is.
  std::string line_;
  std::int64_t line_number_ = 0;
  std::int64_t offset_ = 0;
  std::int64_t next_row_ = 0;
  std::vector<double> row_;
};

Result<bool> Csv::NextLine() {
  line_.clear();
  std::streambuf& buffer = *stream_->rdbuf();
  for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    ++offset_;
    if (c == '\n') {
      ++line_number_;
      return true;
    }
    line_.push_back(static_cast<char>(c));
    if (line_.size() > kMaxLineBytes) {
      ++line_number_;
      return Refuse("a longer line", fmt::format("at most {} bytes", kMaxLineBytes));
    }
  }
  if (!line_.empty()) ++line_number_;
  return !line_.empty();
}

void Csv::Rewind() {
  stream_->clear();
  stream_->seekg(0);
  offset_ = 0;
  line_number_ = 0;
  next_row_ = 0;
}

Status Csv::ReadNames() {
  Rewind();
  RIG_TRY_ASSIGN(const bool any, NextLine());
  if (!any) return Refuse("empty", "a line of names");
  std::string_view line = line_;
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  if (Trimmed(line).starts_with('#')) return Refuse("a comment", "names with units, \"II [mV]\"");
  bool numbers = true;
  ForEachCell(line, [&](std::size_t, std::string_view cell) {
    double number = 0.0;
    numbers = numbers && ParseNumber(cell, number);
    channels_.push_back(Named(cell));
    return channels_.size() <= static_cast<std::size_t>(kMaxRecordingChannels);
  });
  if (channels_.size() > static_cast<std::size_t>(kMaxRecordingChannels)) {
    return Refuse("more columns", fmt::format("at most {}", kMaxRecordingChannels));
  }
  named_ = !numbers;
  if (!named_) {
    if (options_.rate_hz == 0.0) {
      return Refuse("numbers at once", "a line of names, \"time [s],II [mV]\", or a sampling rate");
    }
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      channels_[i] = {fmt::format("{}", i + 1), "", 0.0, 0};
    }
  }
  const bool unnamed = std::any_of(channels_.begin(), channels_.end(),
                                   [](const RecordingChannel& c) { return c.name.empty(); });
  if (unnamed) return Refuse("a column without a name", "a name in every column");
  if (options_.rate_hz > 0.0) return {};
  const RecordingChannel& first = channels_.front();
  const auto unit = ParseUnit(first.unit);
  const bool is_time = first.name == "time" && unit && unit->dimension == ParseUnit("s")->dimension;
  if (!is_time || channels_.size() < 2) {
    return Refuse(fmt::format("first column \"{}\"",
                              line.substr(0, std::min<std::size_t>(line.find(','), 40))),
                  "\"time [s]\" and others, or a sampling rate");
  }
  time_to_s_ = unit->to_si;
  channels_.erase(channels_.begin());
  return {};
}

// The row on line_, its time in seconds first if it has one.
Status Csv::ReadRow(std::vector<double>& row) {
  row.clear();
  const std::size_t columns = channels_.size() + (timed() ? 1 : 0);
  bool more = false;
  bool refused = false;
  std::string bad;
  const std::size_t taken = ForEachCell(line_, [&](std::size_t i, std::string_view cell) {
    const bool is_time = timed() && i == 0;
    more = i >= columns;
    double number = std::nan("");
    const bool missing = !is_time && (cell.empty() || cell == "nan" || cell == "NaN");
    const bool usable = !more && (missing || ParseNumber(cell, number));
    if (usable) row.push_back(is_time ? number * time_to_s_ : number);
    refused = !usable && !more;
    if (refused) bad = cell.substr(0, 40);
    return usable;
  });
  if (!more && taken == columns) return {};
  if (refused) {
    return Refuse(fmt::format("\"{}\" in column {}", bad, taken + 1), "a number");
  }
  return Refuse(more ? "more columns" : fmt::format("{} columns", taken),
                fmt::format("{}", columns));
}

Status Csv::SetRate(double first_s, double last_s) {
  rate_hz_ = options_.rate_hz;
  if (!timed()) return {};
  const double periods = static_cast<double>(rows_ - 1);
  rate_hz_ = periods / (last_s - first_s);
  const bool usable = rate_hz_ > 0.0 && rate_hz_ <= kMaxRecordingRate;
  if (!usable) {
    return Refuse(fmt::format("times from {} s to {} s", first_s, last_s),
                  "at least two, that grow, at no more than 1e7 Hz");
  }
  // The number it was made from, if nine digits say the same.
  double plain = 0.0;
  if (ParseNumber(fmt::format("{:.9g}", rate_hz_), plain) &&
      std::fabs(plain / rate_hz_ - 1.0) * periods < 1e-3) {
    rate_hz_ = plain;
  }
  return {};
}

Status Csv::CheckTimes(double first_s) {
  Rewind();
  if (named_) RIG_TRY(NextLine());
  for (std::int64_t i = 0; i < rows_; ++i) {
    RIG_TRY(NextLine());
    RIG_TRY(ReadRow(row_));
    const double off = (row_[0] - first_s) * rate_hz_ - static_cast<double>(i);
    const bool steady = off >= -0.25 && off <= 0.25;
    if (steady) continue;
    return Refuse(fmt::format("time {} s", row_[0]),
                  fmt::format("{} s, as at a steady {} Hz",
                              first_s + static_cast<double>(i) / rate_hz_, rate_hz_));
  }
  return {};
}

Status Csv::Survey() {
  Rewind();
  if (named_) RIG_TRY(NextLine());
  double first_s = 0.0, last_s = 0.0;
  while (true) {
    const std::int64_t at = offset_;
    RIG_TRY_ASSIGN(const bool more, NextLine());
    if (!more) break;
    RIG_TRY(ReadRow(row_));
    if (rows_ % kRowsPerMark == 0) marks_.push_back(at);
    if (rows_ == 0) first_s = row_[0];
    last_s = row_[0];
    ++rows_;
  }
  if (rows_ == 0) return MakeError(Code::kDataLoss, name_ + ": holds no samples");
  RIG_TRY(SetRate(first_s, last_s));
  if (timed()) RIG_TRY(CheckTimes(first_s));
  for (RecordingChannel& c : channels_) {
    c.rate_hz = rate_hz_;
    c.samples = rows_;
  }
  return {};
}

Status Csv::Open() {
  const bool usable = options_.rate_hz >= 0.0 && options_.rate_hz <= kMaxRecordingRate;
  if (!usable) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: a sampling rate of {} Hz; expected up to 1e7 Hz", name_,
                                 options_.rate_hz));
  }
  stream_ = options_.open_file(files_[0]);
  if (stream_ == nullptr) return MakeError(Code::kNotFound, name_ + ": cannot be opened");
  RIG_TRY(ReadNames());
  return Survey();
}

Status Csv::Read(std::size_t channel, std::int64_t first, std::span<double> values) {
  RIG_TRY(CheckRange(*this, channel, first, values.size(), name_));
  if (values.empty()) return {};
  const std::int64_t mark = first / kRowsPerMark;
  if (first < next_row_ || mark * kRowsPerMark > next_row_ || next_row_ == 0) {
    stream_->clear();
    offset_ = marks_[static_cast<std::size_t>(mark)];
    stream_->seekg(offset_);
    next_row_ = mark * kRowsPerMark;
    line_number_ = next_row_ + (named_ ? 1 : 0);
  }
  const std::int64_t last = first + static_cast<std::int64_t>(values.size());
  for (; next_row_ < last; ++next_row_) {
    RIG_TRY_ASSIGN(const bool more, NextLine());
    if (!more) return MakeError(Code::kDataLoss, name_ + ": has changed since it was opened");
    if (next_row_ < first) continue;
    RIG_TRY(ReadRow(row_));
    values[static_cast<std::size_t>(next_row_ - first)] = row_[channel + (timed() ? 1 : 0)];
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Recording>> OpenCsv(const std::filesystem::path& path,
                                           const RecordingOptions& options) {
  auto recording = std::make_unique<Csv>(path, options);
  RIG_TRY(recording->Open());
  return recording;
}

}  // namespace rig

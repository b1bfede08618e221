#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "sim_signals/recorded/edf.h"
#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

// Data records that follow each other without a gap.
struct Run {
  std::int64_t first_record;
  std::int64_t start_ns;  // since the first data record
};

std::string Later(const std::string& start, std::int64_t ns) {
  using namespace std::chrono;
  if (start.empty()) return start;
  const auto part = [&](std::size_t at, std::size_t size) {
    std::int64_t v = 0;
    (void)ParseNumber(start.substr(at, size), v);
    return static_cast<int>(v);
  };
  const sys_days day = year_month_day(year(part(0, 4)), month(static_cast<unsigned>(part(5, 2))),
                                      std::chrono::day(static_cast<unsigned>(part(8, 2))));
  const auto at = sys_time<nanoseconds>(day) + hours(part(11, 2)) + minutes(part(14, 2)) +
                  seconds(part(17, 2)) + nanoseconds(ns);
  const sys_days on = floor<days>(at);
  const year_month_day date(on);
  const hh_mm_ss<nanoseconds> time(at - on);
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  time.hours().count(), time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() == 0) return text;
  text += fmt::format(".{:09}", time.subseconds().count());
  return text.substr(0, text.find_last_not_of('0') + 1);
}

// The annotation signals of one file, data record after data record.
class AnnotationLists {
 public:
  AnnotationLists(std::istream& stream, const EdfHeader& header, std::string name)
      : stream_(&stream), header_(&header), name_(std::move(name)) {}
  // Those of a data record; the first says when it begins. Errors: DATA_LOSS.
  Result<std::vector<EdfAnnotationList>> OfRecord(std::int64_t record);

 private:
  std::istream* stream_;
  const EdfHeader* header_;
  std::string name_;
  std::string bytes_;
};

Result<std::vector<EdfAnnotationList>> AnnotationLists::OfRecord(std::int64_t record) {
  std::vector<EdfAnnotationList> all;
  for (const EdfSignal& signal : header_->signals) {
    if (!signal.annotations) continue;
    bytes_.resize(static_cast<std::size_t>(signal.samples * header_->sample_bytes()));
    stream_->clear();
    stream_->seekg(header_->header_bytes() + record * header_->record_bytes() + signal.byte_offset);
    stream_->read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()));
    const std::string where = fmt::format("{}: data record {}", name_, record + 1);
    if (stream_->gcount() != static_cast<std::streamsize>(bytes_.size())) {
      return MakeError(Code::kDataLoss, where + ": cannot be read");
    }
    RIG_TRY_ASSIGN(auto lists, ParseEdfAnnotations(bytes_, where));
    const bool timed = !all.empty() || (!lists.empty() && lists.front().texts.front().empty());
    if (!timed) {
      return MakeError(Code::kDataLoss,
                       where + ": does not say when it begins; expected an empty first annotation");
    }
    std::move(lists.begin(), lists.end(), std::back_inserter(all));
  }
  return all;
}

class EdfAnnotationStream : public AnnotationStream {
 public:
  EdfAnnotationStream(std::unique_ptr<std::istream> stream, const EdfHeader& header,
                      const std::string& name, std::int64_t start_ns)
      : stream_(std::move(stream)),
        header_(header),
        lists_(*stream_, header_, name),
        start_ns_(start_ns) {}
  Result<std::optional<RecordingAnnotation>> Next() override {
    while (at_ == ready_.size()) {
      if (!header_.plus || record_ == header_.records) return std::nullopt;
      ready_.clear();
      at_ = 0;
      RIG_TRY_ASSIGN(const auto lists, lists_.OfRecord(record_++));
      for (const EdfAnnotationList& list : lists) {
        for (const std::string& text : list.texts) {
          if (text.empty()) continue;
          ready_.push_back({list.onset_ns - start_ns_, list.duration_ns, 0, text, -1});
        }
      }
    }
    return ready_[at_++];
  }

 private:
  std::unique_ptr<std::istream> stream_;
  EdfHeader header_;
  AnnotationLists lists_;
  std::int64_t start_ns_;
  std::int64_t record_ = 0;
  std::vector<RecordingAnnotation> ready_;
  std::size_t at_ = 0;
};

class EdfRecording : public Recording {
 public:
  EdfRecording(std::filesystem::path path, OpenFile open_file)
      : files_{std::move(path)}, open_file_(std::move(open_file)), name_(files_[0].string()) {}
  Status Open();

  const std::vector<RecordingChannel>& channels() const override { return channels_; }
  std::string start() const override { return Later(header_.start, start_ns_); }
  Status Read(std::size_t channel, std::int64_t first, std::span<double> values) override;
  Result<std::unique_ptr<AnnotationStream>> Annotations() const override;
  const std::vector<std::filesystem::path>& files() const override { return files_; }

 private:
  Status CheckLength();
  // Reads all annotations and finds the gaps.
  Status Survey();
  Status Follow(std::int64_t record, std::int64_t onset_ns);
  double RunNs(std::int64_t records) const {
    return static_cast<double>(records) * header_.record_s * 1e9;
  }
  // Sample of a channel at which a run begins.
  std::int64_t FirstSample(const Run& run, const RecordingChannel& channel) const {
    return static_cast<std::int64_t>(
        std::floor(static_cast<double>(run.start_ns) * 1e-9 * channel.rate_hz + 0.5));
  }
  // Samples of one data record, `k` being the first.
  Status ReadWithin(const EdfSignal& signal, std::int64_t record, std::int64_t k,
                    std::span<double> values);

  std::vector<std::filesystem::path> files_;
  OpenFile open_file_;
  std::string name_;
  std::unique_ptr<std::istream> stream_;
  EdfHeader header_;
  std::vector<RecordingChannel> channels_;
  std::vector<std::size_t> signals_;  // of each channel
  std::vector<Run> runs_;
  std::int64_t start_ns_ = 0;  // of the first data record, since the header's start
  std::vector<unsigned char> bytes_;
};

Status EdfRecording::CheckLength() {
  stream_->clear();
  stream_->seekg(0, std::ios::end);
  const std::int64_t size = static_cast<std::int64_t>(stream_->tellg()) - header_.header_bytes();
  if (header_.records < 0) header_.records = size / header_.record_bytes();
  const std::int64_t expected = header_.records * header_.record_bytes();
  if (header_.records == 0) return MakeError(Code::kDataLoss, name_ + ": holds no data record");
  if (size == expected) return {};
  return MakeError(Code::kDataLoss,
                   fmt::format("{}: {} bytes behind the header; expected {} for {} data records",
                               name_, size, expected, header_.records));
}

// Where the next data record lies: behind the last one, or behind a gap.
Status EdfRecording::Follow(std::int64_t record, std::int64_t onset_ns) {
  if (record == 0) {
    start_ns_ = onset_ns;
    runs_ = {{0, 0}};
    return {};
  }
  double fastest_hz = 1.0;
  for (const RecordingChannel& c : channels_) fastest_hz = std::max(fastest_hz, c.rate_hz);
  const Run& run = runs_.back();
  const double due = static_cast<double>(run.start_ns) + RunNs(record - run.first_record);
  const double late = static_cast<double>(onset_ns - start_ns_) - due;
  const double tolerance = 0.5e9 / fastest_hz;
  if (late >= -tolerance && late <= tolerance) return {};
  const auto refuse = [&](const char* what, const char* expected) {
    return MakeError(Code::kDataLoss,
                     fmt::format("{}: data record {} begins {:.6f} s {} the one "
                                 "before ends; expected {}",
                                 name_, record + 1, std::fabs(late) * 1e-9, what, expected));
  };
  if (late < 0.0) return refuse("before", "records one after the other");
  if (!header_.discontinuous) return refuse("after", "no gap in a continuous file");
  runs_.push_back({record, onset_ns - start_ns_});
  return {};
}

Status EdfRecording::Survey() {
  runs_ = {{0, 0}};
  const bool annotated = std::any_of(header_.signals.begin(), header_.signals.end(),
                                     [](const EdfSignal& s) { return s.annotations; });
  if (header_.plus && !annotated) {
    return MakeError(Code::kInvalidArgument,
                     name_ + ": no annotation signal; expected one, as each EDF+ or BDF+ file has");
  }
  if (!annotated) return {};
  AnnotationLists lists(*stream_, header_, name_);
  for (std::int64_t record = 0; record < header_.records; ++record) {
    RIG_TRY_ASSIGN(const auto all, lists.OfRecord(record));
    RIG_TRY(Follow(record, all.front().onset_ns));
  }
  return {};
}

Status EdfRecording::Open() {
  stream_ = open_file_(files_[0]);
  if (stream_ == nullptr) return MakeError(Code::kNotFound, name_ + ": cannot be opened");
  RIG_TRY_ASSIGN(header_, ParseEdfHeader(*stream_, name_));
  RIG_TRY(CheckLength());
  for (std::size_t i = 0; i < header_.signals.size(); ++i) {
    const EdfSignal& signal = header_.signals[i];
    if (signal.annotations) continue;
    signals_.push_back(i);
    channels_.push_back({signal.label, PlainUnit(signal.unit),
                         static_cast<double>(signal.samples) / header_.record_s, 0});
  }
  RIG_TRY(Survey());
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const Run& last = runs_.back();
    channels_[c].samples =
        FirstSample(last, channels_[c]) +
        (header_.records - last.first_record) * header_.signals[signals_[c]].samples;
    if (channels_[c].samples <= kMaxRecordingSamples) continue;
    return MakeError(Code::kResourceExhausted,
                     fmt::format("{}: gaps as if it had {} samples; expected at most {}", name_,
                                 channels_[c].samples, kMaxRecordingSamples));
  }
  return {};
}

Status EdfRecording::ReadWithin(const EdfSignal& signal, std::int64_t record, std::int64_t k,
                                std::span<double> values) {
  const std::int64_t width = header_.sample_bytes();
  bytes_.resize(values.size() * static_cast<std::size_t>(width));
  stream_->clear();
  stream_->seekg(header_.header_bytes() + record * header_.record_bytes() + signal.byte_offset +
                 k * width);
  stream_->read(reinterpret_cast<char*>(bytes_.data()),
                static_cast<std::streamsize>(bytes_.size()));
  if (stream_->gcount() != static_cast<std::streamsize>(bytes_.size())) {
    return MakeError(Code::kDataLoss, fmt::format("{}: data record {} cannot be read; the file has "
                                                  "changed since it was opened",
                                                  name_, record + 1));
  }
  const unsigned char* b = bytes_.data();
  for (double& v : values) {
    const std::uint32_t raw = width == 2 ? (b[0] | b[1] << 8) << 16u
                                         : static_cast<std::uint32_t>(b[0] << 8 | b[1] << 16) |
                                               static_cast<std::uint32_t>(b[2]) << 24;
    v = signal.ToUnits(static_cast<std::int32_t>(raw) >> (width == 2 ? 16 : 8));
    b += width;
  }
  return {};
}

Status EdfRecording::Read(std::size_t channel, std::int64_t first, std::span<double> values) {
  RIG_TRY(CheckRange(*this, channel, first, values.size(), name_));
  const EdfSignal& signal = header_.signals[signals_[channel]];
  constexpr std::int64_t kBlock = 1 << 16;
  const auto begins = [&](const Run& run) { return FirstSample(run, channels_[channel]); };
  while (!values.empty()) {
    auto run = std::upper_bound(runs_.begin(), runs_.end(), first,
                                [&](std::int64_t at, const Run& r) { return at < begins(r); });
    const std::int64_t next = run == runs_.end() ? channels_[channel].samples : begins(*run);
    const std::int64_t next_record = run == runs_.end() ? header_.records : run->first_record;
    --run;
    const std::int64_t at = first - begins(*run);
    const std::int64_t held = (next_record - run->first_record) * signal.samples;
    const std::int64_t k = at % signal.samples;
    std::int64_t size =
        std::min<std::int64_t>(static_cast<std::int64_t>(values.size()), next - first);
    if (at >= held) {
      std::fill_n(values.begin(), size, std::nan(""));
    } else {
      size = std::min({size, signal.samples - k, kBlock});
      RIG_TRY(ReadWithin(signal, run->first_record + at / signal.samples, k,
                         values.first(static_cast<std::size_t>(size))));
    }
    values = values.subspan(static_cast<std::size_t>(size));
    first += size;
  }
  return {};
}

Result<std::unique_ptr<AnnotationStream>> EdfRecording::Annotations() const {
  auto stream = open_file_(files_[0]);
  if (stream == nullptr) return MakeError(Code::kNotFound, name_ + ": cannot be opened");
  return std::make_unique<EdfAnnotationStream>(std::move(stream), header_, name_, start_ns_);
}

}  // namespace

Result<std::unique_ptr<Recording>> OpenEdf(const std::filesystem::path& path,
                                           const OpenFile& open_file) {
  auto recording = std::make_unique<EdfRecording>(path, open_file);
  RIG_TRY(recording->Open());
  return recording;
}

}  // namespace rig

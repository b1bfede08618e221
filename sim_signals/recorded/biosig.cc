#include "sim_signals/recorded/biosig.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "rig/base/child.h"
#include "sim_signals/recorded/listed_annotations.h"
#include "sim_signals/recorded/text.h"
#include "sim_signals/recorded/wfdb_format.h"

namespace rig {
namespace {

constexpr std::int64_t kMaxTextBytes = 16 << 20;
constexpr std::string_view kTool = "save2gdf";

// How save2gdf unpacks a channel: one file of plain samples in the machine's byte order.
struct SampleType {
  std::string_view name;
  std::int64_t bytes;
  double (*read)(const char*);
};

template <typename T>
double ReadAs(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

double ReadBit24(const char* bytes) {
  std::int32_t count = 0;
  FindWfdbFormat(24)->Decode(reinterpret_cast<const unsigned char*>(bytes), {&count, 1});
  return count;
}

constexpr SampleType kTypes[] = {
    {"int8", 1, ReadAs<std::int8_t>},
    {"uint8", 1, ReadAs<std::uint8_t>},
    {"int16", 2, ReadAs<std::int16_t>},
    {"uint16", 2, ReadAs<std::uint16_t>},
    {"int32", 4, ReadAs<std::int32_t>},
    {"uint32", 4, ReadAs<std::uint32_t>},
    {"bit24", 3, ReadBit24},
    {"float32", 4, ReadAs<float>},
    {"float64", 8, ReadAs<double>},
};

struct Unpacked {
  std::filesystem::path file;
  const SampleType* type = nullptr;
  double scale = 1.0, offset = 0.0;
};

class BiosigRecording : public Recording {
 public:
  BiosigRecording(std::filesystem::path path, TemporaryFolder folder)
      : files_{std::move(path)}, name_(files_[0].string()), folder_(std::move(folder)) {}
  // `text` is what save2gdf wrote of the file.
  Status Load(std::string_view text);

  const std::vector<RecordingChannel>& channels() const override { return channels_; }
  std::string start() const override { return start_; }
  Status Read(std::size_t channel, std::int64_t first, std::span<double> values) override;
  Result<std::unique_ptr<AnnotationStream>> Annotations() const override {
    return std::make_unique<ListedAnnotations>(events_);
  }
  const std::vector<std::filesystem::path>& files() const override { return files_; }

 private:
  using Fields = std::map<std::string, std::string, std::less<>>;
  Status LoadChannel(const Fields& fields);
  Status LoadEvent(std::string_view line);
  tl::unexpected<Error> Refuse(Code code, const std::string& what) const {
    return MakeError(code, fmt::format("{}: {}", name_, what));
  }

  std::vector<std::filesystem::path> files_;
  std::string name_;
  TemporaryFolder folder_;
  std::vector<RecordingChannel> channels_;
  std::vector<Unpacked> unpacked_;
  std::vector<RecordingAnnotation> events_;
  std::string start_;
  std::string bytes_;
};

Status BiosigRecording::LoadChannel(const Fields& fields) {
  const auto field = [&](std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  const std::string label = field("Label");
  RecordingChannel channel{label, PlainUnit(field("PhysicalUnits")), 0.0, 0};
  double digital_max = 0, digital_min = 0, physical_max = 0, physical_min = 0;
  const bool read =
      ParseNumber(field("SamplingRate"), channel.rate_hz) && channel.rate_hz > 0.0 &&
      channel.rate_hz <= kMaxRecordingRate &&
      ParseNumber(field("NumberOfSamples"), channel.samples) && channel.samples >= 0 &&
      channel.samples <= kMaxRecordingSamples && ParseNumber(field("DigMax"), digital_max) &&
      ParseNumber(field("DigMin"), digital_min) && ParseNumber(field("PhysMax"), physical_max) &&
      ParseNumber(field("PhysMin"), physical_min) && digital_max > digital_min;
  if (!read) {
    return Refuse(
        Code::kDataLoss,
        fmt::format("channel \"{}\": {} describes it without usable numbers", label, kTool));
  }
  if (channel.samples == 0) return {};  // events alone
  const std::string type = field("GDFTYP");
  const auto known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                  [&](const SampleType& t) { return t.name == type; });
  if (known == std::end(kTypes)) {
    return Refuse(Code::kUnimplemented,
                  fmt::format("channel \"{}\" has samples of type {}; expected whole numbers of up "
                              "to 32 bits, float32 or float64",
                              label, type));
  }
  Unpacked unpacked{folder_.path() / std::filesystem::path(field("Filename")).filename(), &*known,
                    1.0, 0.0};
  // Ranges that print alike: the samples are in physical units already.
  const auto alike = [](double digital, double physical) {
    return fmt::format("{:.6g}", digital) == fmt::format("{:.6g}", physical);
  };
  if (!alike(digital_max, physical_max) || !alike(digital_min, physical_min)) {
    unpacked.scale = (physical_max - physical_min) / (digital_max - digital_min);
    unpacked.offset = physical_min - digital_min * unpacked.scale;
  }
  std::error_code failed;
  const auto size = std::filesystem::file_size(unpacked.file, failed);
  if (failed || size != static_cast<std::uintmax_t>(channel.samples * known->bytes)) {
    return Refuse(Code::kDataLoss, fmt::format("channel \"{}\": {} unpacked other than {} samples",
                                               label, kTool, channel.samples));
  }
  channels_.push_back(std::move(channel));
  unpacked_.push_back(std::move(unpacked));
  return {};
}

// "0x0001 tab 0.268 tab duration tab channel tab text".
Status BiosigRecording::LoadEvent(std::string_view line) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    part = Trimmed(line.substr(0, tab));
    line.remove_prefix(std::min(tab + 1, line.size()));
  }
  double at = 0.0, duration = 0.0;
  std::int64_t channel = 0;
  const auto usable = [](double s) { return s > -1e9 && s < 1e9; };
  const bool read = ParseNumber(parts[1], at) && usable(at) &&
                    (parts[2].empty() || (ParseNumber(parts[2], duration) && usable(duration)));
  if (!read) return Refuse(Code::kDataLoss, fmt::format("an event without a time from {}", kTool));
  RecordingAnnotation event;
  event.time_ns = static_cast<std::int64_t>(std::floor(at * 1e9 + 0.5));
  event.duration_ns =
      std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(duration * 1e9 + 0.5)));
  event.text = std::string(parts[0]) + (parts[4].empty() ? "" : " " + std::string(parts[4]));
  if (ParseNumber(parts[3], channel) && channel >= 1 && channel <= kMaxRecordingChannels) {
    event.channel = static_cast<int>(channel - 1);
  }
  events_.push_back(std::move(event));
  return {};
}

Status BiosigRecording::Load(std::string_view text) {
  Fields fields;
  enum class Part { kRecording, kChannels, kEvents } part = Part::kRecording;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool events = line.starts_with("[EVENT TABLE]");
    if (line.starts_with("[Header 2]")) part = Part::kChannels;
    if ((events || Trimmed(line).empty()) && part == Part::kChannels && !fields.empty()) {
      RIG_TRY(LoadChannel(fields));
      fields.clear();
    }
    if (events) part = Part::kEvents;
    if (part == Part::kEvents) {
      if (line.starts_with("0x")) RIG_TRY(LoadEvent(line));
      continue;
    }
    line = line.substr(0, line.find('#'));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = Trimmed(line.substr(0, equals));
    const std::string_view value = Trimmed(line.substr(equals + 1));
    if (part == Part::kChannels) fields.insert_or_assign(std::string(key), std::string(value));
    // "2011-04-04 12:57:01.999986", and a year below 1 where there is none.
    const bool begins = part == Part::kRecording && key == "Recording.Time" && value.size() > 10;
    if (begins && value.front() != '-' && value.front() != '0') {
      start_ = fmt::format("{}T{}", value.substr(0, 10), value.substr(11));
    }
  }
  if (part == Part::kChannels && !fields.empty()) RIG_TRY(LoadChannel(fields));
  if (channels_.empty()) return Refuse(Code::kDataLoss, "holds no samples");
  return {};
}

Status BiosigRecording::Read(std::size_t channel, std::int64_t first, std::span<double> values) {
  RIG_TRY(CheckRange(*this, channel, first, values.size(), name_));
  const Unpacked& unpacked = unpacked_[channel];
  const auto stream = OpenOnDisk(unpacked.file);
  constexpr std::size_t kBlock = 1 << 16;
  if (stream != nullptr) stream->seekg(first * unpacked.type->bytes);
  while (!values.empty()) {
    const std::size_t n = std::min(values.size(), kBlock);
    bytes_.resize(n * static_cast<std::size_t>(unpacked.type->bytes));
    if (stream == nullptr ||
        !stream->read(bytes_.data(), static_cast<std::streamsize>(bytes_.size()))) {
      return Refuse(Code::kDataLoss, "its unpacked samples cannot be read");
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double v =
          unpacked.type->read(bytes_.data() + i * static_cast<std::size_t>(unpacked.type->bytes));
      values[i] = v * unpacked.scale + unpacked.offset;
    }
    values = values.subspan(n);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Recording>> OpenThroughBiosig(const std::filesystem::path& path,
                                                     std::string_view search_path) {
  const std::filesystem::path tool = FindProgram(kTool, search_path);
  if (tool.empty()) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("{}: GDF and SCP-ECG are read through {}, which is not installed; "
                                 "expected Debian's package biosig-tools",
                                 path.string(), kTool));
  }
  RIG_TRY_ASSIGN(TemporaryFolder folder, TemporaryFolder::Make());
  // The name as it is could read as an option or a network address.
  const std::filesystem::path input = std::filesystem::absolute(path);
  const std::filesystem::path output = folder.path() / "unpacked.bin";
  const std::filesystem::path log = folder.path() / "log";
  const Status run =
      RunLimited({tool.string(), "-f=BIN", input.string(), output.string()}, log, {});
  if (!run) return WithContext(run.error(), path.string());
  auto text = ReadAll(output, kMaxTextBytes, OpenOnDisk);
  if (!text) {
    return MakeError(Code::kDataLoss,
                     fmt::format("{}: {} does not read it; expected GDF or SCP-ECG that it does",
                                 path.string(), kTool));
  }
  auto recording = std::make_unique<BiosigRecording>(path, std::move(folder));
  RIG_TRY(recording->Load(*text));
  return recording;
}

Result<std::unique_ptr<Recording>> OpenThroughBiosig(const std::filesystem::path& path) {
  const char* search_path = std::getenv("PATH");
  return OpenThroughBiosig(path, search_path == nullptr ? "/usr/bin" : search_path);
}

}  // namespace rig

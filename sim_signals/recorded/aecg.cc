#include "sim_signals/recorded/aecg.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <pugixml.hpp>

#include "sim_signals/recorded/listed_annotations.h"
#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

constexpr std::int64_t kMaxBytes = 32 << 20;

// Consecutive samples of one lead.
struct Piece {
  std::int64_t start_ns;
  std::int64_t first = 0;  // sample of the channel
  std::vector<double> values;
};

// "20021122091000.002", to whole minutes at least, with or without "+0100". Nanoseconds since 1970.
bool ParseTime(std::string_view text, std::int64_t& ns) {
  text = text.substr(0, text.find_first_of("+-"));
  const auto part = [&](std::size_t at, std::size_t size) {
    std::int64_t v = -1;
    return text.size() >= at + size && ParseNumber(text.substr(at, size), v) ? static_cast<int>(v)
                                                                             : -1;
  };
  const int hour = part(8, 2), minute = part(10, 2);
  double second = 0.0;
  if (text.size() > 12 && !ParseNumber(text.substr(12), second)) return false;
  const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(6, 2))));
  const bool usable = part(0, 4) >= 1800 && part(0, 4) < 2200 && day.ok() && hour >= 0 &&
                      hour < 24 && minute >= 0 && minute < 60 && second >= 0.0 && second < 61.0;
  if (!usable) return false;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  ns = ((days * 24 + hour) * 60 + minute) * 60'000'000'000 +
       static_cast<std::int64_t>(std::floor(second * 1e9 + 0.5));
  return true;
}

bool ParseSeconds(const pugi::xml_node& node, double& seconds) {
  const std::string_view unit = node.attribute("unit").as_string();
  if (!ParseNumber(Trimmed(node.attribute("value").as_string()), seconds)) return false;
  if (unit == "ms") seconds *= 1e-3;
  if (unit == "us") seconds *= 1e-6;
  return unit == "s" || unit == "ms" || unit == "us";
}

class Aecg : public Recording {
 public:
  explicit Aecg(std::filesystem::path path) : files_{std::move(path)} {}
  Status Load(const std::string& text);

  const std::vector<RecordingChannel>& channels() const override { return channels_; }
  std::string start() const override { return start_; }
  Status Read(std::size_t channel, std::int64_t first, std::span<double> values) override;
  Result<std::unique_ptr<AnnotationStream>> Annotations() const override {
    return std::make_unique<ListedAnnotations>(annotations_);
  }
  const std::vector<std::filesystem::path>& files() const override { return files_; }

 private:
  struct Times {
    std::int64_t start_ns = 0;
    double increment_s = 0.0;
  };
  tl::unexpected<Error> Refuse(const std::string& text, const pugi::xml_node& at,
                               const std::string& what, const std::string& expected) const;
  Status LoadSet(const std::string& text, const pugi::xml_node& set);
  Result<Times> LoadTimes(const std::string& text, const pugi::xml_node& set);
  Status LoadLead(const std::string& text, const pugi::xml_node& sequence, const Times& times);
  Status Place();
  void LoadAnnotation(const pugi::xml_node& annotation);
  std::size_t ChannelOf(std::string_view code) const;

  std::vector<std::filesystem::path> files_;
  std::vector<RecordingChannel> channels_;
  std::vector<std::vector<Piece>> pieces_;  // of each channel
  std::vector<RecordingAnnotation> annotations_;
  bool relative_ = false;  // times count from the recording's start
  std::int64_t start_ns_ = INT64_MAX;
  std::string start_;
};

tl::unexpected<Error> Aecg::Refuse(const std::string& text, const pugi::xml_node& at,
                                   const std::string& what, const std::string& expected) const {
  const auto offset =
      std::clamp<std::ptrdiff_t>(at.offset_debug(), 0, static_cast<std::ptrdiff_t>(text.size()));
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("{}:{}: {}; expected {}", files_[0].string(),
                  1 + std::count(text.begin(), text.begin() + offset, '\n'), what, expected));
}

std::string LeadOf(std::string_view code) {
  constexpr std::string_view kPrefix = "MDC_ECG_LEAD_";
  if (code.starts_with(kPrefix)) code.remove_prefix(kPrefix.size());
  return std::string(code);
}

std::size_t Aecg::ChannelOf(std::string_view code) const {
  const std::string lead = LeadOf(code);
  const auto found = std::find_if(channels_.begin(), channels_.end(),
                                  [&](const RecordingChannel& c) { return c.name == lead; });
  return static_cast<std::size_t>(found - channels_.begin());
}

std::string_view CodeOf(const pugi::xml_node& node) {
  return node.child("code").attribute("code").as_string();
}

Result<Aecg::Times> Aecg::LoadTimes(const std::string& text, const pugi::xml_node& set) {
  for (const pugi::xml_node component : set.children("component")) {
    const pugi::xml_node sequence = component.child("sequence");
    const std::string_view code = CodeOf(sequence);
    if (code != "TIME_ABSOLUTE" && code != "TIME_RELATIVE") continue;
    const pugi::xml_node value = sequence.child("value");
    Times times;
    relative_ = code == "TIME_RELATIVE";
    double head_s = 0.0;
    bool read = relative_
                    ? ParseSeconds(value.child("head"), head_s)
                    : ParseTime(value.child("head").attribute("value").as_string(), times.start_ns);
    if (relative_) {
      read = read && head_s > -1e9 && head_s < 1e9;
      if (read) times.start_ns = static_cast<std::int64_t>(std::floor(head_s * 1e9 + 0.5));
    }
    const bool usable = read && ParseSeconds(value.child("increment"), times.increment_s) &&
                        times.increment_s >= 1.0 / kMaxRecordingRate && times.increment_s <= 1e6;
    if (usable) return times;
    return Refuse(text, sequence, "times of the samples", "a head and an increment in seconds");
  }
  return Refuse(text, set, "a sequence set without TIME_ABSOLUTE or TIME_RELATIVE", "one of them");
}

Status Aecg::LoadLead(const std::string& text, const pugi::xml_node& sequence, const Times& times) {
  const pugi::xml_node value = sequence.child("value");
  const pugi::xml_node scale = value.child("scale");
  double origin = 0.0, per_digit = 0.0;
  const std::string unit = PlainUnit(scale.attribute("unit").as_string());
  const bool usable =
      std::string_view(value.attribute("xsi:type").as_string()).ends_with("SLIST_PQ") &&
      ParseNumber(Trimmed(value.child("origin").attribute("value").as_string()), origin) &&
      ParseNumber(Trimmed(scale.attribute("value").as_string()), per_digit) && per_digit != 0.0 &&
      PlainUnit(value.child("origin").attribute("unit").as_string()) == unit;
  if (!usable) {
    return Refuse(text, sequence, "values of " + std::string(CodeOf(sequence)),
                  "an SLIST_PQ with origin, scale and digits in one unit");
  }
  Piece piece{times.start_ns, 0, {}};
  std::string_view digits = value.child("digits").text().get();
  while (true) {
    digits = Trimmed(digits);
    if (digits.empty()) break;
    const std::string_view word = digits.substr(0, digits.find_first_of(" \t\r\n"));
    digits.remove_prefix(word.size());
    double digit = 0.0;
    if (!ParseNumber(word, digit)) {
      return Refuse(text, value, fmt::format("digit \"{}\"", word.substr(0, 40)), "a number");
    }
    piece.values.push_back(origin + digit * per_digit);
  }
  if (piece.values.empty()) return Refuse(text, sequence, "no digits", "at least one");
  const std::size_t channel = ChannelOf(CodeOf(sequence));
  const double rate_hz = 1.0 / times.increment_s;
  if (channel == channels_.size()) {
    channels_.push_back({LeadOf(CodeOf(sequence)), unit, rate_hz, 0});
    pieces_.emplace_back();
  }
  const RecordingChannel& lead = channels_[channel];
  if (lead.unit != unit || lead.rate_hz != rate_hz) {
    return Refuse(text, sequence, fmt::format("{} in {} at {} Hz", lead.name, unit, rate_hz),
                  fmt::format("{} at {} Hz as before", lead.unit, lead.rate_hz));
  }
  start_ns_ = std::min(start_ns_, piece.start_ns);
  pieces_[channel].push_back(std::move(piece));
  return {};
}

Status Aecg::LoadSet(const std::string& text, const pugi::xml_node& set) {
  RIG_TRY_ASSIGN(const Times times, LoadTimes(text, set));
  for (const pugi::xml_node component : set.children("component")) {
    const pugi::xml_node sequence = component.child("sequence");
    if (CodeOf(sequence).starts_with("TIME_")) continue;
    if (channels_.size() >= static_cast<std::size_t>(kMaxRecordingChannels)) {
      return Refuse(text, sequence, "more leads", fmt::format("at most {}", kMaxRecordingChannels));
    }
    RIG_TRY(LoadLead(text, sequence, times));
  }
  return {};
}

// Puts the pieces of each lead on one line of time.
Status Aecg::Place() {
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    auto& pieces = pieces_[c];
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.start_ns < b.start_ns; });
    std::int64_t end = 0;
    for (Piece& piece : pieces) {
      const double at = static_cast<double>(piece.start_ns - start_ns_) * 1e-9;
      const double first = std::floor(at * channels_[c].rate_hz + 0.5);
      const bool inside =
          first >= static_cast<double>(end) && first < static_cast<double>(kMaxRecordingSamples);
      if (!inside) {
        return MakeError(Code::kInvalidArgument,
                         fmt::format("{}: lead {} begins again {} s after the start; expected "
                                     "pieces one after the other",
                                     files_[0].string(), channels_[c].name, at));
      }
      piece.first = static_cast<std::int64_t>(first);
      end = piece.first + static_cast<std::int64_t>(piece.values.size());
    }
    channels_[c].samples = end;
  }
  return {};
}

void Aecg::LoadAnnotation(const pugi::xml_node& node) {
  RecordingAnnotation annotation;
  const pugi::xml_node value = node.child("value");
  annotation.text = std::string(CodeOf(node));
  for (const char* part : {"code", "value", "unit"}) {
    const std::string_view text = value.attribute(part).as_string();
    if (!text.empty()) annotation.text += " " + std::string(text);
  }
  if (const std::string_view text = Trimmed(value.text().get()); !text.empty()) {
    annotation.text += " " + std::string(text);
  }
  bool timed = false;
  const pugi::xml_node region = node.child("support").child("supportingROI");
  for (const pugi::xml_node component : region.children("component")) {
    const pugi::xml_node boundary = component.child("boundary");
    const std::size_t channel = ChannelOf(CodeOf(boundary));
    if (channel < channels_.size()) annotation.channel = static_cast<int>(channel);
    if (CodeOf(boundary) != (relative_ ? "TIME_RELATIVE" : "TIME_ABSOLUTE")) continue;
    const auto time = [&](const char* name, std::int64_t& ns) {
      const pugi::xml_node at = boundary.child("value").child(name);
      double seconds = 0.0;
      if (!relative_) return ParseTime(at.attribute("value").as_string(), ns);
      if (!ParseSeconds(at, seconds) || seconds < -1e9 || seconds > 1e9) return false;
      ns = static_cast<std::int64_t>(std::floor(seconds * 1e9 + 0.5));
      return true;
    };
    std::int64_t low = 0, high = 0;
    timed = time("low", low) || time("center", low);
    annotation.time_ns = low - start_ns_;
    if (timed && time("high", high) && high > low) annotation.duration_ns = high - low;
  }
  if (timed) annotations_.push_back(std::move(annotation));
}

Status Aecg::Load(const std::string& text) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    const auto offset = std::min<std::size_t>(static_cast<std::size_t>(parsed.offset), text.size());
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{}:{}: {}; expected well-formed XML", files_[0].string(),
                    1 + std::count(text.data(), text.data() + offset, '\n'), parsed.description()));
  }
  const pugi::xml_node root = document.child("AnnotatedECG");
  for (const pugi::xml_node component : root.children("component")) {
    for (const pugi::xml_node part : component.child("series").children("component")) {
      if (part.child("sequenceSet")) RIG_TRY(LoadSet(text, part.child("sequenceSet")));
    }
  }
  if (channels_.empty()) {
    return Refuse(text, root, "no leads", "component/series/component/sequenceSet");
  }
  RIG_TRY(Place());
  if (!relative_) {
    using namespace std::chrono;
    const sys_time<nanoseconds> at{nanoseconds(start_ns_)};
    const year_month_day day(floor<days>(at));
    const std::int64_t of_day = (at - floor<days>(at)).count();
    start_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(day.year()),
                         static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                         of_day / 3'600'000'000'000, of_day / 60'000'000'000 % 60,
                         of_day / 1'000'000'000 % 60);
  }
  struct Walker : pugi::xml_tree_walker {
    explicit Walker(Aecg& o) : owner(o) {}
    bool for_each(pugi::xml_node& node) override {
      if (std::strcmp(node.name(), "annotation") == 0) owner.LoadAnnotation(node);
      return true;
    }
    Aecg& owner;
  } walker(*this);
  for (const pugi::xml_node component : root.children("component")) {
    for (const pugi::xml_node subject : component.child("series").children("subjectOf")) {
      pugi::xml_node set = subject.child("annotationSet");
      set.traverse(walker);
    }
  }
  return {};
}

Status Aecg::Read(std::size_t channel, std::int64_t first, std::span<double> values) {
  RIG_TRY(CheckRange(*this, channel, first, values.size(), files_[0].string()));
  std::fill(values.begin(), values.end(), std::nan(""));
  for (const Piece& piece : pieces_[channel]) {
    const auto size = static_cast<std::int64_t>(piece.values.size());
    const std::int64_t from = std::max(first, piece.first);
    const std::int64_t to =
        std::min(first + static_cast<std::int64_t>(values.size()), piece.first + size);
    for (std::int64_t i = from; i < to; ++i) {
      values[static_cast<std::size_t>(i - first)] =
          piece.values[static_cast<std::size_t>(i - piece.first)];
    }
  }
  return {};
}

}  // namespace

bool IsAecg(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head = Trimmed(head);
  return head.starts_with('<') && head.find("<AnnotatedECG") != std::string_view::npos;
}

Result<std::unique_ptr<Recording>> OpenAecg(const std::filesystem::path& path,
                                            const OpenFile& open_file) {
  RIG_TRY_ASSIGN(const std::string text, ReadAll(path, kMaxBytes, open_file));
  auto recording = std::make_unique<Aecg>(path);
  RIG_TRY(recording->Load(text));
  return recording;
}

}  // namespace rig

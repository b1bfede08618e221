#include "rig/record/trace_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "rig/record/hdf5_file.h"
#include "rig/record/trace_digest.h"
#include "rig/record/trace_layout.h"

namespace rig {
namespace {

namespace layout = trace_layout;
using hdf5::Element;

constexpr std::size_t kBlock = 16384;
// 24 h of 1 MHz samples; a larger count in a file is damage.
constexpr std::uint64_t kMostElements = 1'000'000'000'000;

struct StoredChannel {
  v1::ChannelIndex index;
  std::int64_t start_ns = 0;
};

tl::unexpected<Error> Damaged(std::string message) {
  return MakeError(Code::kDataLoss, std::move(message));
}

Result<std::uint64_t> LengthOf(const hdf5::Handle& group, const char* name, Element element) {
  RIG_TRY_ASSIGN(const hdf5::Handle series, hdf5::OpenSeries(group, name, element));
  return hdf5::Length(series);
}

// Entries of a TEXT channel of which everything is there: a killed writer may have stored a time
// without its text.
Result<std::uint64_t> WholeTexts(const hdf5::Handle& group) {
  RIG_TRY_ASSIGN(const std::uint64_t times, LengthOf(group, layout::kTextTimes, Element::kInt64));
  RIG_TRY_ASSIGN(const std::uint64_t bytes, LengthOf(group, layout::kText, Element::kByte));
  RIG_TRY_ASSIGN(const hdf5::Handle ends,
                 hdf5::OpenSeries(group, layout::kTextEnds, Element::kInt64));
  RIG_TRY_ASSIGN(std::uint64_t count, hdf5::Length(ends));
  count = std::min(count, times);
  for (; count > 0; --count) {
    std::int64_t end = 0;
    RIG_TRY(hdf5::ReadAt(ends, Element::kInt64, count - 1, 1, &end));
    if (end >= 0 && static_cast<std::uint64_t>(end) <= bytes) break;
  }
  return count;
}

Result<std::uint64_t> CountOf(const hdf5::Handle& group, v1::ChannelKind kind) {
  if (kind == v1::SAMPLED) return LengthOf(group, layout::kValues, Element::kFloat32);
  if (kind == v1::STEP) return LengthOf(group, layout::kPoints, Element::kStepPoint);
  return WholeTexts(group);
}

Result<StoredChannel> ReadDescription(const hdf5::Handle& channels, const std::string& name) {
  RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::OpenGroup(channels, name));
  RIG_TRY_ASSIGN(const std::string unit, hdf5::ReadText(group, layout::kUnit));
  RIG_TRY_ASSIGN(const std::string kind_name, hdf5::ReadText(group, layout::kKind));
  RIG_TRY_ASSIGN(const std::int64_t period, hdf5::ReadInteger(group, layout::kPeriod));
  RIG_TRY_ASSIGN(const std::int64_t start, hdf5::ReadInteger(group, layout::kStart));
  v1::ChannelKind kind = v1::CHANNEL_KIND_UNSET;
  if (!v1::ChannelKind_Parse(kind_name, &kind) || kind == v1::CHANNEL_KIND_UNSET) {
    return Damaged("has no kind");
  }
  RIG_TRY_ASSIGN(const std::uint64_t count, CountOf(group, kind));
  const bool timed = kind != v1::SAMPLED || period > 0;
  const bool countable =
      count <= kMostElements &&
      (kind != v1::SAMPLED ||
       count <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 4) /
                    static_cast<std::uint64_t>(std::max<std::int64_t>(period, 1)));
  if (!timed || !countable) return Damaged("has an impossible period or count");
  StoredChannel channel;
  channel.start_ns = start;
  channel.index.set_name(name);
  channel.index.set_unit(unit);
  channel.index.set_kind(kind);
  channel.index.set_period_ns(period);
  channel.index.set_count(count);
  return channel;
}

Status ReadSamples(const hdf5::Handle& group, const StoredChannel& channel, std::size_t block,
                   const std::function<Result<bool>(std::uint64_t, std::span<const float>)>& take) {
  RIG_TRY_ASSIGN(const hdf5::Handle series,
                 hdf5::OpenSeries(group, layout::kValues, Element::kFloat32));
  const std::uint64_t count = channel.index.count();
  std::vector<float> values;
  for (std::uint64_t at = 0; at < count; at += values.size()) {
    values.resize(std::min<std::uint64_t>(block, count - at));
    RIG_TRY(hdf5::ReadAt(series, Element::kFloat32, at, values.size(), values.data()));
    RIG_TRY_ASSIGN(const bool more, take(at, values));
    if (!more) return {};
  }
  return {};
}

Status ReadSteps(const hdf5::Handle& group, const StoredChannel& channel, std::size_t block,
                 const std::function<Result<bool>(std::span<const hdf5::StoredStep>)>& take) {
  RIG_TRY_ASSIGN(const hdf5::Handle series,
                 hdf5::OpenSeries(group, layout::kPoints, Element::kStepPoint));
  const std::uint64_t count = channel.index.count();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  std::vector<hdf5::StoredStep> points;
  for (std::uint64_t at = 0; at < count; at += points.size()) {
    points.resize(std::min<std::uint64_t>(block, count - at));
    RIG_TRY(hdf5::ReadAt(series, Element::kStepPoint, at, points.size(), points.data()));
    for (const hdf5::StoredStep& point : points) {
      if (point.t_ns <= last) return Damaged("damaged: its time goes back");
      last = point.t_ns;
    }
    RIG_TRY_ASSIGN(const bool more, take(points));
    if (!more) return {};
  }
  return {};
}

Status ReadTexts(const hdf5::Handle& group, const StoredChannel& channel,
                 const std::function<void(std::int64_t, std::string_view)>& take) {
  RIG_TRY_ASSIGN(const hdf5::Handle times,
                 hdf5::OpenSeries(group, layout::kTextTimes, Element::kInt64));
  RIG_TRY_ASSIGN(const hdf5::Handle ends,
                 hdf5::OpenSeries(group, layout::kTextEnds, Element::kInt64));
  RIG_TRY_ASSIGN(const hdf5::Handle bytes, hdf5::OpenSeries(group, layout::kText, Element::kByte));
  RIG_TRY_ASSIGN(const std::uint64_t available, hdf5::Length(bytes));
  const std::uint64_t count = channel.index.count();
  std::uint64_t begin = 0;
  std::vector<std::int64_t> t;
  std::vector<std::int64_t> end;
  std::string text;
  for (std::uint64_t at = 0; at < count; at += t.size()) {
    t.resize(std::min<std::uint64_t>(layout::kTextChunk, count - at));
    end.resize(t.size());
    RIG_TRY(hdf5::ReadAt(times, Element::kInt64, at, t.size(), t.data()));
    RIG_TRY(hdf5::ReadAt(ends, Element::kInt64, at, end.size(), end.data()));
    for (std::size_t i = 0; i < t.size(); ++i) {
      const auto stop = static_cast<std::uint64_t>(end[i]);
      const bool whole =
          stop >= begin && stop <= available && stop - begin <= layout::kLongestMessage;
      if (!whole) return Damaged("damaged: a message has no end");
      text.resize(stop - begin);
      RIG_TRY(hdf5::ReadAt(bytes, Element::kByte, begin, text.size(), text.data()));
      take(t[i], text);
      begin = stop;
    }
  }
  return {};
}

Result<std::string> DigestOf(const hdf5::Handle& group, const StoredChannel& channel) {
  const v1::ChannelIndex& index = channel.index;
  ChannelDigest digest(index.name(), index.unit(), index.kind(), index.period_ns(),
                       channel.start_ns);
  if (index.kind() == v1::SAMPLED) {
    RIG_TRY(ReadSamples(group, channel, kBlock,
                        [&](std::uint64_t, std::span<const float> values) -> Result<bool> {
                          digest.AddSamples(values);
                          return true;
                        }));
  } else if (index.kind() == v1::STEP) {
    RIG_TRY(ReadSteps(group, channel, kBlock,
                      [&](std::span<const hdf5::StoredStep> points) -> Result<bool> {
                        digest.AddSteps(points);
                        return true;
                      }));
  } else {
    RIG_TRY(ReadTexts(group, channel, [&](std::int64_t t_ns, std::string_view text) {
      digest.AddText(t_ns, text);
    }));
  }
  return digest.Hex();
}

}  // namespace

struct TraceReader::File {
  Result<const StoredChannel*> Get(std::string_view name) const;
  std::string Where(std::string_view channel) const {
    return fmt::format("trace: {}: channel \"{}\"", path.string(), channel);
  }

  std::filesystem::path path;
  hdf5::Handle file;
  hdf5::Handle channels_group;
  std::vector<StoredChannel> channels;  // sorted by name
  std::int64_t end_ns = 0;
};

Result<const StoredChannel*> TraceReader::File::Get(std::string_view name) const {
  const auto at = std::lower_bound(
      channels.begin(), channels.end(), name,
      [](const StoredChannel& channel, std::string_view n) { return channel.index.name() < n; });
  if (at != channels.end() && at->index.name() == name) return &*at;
  return MakeError(Code::kNotFound,
                   fmt::format("trace: {}: no channel \"{}\"", path.string(), name));
}

TraceReader::TraceReader(std::unique_ptr<File> file) : file_(std::move(file)) {}
TraceReader::TraceReader(TraceReader&&) noexcept = default;
TraceReader& TraceReader::operator=(TraceReader&&) noexcept = default;
TraceReader::~TraceReader() = default;

Result<TraceReader> TraceReader::Open(const std::filesystem::path& file) {
  const std::string context = "trace: " + file.string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    return MakeError(Code::kNotFound, context + ": no such file");
  }
  auto state = std::make_unique<File>();
  state->path = file;
  const auto load = [&]() -> Status {
    RIG_TRY_ASSIGN(state->file, hdf5::OpenToRead(file));
    RIG_TRY_ASSIGN(const std::string format, hdf5::ReadText(state->file, layout::kFormat));
    if (format != layout::kFormatName) {
      return Damaged(fmt::format("format \"{}\", expected \"{}\"", format, layout::kFormatName));
    }
    RIG_TRY_ASSIGN(const hdf5::Handle end,
                   hdf5::OpenSeries(state->file, layout::kEnd, Element::kInt64));
    RIG_TRY_ASSIGN(const std::uint64_t ends, hdf5::Length(end));
    if (ends != 1) return Damaged("no end time");
    RIG_TRY(hdf5::ReadAt(end, Element::kInt64, 0, 1, &state->end_ns));
    RIG_TRY_ASSIGN(state->channels_group, hdf5::OpenGroup(state->file, layout::kChannels));
    RIG_TRY_ASSIGN(const std::vector<std::string> names, hdf5::Children(state->channels_group));
    for (const std::string& name : names) {
      auto channel = ReadDescription(state->channels_group, name);
      if (!channel) return WithContext(channel.error(), "channel \"" + name + "\"");
      state->channels.push_back(std::move(*channel));
    }
    return {};
  };
  const Status loaded = load();
  if (!loaded) return WithContext(loaded.error(), context);
  return TraceReader(std::move(state));
}

Result<v1::TraceIndex> TraceReader::Index() const {
  v1::TraceIndex index;
  for (const StoredChannel& channel : file_->channels) {
    const std::string& name = channel.index.name();
    const auto read = [&]() -> Status {
      RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::OpenGroup(file_->channels_group, name));
      RIG_TRY_ASSIGN(const std::string sha256, DigestOf(group, channel));
      // Absent from a file whose writer was killed.
      const auto sealed = hdf5::ReadText(group, layout::kSha256);
      if (sealed && *sealed != sha256) return Damaged("damaged: its values are not those recorded");
      *index.add_channels() = channel.index;
      index.mutable_channels(index.channels_size() - 1)->set_sha256(sha256);
      return {};
    };
    const Status done = read();
    if (!done) return WithContext(done.error(), file_->Where(name));
  }
  index.set_end_ns(file_->end_ns);
  Seal(index);
  return index;
}

const v1::ChannelIndex* TraceReader::Find(std::string_view channel) const {
  const auto found = file_->Get(channel);
  return found ? &(*found)->index : nullptr;
}

std::vector<std::string> TraceReader::Names() const {
  std::vector<std::string> names;
  names.reserve(file_->channels.size());
  for (const StoredChannel& channel : file_->channels) names.push_back(channel.index.name());
  return names;
}

RunTime TraceReader::end() const { return AtNanoseconds(file_->end_ns); }

Status TraceReader::ForEachBlock(
    std::string_view channel, std::size_t block,
    const std::function<bool(std::span<const StepPoint>)>& take) const {
  RIG_TRY_ASSIGN(const StoredChannel* stored, file_->Get(channel));
  if (stored->index.kind() == v1::TEXT || block == 0) {
    return MakeError(Code::kInvalidArgument,
                     file_->Where(channel) + (block == 0 ? ": blocks of nothing" : " is text"));
  }
  block = std::min(block, kBlock);
  std::vector<StepPoint> points;
  const auto read = [&]() -> Status {
    RIG_TRY_ASSIGN(const hdf5::Handle group,
                   hdf5::OpenGroup(file_->channels_group, std::string(channel)));
    if (stored->index.kind() == v1::STEP) {
      return ReadSteps(group, *stored, block, [&](auto steps) -> Result<bool> {
        points.clear();
        for (const hdf5::StoredStep& step : steps) {
          points.push_back({AtNanoseconds(step.t_ns), step.value});
        }
        return take(points);
      });
    }
    const std::int64_t period = stored->index.period_ns();
    return ReadSamples(group, *stored, block, [&](std::uint64_t at, auto values) -> Result<bool> {
      points.clear();
      std::int64_t t_ns = stored->start_ns + static_cast<std::int64_t>(at) * period;
      for (const float value : values) {
        points.push_back({AtNanoseconds(t_ns), value});
        t_ns += period;
      }
      return take(points);
    });
  };
  const Status done = read();
  if (!done) return WithContext(done.error(), file_->Where(channel));
  return {};
}

Result<std::vector<StepPoint>> TraceReader::ReadPoints(std::string_view channel) const {
  std::vector<StepPoint> points;
  RIG_TRY(ForEachBlock(channel, kBlock, [&](std::span<const StepPoint> block) {
    points.insert(points.end(), block.begin(), block.end());
    return true;
  }));
  return points;
}

Result<std::vector<TextPoint>> TraceReader::ReadText(std::string_view channel) const {
  RIG_TRY_ASSIGN(const StoredChannel* stored, file_->Get(channel));
  if (stored->index.kind() != v1::TEXT) {
    return MakeError(Code::kInvalidArgument, file_->Where(channel) + " is no text");
  }
  std::vector<TextPoint> texts;
  const auto read = [&]() -> Status {
    RIG_TRY_ASSIGN(const hdf5::Handle group,
                   hdf5::OpenGroup(file_->channels_group, std::string(channel)));
    return ReadTexts(group, *stored, [&](std::int64_t t_ns, std::string_view text) {
      texts.push_back({AtNanoseconds(t_ns), std::string(text)});
    });
  };
  const Status done = read();
  if (!done) return WithContext(done.error(), file_->Where(channel));
  return texts;
}

}  // namespace rig

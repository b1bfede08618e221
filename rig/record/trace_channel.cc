#include "rig/record/trace_channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "rig/record/trace_layout.h"

namespace rig {
namespace {

namespace layout = trace_layout;
using hdf5::Element;

// One NaN for all: which one a computation yields differs between machines.
double Canonical(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

std::string TimeText(std::int64_t t_ns) {
  return fmt::format("{:.9f} s", static_cast<double>(t_ns) * 1e-9);
}

}  // namespace

TraceChannel::TraceChannel(ChannelDescription description)
    : description_(std::move(description)),
      digest_(description_.name, description_.unit, description_.kind, description_.period_ns,
              description_.start_ns),
      last_ns_(description_.kind == v1::SAMPLED ? description_.start_ns
                                                : std::numeric_limits<std::int64_t>::min()) {}

std::uint64_t TraceChannel::Chunk() const {
  if (description_.kind == v1::STEP) return layout::kStepChunk;
  if (description_.kind == v1::TEXT) return layout::kTextChunk;
  // About half a minute's samples.
  const auto half_minute = static_cast<std::uint64_t>(30'000'000'000 / description_.period_ns);
  return std::clamp(std::bit_floor(half_minute + 1), layout::kSmallestSampleChunk,
                    layout::kLargestSampleChunk);
}

Status TraceChannel::Create(const hdf5::Handle& channels) {
  RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::CreateGroup(channels, description_.name));
  RIG_TRY(hdf5::WriteText(group, layout::kUnit, description_.unit));
  RIG_TRY(hdf5::WriteText(group, layout::kKind, v1::ChannelKind_Name(description_.kind)));
  RIG_TRY(hdf5::WriteInteger(group, layout::kPeriod, description_.period_ns));
  RIG_TRY(hdf5::WriteInteger(group, layout::kStart, description_.start_ns));
  const std::uint64_t chunk = Chunk();
  if (description_.kind == v1::SAMPLED) {
    RIG_TRY_ASSIGN(series_, hdf5::CreateSeries(group, layout::kValues, Element::kFloat32, chunk));
  } else if (description_.kind == v1::STEP) {
    RIG_TRY_ASSIGN(series_, hdf5::CreateSeries(group, layout::kPoints, Element::kStepPoint, chunk));
  } else {
    RIG_TRY_ASSIGN(text_times_series_,
                   hdf5::CreateSeries(group, layout::kTextTimes, Element::kInt64, chunk));
    RIG_TRY_ASSIGN(text_ends_series_,
                   hdf5::CreateSeries(group, layout::kTextEnds, Element::kInt64, chunk));
    RIG_TRY_ASSIGN(
        series_, hdf5::CreateSeries(group, layout::kText, Element::kByte, layout::kTextBytesChunk));
  }
  return {};
}

Status TraceChannel::Reopen(const hdf5::Handle& channels) {
  RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::OpenGroup(channels, description_.name));
  if (description_.kind == v1::SAMPLED) {
    RIG_TRY_ASSIGN(series_, hdf5::OpenSeries(group, layout::kValues, Element::kFloat32));
  } else if (description_.kind == v1::STEP) {
    RIG_TRY_ASSIGN(series_, hdf5::OpenSeries(group, layout::kPoints, Element::kStepPoint));
  } else {
    RIG_TRY_ASSIGN(text_times_series_,
                   hdf5::OpenSeries(group, layout::kTextTimes, Element::kInt64));
    RIG_TRY_ASSIGN(text_ends_series_, hdf5::OpenSeries(group, layout::kTextEnds, Element::kInt64));
    RIG_TRY_ASSIGN(series_, hdf5::OpenSeries(group, layout::kText, Element::kByte));
  }
  return {};
}

void TraceChannel::CloseSeries() {
  series_ = hdf5::Handle();
  text_times_series_ = hdf5::Handle();
  text_ends_series_ = hdf5::Handle();
}

void TraceChannel::Abandon() {
  series_.Abandon();
  text_times_series_.Abandon();
  text_ends_series_.Abandon();
}

Status TraceChannel::WriteSeal(const hdf5::Handle& channels) const {
  RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::OpenGroup(channels, description_.name));
  RIG_TRY(hdf5::WriteInteger(group, layout::kCount, static_cast<std::int64_t>(stored_)));
  return hdf5::WriteText(group, layout::kSha256, digest_.Hex());
}

Status TraceChannel::AppendSamples(std::span<const double> values) {
  const std::uint64_t chunk = Chunk();
  while (!values.empty()) {
    // Up to the end of the chunk, so that HDF5 writes whole chunks.
    const std::uint64_t room = chunk - (stored_ + samples_.size()) % chunk;
    const std::size_t taken = std::min<std::uint64_t>(room, values.size());
    for (const double value : values.first(taken)) {
      samples_.push_back(static_cast<float>(Canonical(value)));
    }
    values = values.subspan(taken);
    if (taken == room) RIG_TRY(StoreSamples());
  }
  last_ns_ = description_.start_ns +
             static_cast<std::int64_t>(stored_ + samples_.size()) * description_.period_ns;
  return {};
}

Status TraceChannel::AppendStep(std::int64_t t_ns, double value) {
  if (t_ns < last_ns_) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("channel \"{}\": time goes back from {} to {}", description_.name,
                                 TimeText(last_ns_), TimeText(t_ns)));
  }
  if (t_ns == last_ns_) {
    steps_.back().value = Canonical(value);  // the later of two at the same instant wins
    return {};
  }
  // One more than a chunk: the last point is not final.
  if (steps_.size() > layout::kStepChunk) RIG_TRY(StoreSteps(false));
  steps_.push_back({t_ns, Canonical(value)});
  last_ns_ = t_ns;
  return {};
}

Status TraceChannel::AppendText(std::int64_t t_ns, std::string_view text) {
  if (t_ns < last_ns_) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("channel \"{}\": time goes back from {} to {}", description_.name,
                                 TimeText(last_ns_), TimeText(t_ns)));
  }
  if (text.size() > layout::kLongestMessage) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("channel \"{}\": a message of {} bytes, at most {}",
                                 description_.name, text.size(), layout::kLongestMessage));
  }
  text_ += text;
  text_times_.push_back(t_ns);
  text_ends_.push_back(static_cast<std::int64_t>(stored_bytes_ + text_.size()));
  last_ns_ = t_ns;
  const bool full =
      text_times_.size() >= layout::kTextChunk || text_.size() >= layout::kTextBytesChunk;
  if (full) RIG_TRY(StoreText());
  return {};
}

Status TraceChannel::Store(bool final) {
  if (description_.kind == v1::SAMPLED) return StoreSamples();
  if (description_.kind == v1::STEP) return StoreSteps(final);
  return StoreText();
}

Status TraceChannel::StoreSamples() {
  if (samples_.empty()) return {};
  RIG_TRY(hdf5::WriteAt(series_, Element::kFloat32, stored_, samples_.size(), samples_.data()));
  digest_.AddSamples(samples_);
  stored_ += samples_.size();
  samples_.clear();
  return {};
}

Status TraceChannel::StoreSteps(bool final) {
  if (steps_.empty()) return {};
  RIG_TRY(hdf5::WriteAt(series_, Element::kStepPoint, stored_, steps_.size(), steps_.data()));
  const std::size_t kept = final ? 0 : 1;
  const std::size_t settled = steps_.size() - kept;
  digest_.AddSteps(std::span(steps_).first(settled));
  stored_ += settled;
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(settled));
  return {};
}

Status TraceChannel::StoreText() {
  if (text_times_.empty()) return {};
  RIG_TRY(hdf5::WriteAt(series_, Element::kByte, stored_bytes_, text_.size(), text_.data()));
  RIG_TRY(hdf5::WriteAt(text_ends_series_, Element::kInt64, stored_, text_ends_.size(),
                        text_ends_.data()));
  RIG_TRY(hdf5::WriteAt(text_times_series_, Element::kInt64, stored_, text_times_.size(),
                        text_times_.data()));
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text_times_.size(); ++i) {
    const std::size_t end = static_cast<std::uint64_t>(text_ends_[i]) - stored_bytes_;
    digest_.AddText(text_times_[i], std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  stored_ += text_times_.size();
  stored_bytes_ += text_.size();
  text_times_.clear();
  text_ends_.clear();
  text_.clear();
  return {};
}

v1::ChannelIndex TraceChannel::Index() const {
  v1::ChannelIndex index;
  index.set_name(description_.name);
  index.set_unit(description_.unit);
  index.set_kind(description_.kind);
  index.set_count(stored_);
  index.set_period_ns(description_.period_ns);
  index.set_sha256(digest_.Hex());
  return index;
}

}  // namespace rig

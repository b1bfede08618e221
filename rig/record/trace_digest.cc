#include "rig/record/trace_digest.h"

#include <algorithm>
#include <bit>

namespace rig {
namespace {

// Values are hashed as they lie in memory.
static_assert(std::endian::native == std::endian::little, "digests are over little-endian values");
static_assert(sizeof(hdf5::StoredStep) == 16, "no padding in what is hashed");

void AddInteger(Sha256& sha, std::uint64_t value) {
  sha.Update(std::as_bytes(std::span(&value, 1)));
}

void AddLengthAndText(Sha256& sha, std::string_view text) {
  AddInteger(sha, text.size());
  sha.Update(text);
}

}  // namespace

ChannelDigest::ChannelDigest(std::string_view name, std::string_view unit, v1::ChannelKind kind,
                             std::int64_t period_ns, std::int64_t start_ns) {
  AddLengthAndText(sha_, "rig channel 1");
  AddLengthAndText(sha_, name);
  AddLengthAndText(sha_, unit);
  AddInteger(sha_, static_cast<std::uint64_t>(kind));
  AddInteger(sha_, static_cast<std::uint64_t>(period_ns));
  AddInteger(sha_, static_cast<std::uint64_t>(start_ns));
}

void ChannelDigest::AddSamples(std::span<const float> values) {
  sha_.Update(std::as_bytes(values));
}

void ChannelDigest::AddSteps(std::span<const hdf5::StoredStep> points) {
  sha_.Update(std::as_bytes(points));
}

void ChannelDigest::AddText(std::int64_t t_ns, std::string_view text) {
  AddInteger(sha_, static_cast<std::uint64_t>(t_ns));
  AddLengthAndText(sha_, text);
}

void Seal(v1::TraceIndex& index) {
  auto& channels = *index.mutable_channels();
  std::sort(channels.begin(), channels.end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  Sha256 sha;
  AddLengthAndText(sha, "rig trace 1");
  for (const auto& channel : channels) {
    AddLengthAndText(sha, channel.name());
    AddLengthAndText(sha, channel.sha256());
  }
  AddInteger(sha, static_cast<std::uint64_t>(index.end_ns()));
  index.set_sha256(sha.Hex());
}

}  // namespace rig

#include "rig/check/golden/golden.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "rig/base/digest.h"
#include "rig/check/formula/explain.h"
#include "rig/check/formula/signal.h"
#include "rig/check/golden/golden_tube.h"

namespace rig {
namespace {

// More would be no file that anyone reviews.
constexpr int kMostPoints = 100'000;

tl::unexpected<Error> Refuse(const std::string& channel, std::string_view why) {
  return MakeError(Code::kInvalidArgument, fmt::format("golden channel {}: {}", channel, why));
}

Status CheckTolerance(const GoldenTolerance& tolerance) {
  const bool valid =
      tolerance.value >= 0 && std::isfinite(tolerance.value) && tolerance.time >= Duration(0);
  if (valid) return {};
  return Refuse(tolerance.channel, "expected tolerances from 0 on");
}

// A point is kept when the value has moved by more than a quarter of its tolerance since the last
// one kept.
Status KeepPoints(const check::Signal& signal, v1::GoldenChannel& channel) {
  const double* last = nullptr;
  for (const check::Step& step : signal.steps()) {
    const std::int64_t ns = check::ToNanoseconds(step.begin);
    if (std::isnan(step.value)) {
      return Refuse(channel.channel(), fmt::format("no value at {}", check::ShowTime(ns)));
    }
    const bool moved =
        last == nullptr || std::fabs(step.value - *last) > channel.value_tolerance() / 4;
    if (!moved) continue;
    if (channel.points_size() == kMostPoints) {
      return Refuse(channel.channel(), fmt::format("more than {} points, expected a value "
                                                   "tolerance wide enough for the channel's noise",
                                                   kMostPoints));
    }
    channel.add_points(check::WriteGoldenPoint(ns, step.value));
    last = &step.value;
  }
  if (last == nullptr) return Refuse(channel.channel(), "no value in the trace");
  return {};
}

// Length first, so that no two contents run into the same text.
void AddField(Sha256& digest, std::string_view text) {
  digest.Update(fmt::format("{}:", text.size()));
  digest.Update(text);
}

}  // namespace

Result<v1::Golden> RecordGolden(const TraceReader& trace,
                                const std::vector<GoldenTolerance>& channels) {
  v1::Golden golden;
  std::set<std::string> names;
  if (channels.empty()) return MakeError(Code::kInvalidArgument, "golden: expected a channel");
  for (const GoldenTolerance& tolerance : channels) {
    RIG_TRY(CheckTolerance(tolerance));
    if (!names.insert(tolerance.channel).second) return Refuse(tolerance.channel, "named twice");
    const v1::ChannelIndex* index = trace.Find(tolerance.channel);
    if (index == nullptr || index->kind() == v1::TEXT) {
      return Refuse(tolerance.channel, "not in the trace as values");
    }
    RIG_TRY_ASSIGN(const check::Signals signals, check::LoadSignals(trace, {tolerance.channel}));
    v1::GoldenChannel& channel = *golden.add_channels();
    channel.set_channel(tolerance.channel);
    channel.set_unit(index->unit());
    channel.set_value_tolerance(tolerance.value);
    channel.set_time_tolerance(tolerance.time.count());
    channel.set_end(Nanoseconds(trace.end()));
    RIG_TRY(KeepPoints(signals.channels.begin()->second, channel));
  }
  return golden;
}

std::string GoldenContentSha256(const v1::Golden& golden) {
  Sha256 digest;
  const v1::Approval& approval = golden.approval();
  for (const std::string* text :
       {&golden.golden(), &golden.scenario(), &golden.scenario_sha256(), &golden.firmware_sha256(),
        &approval.by(), &approval.at(), &approval.reason()}) {
    AddField(digest, *text);
  }
  for (const v1::GoldenChannel& channel : golden.channels()) {
    AddField(digest, channel.channel());
    AddField(digest, channel.unit());
    AddField(digest, fmt::format("{} {} {} {}", channel.value_tolerance(), channel.time_tolerance(),
                                 channel.end(), channel.points_size()));
    for (const std::string& point : channel.points()) AddField(digest, point);
  }
  return digest.Hex();
}

Status ApproveGolden(v1::Golden& golden, const std::string& by, const std::string& reason,
                     const std::string& now_utc) {
  const auto is_blank = [](const std::string& text) {
    return text.find_first_not_of(" \t\n") == std::string::npos;
  };
  if (is_blank(by)) return MakeError(Code::kInvalidArgument, "approval: expected a name");
  if (is_blank(reason)) return MakeError(Code::kInvalidArgument, "approval: expected a reason");
  v1::Approval& approval = *golden.mutable_approval();
  approval.set_by(by);
  approval.set_at(now_utc);
  approval.set_reason(reason);
  // Last: the digest covers the fields above.
  approval.set_content_sha256(GoldenContentSha256(golden));
  return {};
}

}  // namespace rig

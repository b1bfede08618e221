#include "rig/check/golden/golden.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/check/golden/compare.h"
#include "rig/check/golden/points.h"

namespace rig {
namespace {

// More would be no file that anyone reviews.
constexpr std::size_t kMostPoints = 100'000;

tl::unexpected<Error> Refuse(const std::string& channel, std::string_view why) {
  return MakeError(Code::kInvalidArgument, fmt::format("golden channel {}: {}", channel, why));
}

Status AddMessages(const TraceReader& trace, v1::GoldenChannel& channel) {
  const v1::ChannelIndex* index = trace.Find(channel.channel());
  if (index == nullptr || index->kind() != v1::TEXT) {
    return Refuse(channel.channel(), "not in the trace as messages");
  }
  RIG_TRY_ASSIGN(const std::vector<TextPoint> messages, trace.ReadText(channel.channel()));
  if (messages.size() > kMostPoints) {
    return Refuse(channel.channel(), fmt::format("more than {} messages", kMostPoints));
  }
  for (const TextPoint& message : messages) {
    const std::string time = golden::ShowTime(Nanoseconds(message.t));
    channel.add_points(time.substr(0, time.size() - 1) + message.text);
  }
  channel.set_unit("1");
  return {};
}

Status AddValues(const TraceReader& trace, v1::GoldenChannel& channel) {
  RIG_TRY_ASSIGN(golden::Curve curve, golden::LoadCurve(trace, channel.channel()));
  if (curve.samples.empty()) return Refuse(channel.channel(), "no value in the trace");
  for (const golden::Sample& sample : curve.samples) {
    if (!std::isnan(sample.value)) continue;
    return Refuse(channel.channel(),
                  fmt::format("no value at {}, expected a reference without gaps",
                              golden::ShowTime(sample.ns)));
  }
  std::vector<golden::Sample> kept;
  if (channel.compare() == v1::GoldenChannel::EVENTS) {
    for (const golden::Event& event : golden::EventsOf(curve, channel.value_tolerance())) {
      kept.push_back({event.ns, event.value});
    }
  } else {
    if (channel.interpolation() == v1::GoldenChannel::LINEAR) {
      curve.interpolation = golden::Interpolation::kLinear;
    }
    kept = golden::Thinned(curve, golden::AllTolerances(channel));
  }
  if (kept.size() > kMostPoints) {
    return Refuse(channel.channel(),
                  fmt::format("more than {} points, expected a value tolerance wide enough for the "
                              "channel's noise",
                              kMostPoints));
  }
  for (const golden::Sample& sample : kept) {
    channel.add_points(golden::WriteGoldenPoint(sample.ns, sample.value));
  }
  channel.set_unit(trace.Find(channel.channel())->unit());
  return {};
}

Result<LoadedGolden> Checked(v1::Golden golden, SourceMap where) {
  if (const auto problem = golden::FindGoldenProblem(golden)) {
    return MakeError(Code::kInvalidArgument, where.At(problem->path) + ": " + problem->what);
  }
  return LoadedGolden{std::move(golden), std::move(where)};
}

}  // namespace

Result<v1::Golden> RecordGolden(const TraceReader& trace,
                                const std::vector<v1::GoldenChannel>& wanted,
                                const std::vector<v1::GoldenPhase>& phases) {
  v1::Golden golden;
  std::set<std::string> names;
  if (wanted.empty()) return MakeError(Code::kInvalidArgument, "golden: expected a channel");
  for (const v1::GoldenPhase& phase : phases) *golden.add_phases() = phase;
  // Only tolerances and phases: there are no points yet.
  for (const v1::GoldenChannel& tolerances : wanted) {
    v1::GoldenChannel& channel = *golden.add_channels();
    channel = tolerances;
    channel.clear_points();
    channel.set_end(Nanoseconds(trace.end()));
    if (!names.insert(channel.channel()).second) return Refuse(channel.channel(), "named twice");
    const bool is_messages = channel.compare() == v1::GoldenChannel::MESSAGES;
    if (is_messages) {
      RIG_TRY(AddMessages(trace, channel));
    } else {
      RIG_TRY(AddValues(trace, channel));
    }
  }
  if (const auto problem = golden::FindGoldenProblem(golden)) {
    return MakeError(Code::kInvalidArgument, problem->what);
  }
  return golden;
}

Result<LoadedGolden> LoadGolden(const std::filesystem::path& file) {
  v1::Golden golden;
  RIG_TRY_ASSIGN(SourceMap where, LoadYamlFile(file, golden));
  return Checked(std::move(golden), std::move(where));
}

Result<LoadedGolden> LoadGoldenText(std::string_view text, const std::string& file_name) {
  v1::Golden golden;
  RIG_TRY_ASSIGN(SourceMap where, LoadYamlText(text, file_name, golden));
  return Checked(std::move(golden), std::move(where));
}

Status CheckGoldenAgainst(const LoadedGolden& golden,
                          const std::map<std::string, std::string>& channels,
                          std::int64_t duration_ns) {
  for (int i = 0; i < golden.message.channels_size(); ++i) {
    const v1::GoldenChannel& channel = golden.message.channels(i);
    const std::string path = fmt::format("channels[{}]", i);
    const auto refuse = [&](const char* key, const std::string& what) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}: {}", golden.where.At(path + key), what));
    };
    const auto found = channels.find(channel.channel());
    const bool is_messages = channel.compare() == v1::GoldenChannel::MESSAGES;
    if (found == channels.end() && !is_messages) {
      return refuse(".channel", fmt::format("no run of the scenario records {}; expected one of "
                                            "its channels",
                                            channel.channel()));
    }
    const bool other_unit =
        !is_messages && !found->second.empty() && found->second != channel.unit();
    if (other_unit) {
      return refuse(".unit", fmt::format("{} is in {}; expected unit {}", channel.channel(),
                                         found->second, found->second));
    }
    const std::int64_t allowed = channel.time_tolerance() + golden.message.alignment_limit();
    if (duration_ns == 0 || std::abs(channel.end() - duration_ns) <= allowed) continue;
    return refuse(".end", fmt::format("{} reaches to {}; expected {}, as long as the scenario",
                                      channel.channel(), golden::ShowTime(channel.end()),
                                      golden::ShowTime(duration_ns)));
  }
  return {};
}

std::string GoldenContentSha256(const v1::Golden& golden) {
  v1::Golden content = golden;
  content.mutable_approval()->clear_content_sha256();
  return Sha256Hex(WriteYaml(content));
}

Status ApproveGolden(v1::Golden& golden, const std::string& by, const std::string& reason,
                     const std::string& now_utc) {
  // A control character makes a file that does not load.
  const auto is_line = [](const std::string& text) {
    const bool controls = std::any_of(text.begin(), text.end(),
                                      [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    return !controls && text.find_first_not_of(' ') != std::string::npos;
  };
  if (!is_line(by)) {
    return MakeError(Code::kInvalidArgument, "approval: expected a name, in one line");
  }
  if (!is_line(reason)) {
    return MakeError(Code::kInvalidArgument, "approval: expected a reason, in one line");
  }
  v1::Approval& approval = *golden.mutable_approval();
  approval.set_by(by);
  approval.set_at(now_utc);
  approval.set_reason(reason);
  // Last: the digest covers the fields above.
  approval.set_content_sha256(GoldenContentSha256(golden));
  return {};
}

std::string WhyNotValid(const v1::Golden& golden, const RunOrigin& run) {
  const std::string name = "golden " + golden.golden();
  if (!golden.has_approval() || golden.approval().by().empty()) return name + " is not approved";
  if (golden.approval().content_sha256() != GoldenContentSha256(golden)) {
    return fmt::format("{} has been changed since {} approved it on {}", name,
                       golden.approval().by(), golden.approval().at());
  }
  if (!run.scenario.empty() && golden.scenario() != run.scenario) {
    return fmt::format("{} is of scenario {}, the run of scenario {}", name, golden.scenario(),
                       run.scenario);
  }
  if (!run.scenario_sha256.empty() && golden.scenario_sha256() != run.scenario_sha256) {
    return fmt::format("{} is stale: scenario {} has changed since it was recorded", name,
                       golden.scenario());
  }
  if (!run.bench_sha256.empty() && golden.bench_sha256() != run.bench_sha256) {
    return name + " is stale: the bench has changed since it was recorded";
  }
  if (golden.channels().empty()) return name + " has no channel";
  return "";
}

}  // namespace rig

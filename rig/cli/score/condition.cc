#include "rig/cli/score/condition.h"

#include <fmt/format.h>

#include <cmath>

namespace rig {
namespace {

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool IsChannelName(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") ==
                              std::string_view::npos;
}

bool Holds(const ScoreCondition& condition, double value) {
  switch (condition.comparison) {
    case ScoreCondition::Operator::kAbove:
      return value > condition.limit.si;
    case ScoreCondition::Operator::kAtLeast:
      return value >= condition.limit.si;
    case ScoreCondition::Operator::kBelow:
      return value < condition.limit.si;
    case ScoreCondition::Operator::kAtMost:
      return value <= condition.limit.si;
  }
  return false;
}

score::Truth TruthOf(const ScoreCondition& condition, double value) {
  if (!std::isfinite(value)) return score::Truth::kUnknown;
  return Holds(condition, value) != condition.negated ? score::Truth::kTrue : score::Truth::kFalse;
}

}  // namespace

Result<ScoreCondition> ParseScoreCondition(std::string_view text) {
  ScoreCondition condition;
  std::string_view rest = Trimmed(text);
  if (rest.starts_with("not ")) {
    condition.negated = true;
    rest = Trimmed(rest.substr(4));
  }
  const auto at = rest.find_first_of("<>");
  if (at != std::string_view::npos) {
    const bool or_equal = rest.substr(at + 1).starts_with('=');
    const bool above = rest[at] == '>';
    condition.comparison =
        above ? (or_equal ? ScoreCondition::Operator::kAtLeast : ScoreCondition::Operator::kAbove)
              : (or_equal ? ScoreCondition::Operator::kAtMost : ScoreCondition::Operator::kBelow);
    const auto limit = ParsePoint(Trimmed(rest.substr(at + (or_equal ? 2 : 1))));
    if (!limit) return WithContext(limit.error(), fmt::format("condition \"{}\"", text));
    condition.limit = *limit;
    condition.bare = false;
    rest = Trimmed(rest.substr(0, at));
  }
  if (!IsChannelName(rest)) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("condition \"{}\": expected CHANNEL, 'not CHANNEL' or "
                                 "'CHANNEL >= VALUE'",
                                 text));
  }
  condition.channel = std::string(rest);
  return condition;
}

Result<score::Condition> ObserveCondition(const TraceReader& trace, const ScoreCondition& condition,
                                          const std::string& name) {
  const v1::ChannelIndex* channel = trace.Find(condition.channel);
  if (channel == nullptr) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: has no channel {}", name, condition.channel));
  }
  if (!condition.bare) {
    RIG_TRY_ASSIGN(const Unit unit, ParseUnit(channel->unit()));
    if (!(unit.dimension == condition.limit.dimension)) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{}: {} is in {}; expected a limit of that unit", name,
                                   condition.channel, channel->unit()));
    }
  }
  score::Condition observed;
  RIG_TRY(trace.ForEachBlock(condition.channel, 65536, [&](std::span<const StepPoint> points) {
    for (const StepPoint& point : points) {
      const score::Truth truth = TruthOf(condition, point.value);
      if (!observed.empty() && observed.back().value == truth) continue;
      observed.push_back({Nanoseconds(point.t), truth});
    }
    return true;
  }));
  return observed;
}

}  // namespace rig

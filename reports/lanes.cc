#include "reports/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "rig/base/units.h"

namespace rig {
namespace {

// Columns enough to tell constants, flags and counters apart; nothing is drawn from them.
constexpr std::size_t kSurvey = 1;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

Lane::Role RoleOf(std::string_view channel, Lane::Form form) {
  if (StartsWith(channel, "commanded.")) return Lane::Role::kStimulus;
  if (StartsWith(channel, "truth.")) return Lane::Role::kTruth;
  const bool flag = form == Lane::Form::kDigital;
  if (flag && (StartsWith(channel, "observed.") || StartsWith(channel, "device."))) {
    return Lane::Role::kAlarm;
  }
  return Lane::Role::kResponse;
}

bool Unitless(const std::string& unit) { return unit.empty() || unit == "1"; }

Lane::Form FormOf(const ChannelPicture& picture, const v1::ChannelIndex& index) {
  if (index.kind() != v1::STEP || !Unitless(index.unit())) return Lane::Form::kCurve;
  if (picture.two_valued) return Lane::Form::kDigital;
  const bool counter = StartsWith(index.name(), "truth.") && picture.only_rises;
  return counter ? Lane::Form::kTicks : Lane::Form::kCurve;
}

// "commanded.ecg" and "observed.ecg" share a lane, so that a difference between them is seen.
void JoinObservedToCommanded(std::vector<Lane>& lanes) {
  constexpr std::string_view kCommanded = "commanded.";
  constexpr std::string_view kObserved = "observed.";
  for (Lane& lane : lanes) {
    if (!StartsWith(lane.label, kCommanded)) continue;
    const std::string signal = lane.label.substr(kCommanded.size());
    const auto twin = std::find_if(lanes.begin(), lanes.end(), [&](const Lane& other) {
      return StartsWith(other.label, kObserved) && other.label.substr(kObserved.size()) == signal &&
             other.form == lane.form && other.unit == lane.unit && !other.channels.empty();
    });
    if (twin == lanes.end()) continue;
    lane.channels.push_back(twin->channels.front());
    lane.low = std::min(lane.low, twin->low);
    lane.high = std::max(lane.high, twin->high);
    twin->channels.clear();
  }
  std::erase_if(lanes, [](const Lane& lane) { return lane.channels.empty(); });
}

}  // namespace

Result<LaneChoice> ChooseLanes(const TraceReader& trace) {
  LaneChoice choice;
  const Stretch whole{RunTime(), std::max(trace.end(), AtNanoseconds(1))};
  for (const std::string& name : trace.Names()) {
    const v1::ChannelIndex& index = *trace.Find(name);
    if (index.kind() == v1::TEXT) {
      choice.texts.push_back(fmt::format("{} ({} lines)", name, index.count()));
      continue;
    }
    RIG_TRY_ASSIGN(const ChannelPicture picture, ReadPicture(trace, name, whole, kSurvey));
    if (!picture.known) {
      choice.constants.push_back(name + " (no values)");
    } else if (picture.constant()) {
      choice.constants.push_back(
          fmt::format("{} = {}", name, DisplayPoint(picture.low, index.unit())));
    } else {
      const Lane::Form form = FormOf(picture, index);
      choice.lanes.push_back(
          {form, RoleOf(name, form), name, index.unit(), picture.low, picture.high, {name}});
    }
  }
  JoinObservedToCommanded(choice.lanes);
  std::stable_sort(choice.lanes.begin(), choice.lanes.end(), [](const Lane& a, const Lane& b) {
    return std::tie(a.role, a.form, a.label) < std::tie(b.role, b.form, b.label);
  });
  while (choice.lanes.size() > kMostLanes) {
    choice.left_out.insert(choice.left_out.begin(), choice.lanes.back().label);
    choice.lanes.pop_back();
  }
  return choice;
}

}  // namespace rig

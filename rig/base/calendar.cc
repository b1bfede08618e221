#include "rig/base/calendar.h"

#include <fmt/chrono.h>

#include <algorithm>

namespace rig {

std::optional<std::time_t> SecondsOf(const std::string& utc) {
  std::tm parts{};
  const char* end = strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&parts);
}

std::string LatestDay(const std::string& utc) {
  std::string day = utc.substr(0, 10);
  const auto seconds = SecondsOf(utc);
  if (!seconds) return day;
  tzset();  // localtime_r need not
  std::tm here{};
  if (localtime_r(&*seconds, &here) == nullptr) return day;
  return std::max(day, fmt::format("{:%Y-%m-%d}", here));  // ISO days sort as text
}

}  // namespace rig

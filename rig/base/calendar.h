#pragma once

#include <ctime>
#include <optional>
#include <string>

namespace rig {

// Seconds since 1970 of "2026-05-31T12:00:00Z"; nothing for what is no such instant.
std::optional<std::time_t> SecondsOf(const std::string& utc);

// The calendar day of an instant: of the day in UTC and the day where the rig is, the later one.
// People who write "due on" mean the end of a day, and not whose: past due is what is so for
// anybody concerned. Of what is no instant its first ten characters.
std::string LatestDay(const std::string& utc);

}  // namespace rig

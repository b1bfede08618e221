#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "sim_signals/recorded/recording.h"

namespace rig {

// What the readers of all formats share.

// The bytes of a file. Errors: NOT_FOUND; RESOURCE_EXHAUSTED over `limit`.
Result<std::string> ReadAll(const std::filesystem::path& path, std::int64_t limit,
                            const OpenFile& open_file);

// Without blanks at its ends.
std::string_view Trimmed(std::string_view text);

// A unit as ParseUnit reads it: without blanks around it, a micro sign in any encoding as "u",
// "Ohm" as "ohm".
std::string PlainUnit(std::string_view text);

// The whole of `text` as a finite number; false if it is none.
bool ParseNumber(std::string_view text, double& number);
bool ParseNumber(std::string_view text, std::int64_t& number);

// Errors: OUT_OF_RANGE.
Status CheckRange(const Recording& recording, std::size_t channel, std::int64_t first,
                  std::size_t size, const std::string& name);

}  // namespace rig

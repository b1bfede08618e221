#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rig {

// Whether a name can be part of a channel's name: a lower-case letter, then lower-case letters,
// digits, "_".
bool IsName(std::string_view text);
inline constexpr std::string_view kNameForm =
    "a name of lower-case letters, digits and _, such as \"line_pressure\"";

// "one of: a, b, c", nearest to `given` first, the far end left out when there are many; "none"
// when nothing is known.
std::string OneOf(std::string_view given, std::vector<std::string> known);

// Longest half of a "what; expected what".
inline constexpr std::size_t kLongestMessagePart = 400;
// A text as a message shows it: on one line and at most `limit` bytes long, cut between characters.
std::string Shorten(std::string_view text, std::size_t limit);

}  // namespace rig

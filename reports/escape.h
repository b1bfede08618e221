#pragma once

#include <string>
#include <string_view>

namespace rig {

// Text for HTML and XML, also inside double-quoted attributes. Characters that XML 1.0 forbids, and
// bytes that are no UTF-8, become U+FFFD: a device may say anything on its console.
std::string Escape(std::string_view text);

}  // namespace rig

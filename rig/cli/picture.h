#pragma once

#include <string>

#include "rig/base/result.h"

namespace rig {

// Turns an SVG picture into a PNG file, replacing one that is there, by Debian's rsvg-convert.
// Errors: UNAVAILABLE where that is not installed; DATA_LOSS with what it says, as of a file that
// cannot be written.
Status WritePng(const std::string& svg, const std::string& file);

}  // namespace rig

#pragma once

#include <string>

#include "rig/base/strict_yaml.h"
#include "rig/v1/body.pb.h"

namespace rig {

// What the schema alone cannot tell of a `body` step. `path`: of the step's body. Errors:
// INVALID_ARGUMENT at its place.
Status CheckBody(const v1::Body& body, const std::string& path, const SourceMap& where);

}  // namespace rig

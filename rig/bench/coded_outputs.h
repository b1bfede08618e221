#pragma once

#include "rig/base/result.h"
#include "rig/base/strict_yaml.h"
#include "rig/v1/bench.pb.h"

namespace rig {

// Whether a bench file's coded outputs are told apart from its wires, have a step, and lie on plain
// captured lines of one fixture, each taken once. Errors: INVALID_ARGUMENT at file:line:column.
Status CheckCodedOutputs(const v1::Bench& bench, const SourceMap& where);

}  // namespace rig

#pragma once

#include "rig/base/result.h"
#include "rig/base/strict_yaml.h"
#include "rig/v1/bench.pb.h"

// Cross-checks of one bench file, which the schema alone cannot make. Each relies on those before
// it. Errors of all: INVALID_ARGUMENT at file:line:column.
namespace rig {

// Names of their own, ranges, health limits, calibrations.
Status CheckFixtures(const v1::Bench& bench, const SourceMap& where);
// Wires to fixtures that exist, one per signal, channel and pin, with settings of their kind.
Status CheckWiring(const v1::Bench& bench, const SourceMap& where);
// Told apart from the wires, with a step, on plain captured lines of one fixture, each taken once.
Status CheckCodedOutputs(const v1::Bench& bench, const SourceMap& where);
// One for each output, reachable, and kept by a real fixture that is closed.
Status CheckSafeStates(const v1::Bench& bench, const SourceMap& where);
// A serial link, and telemetry told apart.
Status CheckConsole(const v1::Bench& bench, const SourceMap& where);

}  // namespace rig

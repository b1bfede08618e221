#pragma once

#include <chrono>

#include "rig/bench/bench.h"
#include "rig/v1/guard.pb.h"

namespace rig {

// Opens what has outputs on a bench anew (each supply by itself, then the card with its parts),
// puts it into the bench file's safe state and reads it back: supplies at their terminals, the DAC
// where its outputs are looped back. Lines have no read-back; the card's answer says that it took
// them.
//
// What fails is tried again until `deadline`: a process that has died may still hold a fixture.
// Each instrument has a thread of its own, so that one that does not answer delays no other. An
// attempt under way is finished, within the drivers' own deadlines (an instrument that is spoken to
// in text has 1 s for an answer here), or given up 20 s after `deadline`.
//
// The report says what was done: one entry per supply and card, in the order of the bench file,
// supplies first, and whether all are safe. None of a bench without outputs, which is safe.
v1::GuardReport MakeSafe(const LoadedBench& bench, std::chrono::steady_clock::time_point deadline);

}  // namespace rig

#pragma once

#include <chrono>
#include <vector>

#include "rig/bench/bench.h"
#include "rig/v1/guard.pb.h"

namespace rig {

// Opens what has outputs on a bench anew (each supply by itself, then the card with its parts),
// puts it into the bench file's safe state and reads it back: supplies at their terminals, the DAC
// where its outputs are looped back. Lines have no read-back; the card's answer says that it took
// them.
//
// What fails is tried again, the others in between, until `deadline`: a process that has died may
// still hold a fixture. An attempt under way is finished, within the drivers' own deadlines. One
// entry per supply and card, in the order of the bench file, supplies first; empty: no outputs.
std::vector<v1::GuardedFixture> MakeSafe(const LoadedBench& bench,
                                         std::chrono::steady_clock::time_point deadline);

}  // namespace rig

#pragma once

#include <string>

#include "rig/base/result.h"
#include "rig/bench/bench.h"
#include "rig/v1/record.pb.h"

namespace rig {

// What is told of a fixture that cannot be asked who it is.
inline constexpr char kNotAsked[] = "not asked";
// Whether this is why there is no identity: of loaders alone, since any other that cannot answer is
// not fit.
bool IsNotAsked(const v1::Fixture& fixture, const Result<FixtureIdentity>& identity);

// Who each fixture says it is against what the bench file expects, its calibration's due date, and
// what it measures of itself against the bench file's limits. The board stays without power. A
// fixture that does not answer is a finding, no error; so is one that cannot be asked. `now`: ISO
// 8601, UTC; what is due on a day is past due once that day is over in UTC or here (LatestDay).
v1::BenchHealth CheckHealth(const LoadedBench& bench, Equipment& equipment, const std::string& now);

// Opens the bench's equipment for it. Errors: as OpenEquipment.
Result<v1::BenchHealth> CheckHealthOf(const LoadedBench& bench);

// The worst of the findings; ERROR when there are none.
v1::Verdict WorstFinding(const v1::BenchHealth& health);

// Whether a bench's health, found earlier, counts for a run at `now`: of this very bench file, and
// not older than its `health_valid_for`.
bool StillCounts(const v1::BenchHealth& health, const LoadedBench& bench, const std::string& now);

// Error when runs must not start on such a bench: FAILED_PRECONDITION naming the first finding and
// what to do.
Status JudgeHealth(const v1::BenchHealth& health, const LoadedBench& bench);

// Stores it in the evidence; returns its digest. Errors: as StoreObject.
Result<std::string> StoreHealth(const std::string& evidence, const v1::BenchHealth& health);
// Errors: NOT_FOUND; DATA_LOSS when the object is not what its name says.
Result<v1::BenchHealth> LoadHealth(const std::string& evidence, const std::string& sha256);

// The health a run rests on: the one its order names, while it counts, or else a new one, stored
// in the evidence. `reference` receives what the record says of it, also when the bench is not fit.
// Errors: as LoadHealth, CheckHealthOf, StoreHealth and JudgeHealth.
Status EstablishHealth(const v1::RunOrder& order, const LoadedBench& bench, const std::string& now,
                       v1::RunHealth& reference);

// Asks each fixture of an open bench again: a health may be hours old, and an address or a port is
// no instrument. Errors: FAILED_PRECONDITION naming the fixture that is another than in the health
// or than the calibrated one; as Equipment::Identify.
Status CheckStillThere(const LoadedBench& bench, Equipment& equipment, const v1::RunHealth& health);

}  // namespace rig

#pragma once

#include <filesystem>
#include <string>

#include "rig/base/result.h"
#include "rig/v1/calibration.pb.h"

namespace rig {

// SHA-256 over everything the record says, as it is written to its file, but the digest itself.
std::string CalibrationContentSha256(const v1::CalibrationRecord& record);

// Errors: as LoadYamlFile; DATA_LOSS when the file was changed after it was made.
Result<v1::CalibrationRecord> LoadCalibration(const std::filesystem::path& file);

// Gives the record the next number of its fixture and day and its digest, and writes it into the
// folder as a file of its own, read-only; never in place of another. Returns the file. Errors:
// UNAVAILABLE, RESOURCE_EXHAUSTED naming the file.
Result<std::filesystem::path> StoreCalibration(const std::filesystem::path& folder,
                                               v1::CalibrationRecord& record);

// The latest calibration of a fixture with this serial number in the folder, by day and number;
// empty: there is none, or no folder. Errors: as LoadCalibration for a file that is none: what it
// says is not known; UNAVAILABLE for a folder that cannot be read.
Result<std::filesystem::path> NewestCalibration(const std::filesystem::path& folder,
                                                const std::string& fixture,
                                                const std::string& serial);

// The latest that was found within its limit; empty: there is none. Errors: as NewestCalibration.
Result<std::filesystem::path> LastGoodCalibration(const std::filesystem::path& folder,
                                                  const std::string& fixture,
                                                  const std::string& serial);

}  // namespace rig

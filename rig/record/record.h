#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/v1/record.pb.h"

namespace rig {

// record.json and night.json: protobuf JSON with the schema's own field names, keys in schema
// order, defaults left out.
std::string ToJson(const google::protobuf::Message& message);
Status FromJson(std::string_view json, google::protobuf::Message& message,
                const std::string& file_name);

// Files named by their SHA-256 under <evidence>/objects/<2 digits>/<digest>. Storing what is there
// already does nothing. Returns the digest. Errors: RESOURCE_EXHAUSTED, UNAVAILABLE.
Result<std::string> StoreObject(const std::filesystem::path& evidence, std::string_view bytes);
std::filesystem::path ObjectPath(const std::filesystem::path& evidence, const std::string& sha256);

// Writes <run>/record.json in one step. Errors: as WriteFileAtomically.
Status SaveRunRecord(const std::filesystem::path& run_directory, const v1::RunRecord& record);
Result<v1::RunRecord> LoadRunRecord(const std::filesystem::path& run_directory);

// Whether a run may be evaluated again: it ended without a rig error, and `trace` is what it
// recorded. Errors: FAILED_PRECONDITION, DATA_LOSS, naming the run.
Status CheckWholeRun(const v1::RunRecord& record, const std::filesystem::path& trace);

// The limit of a quantity, or what was measured against it, as people read it: a temperature in °C.
std::string ShowOnScale(const v1::Quantity& quantity, double si);

// "pass", "inconclusive", "FAIL", "ERROR".
std::string_view VerdictText(v1::Verdict verdict);
// The worse of two; UNSET is worse than everything but ERROR: what did not run is no pass.
v1::Verdict Worst(v1::Verdict a, v1::Verdict b);

}  // namespace rig

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/scenario.pb.h"
#include "sim_signals/body/course.h"
#include "sim_signals/source.h"

namespace rig {

struct SourceContext {
  std::uint64_t seed = 0;  // of the run
  std::string signal;      // names the random streams, so that signals do not disturb each other
  std::string unit;        // SI unit the bench's wire wants
  std::filesystem::path directory;   // relative record paths start here
  const BodyCourse* body = nullptr;  // the patient, if there is one; outlives the source
};

// The source a Play step asks for, with its noise on top, beginning at `start`.
// Errors: INVALID_ARGUMENT for a wrong unit or a body that is missing; NOT_FOUND, DATA_LOSS,
// UNIMPLEMENTED, OUT_OF_RANGE for records.
Result<std::unique_ptr<SignalSource>> MakeSource(const v1::Play& play, const SourceContext& context,
                                                 RunTime start);

// What can be told of a record without its file: gain, offset, stated unit. Errors:
// INVALID_ARGUMENT.
Status CheckRecord(const v1::Record& record, const SourceContext& context);

// Whether the source of a Play step may have pulses that a bench must inject beside its samples.
bool HasPulses(const v1::Play& play, const BodyCourse& body);

// Names and units of the truth events the source of a Play step may emit (beat "1", rate "Hz", …);
// none of a source that has no truth.
std::vector<std::pair<std::string, std::string>> TruthChannels(const v1::Play& play);

// Of truth.<signal>., "1": samples cut off so far at the injector's range. Only where a scenario
// allows that.
inline constexpr std::string_view kClippedChannel = "clipped";

}  // namespace rig

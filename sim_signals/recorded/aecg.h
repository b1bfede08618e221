#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "sim_signals/recorded/recording.h"

namespace rig {

// HL7 annotated ECG: the rhythm of every series, not the averaged beats derived from it. Channels
// are named after their lead, "II" for MDC_ECG_LEAD_II. Annotations are those with a time of their
// own, as "CODE VALUE". Source: HL7 aECG implementation guide, 2005.
//
// Held in memory, so files of more than 32 MiB are refused.

// Whether a file that begins like this is an aECG.
bool IsAecg(std::string_view head);

// Errors: as OpenRecording.
Result<std::unique_ptr<Recording>> OpenAecg(const std::filesystem::path& path,
                                            const OpenFile& open_file);

}  // namespace rig

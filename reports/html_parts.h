#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rig/v1/record.pb.h"

// Pieces of the night's page.
namespace rig::html {

std::string_view StyleSheet();
// The part of it that pictures need, for one that stands alone: in the light colours, without
// variables, which few readers of SVG but browsers know.
std::string PictureStyle();

// A verdict as a coloured word.
std::string Badge(v1::Verdict verdict);
// Ids separated by commas, in code type.
std::string Codes(const google::protobuf::RepeatedPtrField<std::string>& ids);
// What a run's section is called in the page's links.
std::string Anchor(std::string_view kind, std::string_view name);
// A table cell.
std::string Cell(const std::string& markup);

// One run: checks, waveforms, identity. `record` null: `problem` says why there is none.
std::string RunSection(const v1::NightRun& run, const v1::RunRecord* record,
                       const std::string& problem, const std::filesystem::path& run_directory);

// Every check that did not pass: requirement, firmware, margin, and whether the device or the rig
// is to blame.
std::string BrokenSection(const v1::NightRecord& night, const std::vector<v1::RunRecord>& records);
std::string ChangesSection(const v1::NightRecord& night);
std::string ScenariosSection(const v1::NightRecord& night);
// Requirement → scenarios, and risk control → scenarios.
std::string CoverageSection(const v1::NightRecord& night,
                            const std::vector<v1::RunRecord>& records);

}  // namespace rig::html

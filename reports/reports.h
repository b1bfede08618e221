#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"

namespace rig {

// One self-contained HTML page of a night: summary, changes since the previous night, coverage by
// requirement, and per run its checks and its waveforms (stimulus, observed response, truth, alarm
// lines on one time axis; inline SVG, no script needed to read). `evidence`: the folder with runs/
// and nights/.
Result<std::string> NightHtml(const v1::NightRecord& night, const std::filesystem::path& evidence);

// JUnit XML of a night; requirement ids as test-suite properties.
std::string JUnitXml(const v1::NightRecord& night, const std::vector<v1::RunRecord>& runs);

// "time_s,channel,value" rows in time order per channel.
Status WriteTraceCsv(const TraceReader& trace, const std::vector<std::string>& channels,
                     std::FILE* out);

// Channels drawn with characters, one below the other on one time axis, `columns` wide.
Result<std::string> PlotTrace(const TraceReader& trace, const std::vector<std::string>& channels,
                              int columns);

// A picture of channels over a common time axis, as a whole SVG file: stimuli, responses, truth and
// outputs in strips with name, unit and range. `channels` empty: all that change; what is constant
// or text is left out. Errors: NOT_FOUND when nothing is left to draw; DATA_LOSS.
Result<std::string> TraceSvg(const TraceReader& trace, const std::vector<std::string>& channels,
                             const std::string& title);

struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};
// Aligned plain text. `colour`: verdict words in colour.
std::string RenderTable(const TextTable& table, bool colour);

// Scenario, verdict, worst margin, requirements.
TextTable SummaryTable(const v1::NightRecord& night);
// Verdicts that depend on an instrument: a table, a page that stands alone, and CSV.
TextTable AffectedTable(const v1::AffectedVerdicts& affected);
std::string AffectedHtml(const v1::AffectedVerdicts& affected);
std::string AffectedCsv(const v1::AffectedVerdicts& affected);

// Requirement, text, scenarios, verdict.
TextTable CoverageTable(const v1::NightRecord& night);

}  // namespace rig

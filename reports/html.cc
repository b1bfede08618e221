#include <fmt/format.h>

#include <cmath>
#include <map>

#include "reports/escape.h"
#include "reports/html_parts.h"
#include "reports/reports.h"
#include "rig/base/digest.h"
#include "rig/record/record.h"

namespace rig {
namespace {

std::string DurationText(double seconds) {
  if (seconds < 60) return fmt::format("{:.0f} s", seconds);
  const auto s = std::llround(seconds);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} h {} min", s / 3600, s / 60 % 60);
}

std::string Count(std::string_view css, std::string_view number, std::string_view what) {
  return fmt::format("<li><b class=\"{}\">{}</b><span>{}</span></li>\n", css, number, what);
}

std::string Header(const v1::NightRecord& night) {
  std::map<v1::Verdict, int> counts;
  double device_s = 0;
  double wall_s = 0;
  for (const v1::NightRun& run : night.runs()) {
    ++counts[run.verdict()];
    device_s += run.device_s();
    wall_s += run.wall_s();
  }
  int covered = 0;
  for (const v1::Coverage& coverage : night.coverage()) {
    if (coverage.scenarios_size() > 0) ++covered;
  }
  const auto number = [&](v1::Verdict verdict) { return std::to_string(counts[verdict]); };
  std::string text = fmt::format(
      "<header>\n<h1>Night {} {}</h1>\n<p>{}{}{}{}</p>\n", Escape(night.night()),
      html::Badge(night.verdict()), Escape(night.started()), night.ended().empty() ? "" : " to ",
      Escape(night.ended()), night.complete() ? "" : " <strong>not complete</strong>");
  text += "<ul class=\"counts\">\n" + Count("pass", number(v1::PASS), "passed") +
          Count("fail", number(v1::FAIL), "failed") +
          Count("open", number(v1::INCONCLUSIVE), "inconclusive") +
          Count("error", number(v1::ERROR), "rig errors");
  if (counts[v1::VERDICT_UNSET] > 0) text += Count("open", number(v1::VERDICT_UNSET), "not run");
  text += Count("", DurationText(device_s), "device time") +
          Count("", DurationText(wall_s), "computing time") +
          Count("", fmt::format("{} / {}", covered, night.coverage_size()), "requirements covered");
  return text +
         "</ul>\n<nav aria-label=\"Sections\"><a href=\"#broken\">Not passed</a>"
         "<a href=\"#changes\">Changes</a>"
         "<a href=\"#scenarios\">Scenarios</a><a href=\"#coverage\">Coverage</a>"
         "<a href=\"#runs\">Runs</a></nav>\n</header>\n";
}

struct LoadedRun {
  bool loaded = false;
  v1::RunRecord record;
  std::string problem;
};

// The record a run left; a problem when it is not the one the night saw.
LoadedRun Load(const v1::NightRun& run, const std::filesystem::path& directory) {
  LoadedRun result;
  if (run.run().empty()) {
    result.problem = run.error().empty() ? "This scenario did not run." : run.error();
    return result;
  }
  auto record = LoadRunRecord(directory);
  if (!record) {
    result.problem = record.error().message;
    return result;
  }
  result.loaded = true;
  result.record = std::move(*record);
  const auto sha256 = Sha256OfFile(directory / "record.json");
  const bool unaltered = run.record_sha256().empty() || (sha256 && *sha256 == run.record_sha256());
  if (!unaltered) {
    result.problem =
        fmt::format("The record is not the one this night made: SHA-256 {}, expected {}.",
                    sha256 ? *sha256 : sha256.error().message, run.record_sha256());
  }
  return result;
}

// Of a record only what the page's tables need: a night's resolved scenarios would fill the memory.
v1::RunRecord Gist(const v1::NightRun& run, const v1::RunRecord& record,
                   const std::string& problem) {
  v1::RunRecord gist;
  gist.set_device(run.device());
  gist.set_scenario(run.scenario());
  gist.set_verdict(run.verdict());
  gist.set_error(!problem.empty()          ? problem
                 : !record.error().empty() ? record.error()
                 : !run.error().empty()    ? run.error()
                                           : run.flaky());
  *gist.mutable_verifies() = run.verifies();
  *gist.mutable_controls() = record.controls();
  *gist.mutable_checks() = record.checks();
  *gist.mutable_firmware() = record.firmware();
  *gist.mutable_reported() = record.reported();
  return gist;
}

}  // namespace

Result<std::string> NightHtml(const v1::NightRecord& night, const std::filesystem::path& evidence) {
  std::string runs;
  std::vector<v1::RunRecord> records;
  for (const v1::NightRun& run : night.runs()) {
    const std::filesystem::path directory = evidence / "runs" / run.run();
    LoadedRun loaded = Load(run, directory);
    runs +=
        html::RunSection(run, loaded.loaded ? &loaded.record : nullptr, loaded.problem, directory);
    records.push_back(Gist(run, loaded.record, loaded.problem));
  }
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Night {}: {}</title>\n<style>{}</style>\n</head>\n<body>\n",
      Escape(night.night()), VerdictText(night.verdict()), html::StyleSheet());
  page += Header(night);
  page += "<main>\n";
  page += html::BrokenSection(night, records);
  page += html::ChangesSection(night);
  page += html::ScenariosSection(night);
  page += html::CoverageSection(night, records);
  page += "<section id=\"runs\">\n<h2>Runs</h2>\n";
  page += runs;
  page += "</section>\n</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace rig

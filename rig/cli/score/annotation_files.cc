#include "rig/cli/score/annotation_files.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rig/base/digest.h"
#include "sim_signals/recorded/wfdb_annotations.h"
#include "sim_signals/recorded/wfdb_header.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

Result<WfdbHeader> ReadHeader(const PairOptions& options) {
  const fs::path file = options.header.empty()
                            ? fs::path(options.reference).replace_extension(".hea")
                            : fs::path(options.header);
  if (!fs::is_regular_file(file)) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: no such file; expected the record's header, which tells its "
                                 "sampling frequency, or --header HEA",
                                 file.string()));
  }
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  return ParseWfdbHeader(text, file.string());
}

double Rescaled(double ticks_per_s, const std::optional<double>& resolution) {
  return resolution ? ticks_per_s / *resolution : 1.0;
}

}  // namespace

void PairOptions::AddTo(CLI::App& command, bool with_window) {
  command.add_option("REF", reference, "Reference annotations, WFDB")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("TEST", test, "The detector's annotations, WFDB")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--header", header, "The record's header; default: REF's with .hea")
      ->type_name("HEA");
  command.add_option("--from", from, "Nothing before is scored: the learning period")
      ->type_name("TIME")
      ->capture_default_str();
  command.add_option("--to", to, "Nothing after is scored; default: the record's end")
      ->type_name("TIME");
  if (with_window) {
    command.add_option("--window", window, "How far apart a pair may lie")
        ->type_name("TIME")
        ->capture_default_str();
  }
  AddJson(command);
}

Result<score::Annotations> ReadAnnotations(const fs::path& file, double ticks_per_s) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return MakeError(Code::kNotFound, file.string() + ": cannot be opened");
  WfdbAnnotationReader reader(stream, file.string());
  score::Annotations annotations;
  while (true) {
    RIG_TRY_ASSIGN(const std::optional<WfdbAnnotation> next, reader.Next());
    if (!next) return annotations;
    const double scale = Rescaled(ticks_per_s, reader.time_resolution_hz());
    const auto time =
        static_cast<std::int64_t>(std::llround(static_cast<double>(next->time) * scale));
    annotations.push_back({time, score::LabelOfMitCode(next->code, next->subtype, next->text)});
  }
}

std::string AnnotationPair::Extent(bool with_window) const {
  std::string text = fmt::format("scored from {:g} s to {}", Seconds(period.start),
                                 period.end > 0 ? fmt::format("{:g} s", Seconds(period.end))
                                                : "the last reference annotation");
  if (!with_window) return text + "\n";
  text += fmt::format(", pairs at most {:g} ms apart", 1e3 * Seconds(window));
  const bool as_ec57 = window == score::Ticks(score::kMatchWindowS, ticks_per_s);
  return text + (as_ec57 ? "\n" : fmt::format(" (EC57: {:g} ms)\n", 1e3 * score::kMatchWindowS));
}

nlohmann::ordered_json AnnotationPair::ExtentJson(bool with_window) const {
  nlohmann::ordered_json extent{{"from_s", Seconds(period.start)}, {"to_s", nullptr}};
  if (period.end > 0) extent["to_s"] = Seconds(period.end);
  if (with_window) extent["window_s"] = Seconds(window);
  return extent;
}

Result<AnnotationPair> ReadPair(const PairOptions& options) {
  AnnotationPair pair;
  RIG_TRY_ASSIGN(const WfdbHeader header, ReadHeader(options));
  pair.ticks_per_s = header.sampling_hz;
  RIG_TRY_ASSIGN(pair.reference, ReadAnnotations(options.reference, header.sampling_hz));
  RIG_TRY_ASSIGN(pair.test, ReadAnnotations(options.test, header.sampling_hz));
  const auto ticks = [&](std::int64_t ns) {
    return score::Ticks(static_cast<double>(ns) * 1e-9, header.sampling_hz);
  };
  RIG_TRY_ASSIGN(const std::int64_t from, ParseDuration("--from", options.from));
  RIG_TRY_ASSIGN(const std::int64_t window, ParseDuration("--window", options.window));
  pair.period = {ticks(from), header.frames};
  pair.window = ticks(window);
  if (!options.to.empty()) {
    RIG_TRY_ASSIGN(const std::int64_t to, ParseDuration("--to", options.to));
    pair.period.end = ticks(to);
  }
  if (pair.period.end > 0 && pair.period.end <= pair.period.start) {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("nothing to score: --from {} is not before the end at {:.1f} s", options.from,
                    static_cast<double>(pair.period.end) / header.sampling_hz));
  }
  return pair;
}

}  // namespace rig

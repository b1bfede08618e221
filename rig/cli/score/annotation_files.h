#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "rig/base/result.h"
#include "rig/check/score/annotation.h"
#include "rig/cli/options.h"

namespace rig {

// Two annotation files of one record, ready to score.
struct AnnotationPair {
  score::Annotations reference;
  score::Annotations test;
  double ticks_per_s = 0;
  score::Period period;
  std::int64_t window = 0;  // ticks

  double Seconds(std::int64_t ticks) const { return static_cast<double>(ticks) / ticks_per_s; }
  // What was scored, for people and in seconds; without its window where none matters.
  std::string Extent(bool with_window) const;
  nlohmann::ordered_json ExtentJson(bool with_window) const;
};

// What `rig score beats|runs|episodes` take.
struct PairOptions : CommonOptions {
  std::string reference;
  std::string test;
  std::string header;  // empty: the reference's, ending in .hea
  std::string from = "5 min";
  std::string to;  // empty: the record's end
  std::string window = "150 ms";

  void AddTo(CLI::App& command, bool with_window);
};

// The annotations of a WFDB annotation file, in ticks of `ticks_per_s` whatever the file's own
// resolution. Errors: NOT_FOUND; DATA_LOSS for a damaged file.
Result<score::Annotations> ReadAnnotations(const std::filesystem::path& file, double ticks_per_s);

// Both files; sampling frequency and length from the record's header. Errors: as above;
// INVALID_ARGUMENT for a period that is empty.
Result<AnnotationPair> ReadPair(const PairOptions& options);

}  // namespace rig

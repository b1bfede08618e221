#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/record/trace_reader.h"
#include "rig/v1/record.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig {

// What the names in a formula mean.
struct Vocabulary {
  // The SI unit of a channel, empty when there is no such channel.
  std::function<std::string(std::string_view channel)> unit_of;
  // Named formulas and values, as text; they may use each other. They win over channels.
  std::map<std::string, std::string, std::less<>> definitions = {};
};

// A parsed formula; the language and its semantics are rig/check/README.md.
class Formula {
 public:
  struct Node;
  // Errors: INVALID_ARGUMENT with "column N: what, expected what" for a syntax error, an unknown
  // channel, a wrong dimension, NaN in a limit.
  static Result<Formula> Parse(std::string_view text, const Vocabulary& vocabulary);

  // Whether a definition, a condition or a value, can be parsed. Errors: as Parse.
  static Status CheckDefinition(std::string_view text, const Vocabulary& vocabulary);

  const std::set<std::string>& channels() const { return channels_; }
  // Names of the definitions it uses.
  const std::set<std::string>& definitions() const { return definitions_; }
  const Node& root() const { return *root_; }

 private:
  std::shared_ptr<const Node> root_;  // shared: formulas are values, their trees immutable
  std::set<std::string> channels_;
  std::set<std::string> definitions_;
};

// Expanded uncertainties (k = 2), 0 for exact.
struct UncertaintyOf {
  // Of a channel's value, in its SI unit.
  std::function<double(std::string_view channel)> value;
  // Of the time between two changes of these channels that are `span_s` apart, in s. None: exact.
  std::function<double(const std::set<std::string>& channels, double span_s)> span = {};
};

// Judges a formula at run time 0 over a whole trace. A channel the trace lacks, or a value the
// verdict depends on and the trace does not tell, gives INCONCLUSIVE. Fills verdict, reason,
// decided_at, value, time. `extent`: of a trace cut short `time` is not known, since
// what was cut off may have less to spare.
enum class TraceExtent { kWhole, kCutShort };
Result<v1::CheckResult> Judge(const Formula& formula, const TraceReader& trace,
                              const UncertaintyOf& uncertainty_of,
                              TraceExtent extent = TraceExtent::kWhole);

}  // namespace rig

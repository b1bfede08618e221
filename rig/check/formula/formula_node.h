#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rig/base/run_time.h"
#include "rig/base/units.h"
#include "rig/check/formula/formula.h"

namespace rig {

// The typed tree of a formula. Immutable once parsed.
struct Formula::Node {
  enum class Kind {
    // Values.
    kNumber,
    kChannel,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kAbs,
    kMin,
    kMax,
    // Conditions: a comparison has two values below it, kFlag one channel, the others conditions.
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kEqual,
    kNotEqual,
    kFlag,  // a channel of unit "1" above 0.5
    kTrue,
    kFalse,
    kNot,
    kAnd,
    kOr,
    kImplies,
    kRise,
    kFall,
    kAlways,
    kEventually,
    kHistorically,
    kOnce,
  };
  Kind kind;
  std::vector<std::shared_ptr<const Node>> children;
  std::string text;  // as written

  Dimension dimension;             // of a value
  std::optional<double> constant;  // of a value without channels, in SI
  std::string unit;                // kNumber: as written
  std::string channel;             // kChannel

  // Temporal operators: the window, counted from the present towards the future or the past.
  Duration from{0};
  std::optional<Duration> to;  // none: until the end of the trace, since the start of the run

  int depth = 1;
};

namespace check {

using Node = Formula::Node;
using Kind = Formula::Node::Kind;

constexpr bool IsValue(Kind kind) { return kind <= Kind::kMax; }
constexpr bool IsComparison(Kind kind) { return kind >= Kind::kLess && kind <= Kind::kNotEqual; }
constexpr bool IsTemporal(Kind kind) { return kind >= Kind::kAlways; }
constexpr bool IsPast(Kind kind) { return kind >= Kind::kHistorically; }
// Of temporal operators: everywhere in the window, not somewhere in it.
constexpr bool IsUniversal(Kind kind) {
  return kind == Kind::kAlways || kind == Kind::kHistorically;
}

// Channels below a node, each once.
std::set<std::string> ChannelsOf(const Node& node);

}  // namespace check
}  // namespace rig

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
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
    kRate,          // of change, over the time `to`
    kCount,         // of spans of a condition in the time `to`
    kLastDuration,  // of a condition
    kTimeSince,     // only while parsing: comparisons with it become kOnce
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
    kAbove,  // with hysteresis: a value, the levels where the condition comes on and goes off
    kBelow,
    kAlways,
    kEventually,
    kUntil,
    kHistorically,
    kOnce,
    kSince,
  };
  Kind kind;
  std::vector<std::shared_ptr<const Node>> children;
  std::string text;  // as written

  // What a value in K is: a temperature or a difference of two.
  enum class Scale { kPoint, kDifference };

  Dimension dimension;  // of a value
  Scale scale = Scale::kDifference;
  std::optional<double> constant;  // of a value without channels, in SI
  std::string unit;                // kNumber: as written
  std::string channel;             // kChannel

  // Operators of time: the window, counted from the present towards the future or the past.
  Duration from{0};
  std::optional<Duration> to;  // none: until the end of the trace, since the start of the run

  int depth = 1;
  int size = 1;  // streams that evaluate it: itself and all below
};

namespace check {

using Node = Formula::Node;
using Kind = Formula::Node::Kind;
using Scale = Formula::Node::Scale;

constexpr bool IsValue(Kind kind) { return kind <= Kind::kMax; }
// Of values: over a condition instead of values.
constexpr bool IsOverCondition(Kind kind) {
  return kind == Kind::kCount || kind == Kind::kLastDuration || kind == Kind::kTimeSince;
}
constexpr bool IsComparison(Kind kind) { return kind >= Kind::kLess && kind <= Kind::kNotEqual; }
constexpr bool IsTemporal(Kind kind) { return kind >= Kind::kAlways; }
constexpr bool IsPast(Kind kind) { return kind >= Kind::kHistorically; }
// Of temporal operators: everywhere in the window, not somewhere in it.
constexpr bool IsUniversal(Kind kind) {
  return kind == Kind::kAlways || kind == Kind::kHistorically;
}

constexpr bool IsChange(Kind kind) { return kind == Kind::kRise || kind == Kind::kFall; }
// Two conditions: the second is to be reached, the first must hold on the way.
constexpr bool IsPassage(Kind kind) { return kind == Kind::kUntil || kind == Kind::kSince; }
constexpr bool IsHysteresis(Kind kind) { return kind == Kind::kAbove || kind == Kind::kBelow; }

// Channels below a node, each once.
std::set<std::string> ChannelsOf(const Node& node);

// Values that are read, not calculated.
constexpr bool IsRead(Kind kind) { return kind == Kind::kChannel || IsOverCondition(kind); }
// Of a value that is read.
inline const std::string& NameOf(const Node& node) {
  return node.kind == Kind::kChannel ? node.channel : node.text;
}

// One value read at one time. Readings at two times each have their own noise and resolution: in
// their difference these do not cancel.
struct Reading {
  std::string name;
  Duration ago;
  const Node* node;
  friend bool operator<(const Reading& a, const Reading& b) {
    return std::tie(a.name, a.ago) < std::tie(b.name, b.ago);
  }
};
// All readings a value, a comparison or one with hysteresis is calculated from, each once.
std::set<Reading> ReadingsOf(const Node& node);

}  // namespace check
}  // namespace rig

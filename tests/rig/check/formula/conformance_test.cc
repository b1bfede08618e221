// Other tools' test cases against our semantics: every vector agrees or is listed with the reason
// why it does not (rig/check/formula/CONFORMANCE.md says the same in prose).
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "rig/check/formula/evaluate.h"
#include "tests/rig/check/formula/conformance_vectors.h"
#include "tests/shared_data.h"

namespace rig::check {
namespace {

enum class Class {
  kAgrees,
  // Agrees wherever we decide. Where we do not, near the trace's start or end, the tool's value is
  // one of our two bounds.
  kUndecidedAtStart,
  kUndecidedAtEnd,
  kUndecided,  // nowhere decided; the tool's value is one of our two bounds
  kDiffersAtLastInstant,
  kDiffers,
  kNotExpressible,
};

std::ostream& operator<<(std::ostream& out, Class c) {
  constexpr const char* kNames[] = {
      "agrees",         "undecided near the start",    "undecided near the end",
      "undecided",      "differs at the last instant", "differs",
      "not expressible"};
  return out << kNames[static_cast<int>(c)];
}

struct Comparison {
  int same = 0;
  int open_at_start = 0;
  int open_at_end = 0;
  int different_before_end = 0;
  std::string difference;  // the first
  std::string untranslated;

  Class Classify() const {
    if (!untranslated.empty()) return Class::kNotExpressible;
    if (different_before_end > 0 || (!difference.empty() && same == 0)) return Class::kDiffers;
    if (!difference.empty()) return Class::kDiffersAtLastInstant;
    if (same == 0) return Class::kUndecided;
    if (open_at_start > 0) return Class::kUndecidedAtStart;
    return open_at_end > 0 ? Class::kUndecidedAtEnd : Class::kAgrees;
  }
  std::string Say() const {
    return fmt::format(
        "same at {} places, undecided at {} near the start and {} near the end. {}{}", same,
        open_at_start, open_at_end, difference, untranslated);
  }
};

// How far a formula looks ahead, or back; open ends count for where they begin.
Position Reach(const Node& node, bool past) {
  Position reach = 0;
  for (const auto& child : node.children) reach = std::max(reach, Reach(*child, past));
  if (!IsTemporal(node.kind) || IsPast(node.kind) != past) return reach;
  return reach + Width(node.to.value_or(node.from));
}

bool Near(double a, double b) { return a == b || std::fabs(a - b) <= 1e-9; }

Bounds Truth(Bounds robustness) {
  return {robustness.low > 0 ? 1.0 : -1.0, robustness.high < 0 ? -1.0 : 1.0};
}

class Comparer {
 public:
  Comparer(const ConformanceVector& vector, const Node& root)
      : vector_(vector), root_(root), evaluator_(vector.signals) {}

  Comparison Run() {
    const Position shift = vector_.at_arrival ? Reach(root_, false) : 0;
    for (const ExpectedBounds& expected : vector_.expected) {
      CompareOver({expected.range.first - shift, expected.range.last - shift}, expected.bounds);
    }
    return result_;
  }

 private:
  void CompareOver(Range range, Bounds expected) {
    const Steps lows = evaluator_.Robustness(root_, Side::kCertain, range);
    const Steps highs = evaluator_.Robustness(root_, Side::kPossible, range);
    std::set<Position> begins;  // of pieces in which nothing changes
    for (const Step& step : lows) begins.insert(step.begin);
    for (const Step& step : highs) begins.insert(step.begin);
    for (const Position p : begins) {
      CompareAt(p, {ValueAt(lows, p), ValueAt(highs, p)}, expected);
    }
  }

  void CompareAt(Position p, Bounds ours, Bounds expected) {
    if (vector_.boolean) ours = Truth(ours);
    if (Near(ours.low, expected.low) && Near(ours.high, expected.high)) {
      ++result_.same;
      return;
    }
    const bool bound = Near(expected.low, expected.high) && ours.low < ours.high &&
                       (Near(expected.low, ours.low) || Near(expected.low, ours.high));
    if (bound && p < Reach(root_, true)) {
      ++result_.open_at_start;
    } else if (bound && p + Reach(root_, false) > evaluator_.end()) {
      ++result_.open_at_end;
    } else {
      if (p < evaluator_.end()) ++result_.different_before_end;
      if (!result_.difference.empty()) return;
      result_.difference = fmt::format("at {} ns [{}, {}], expected [{}, {}]", ToNanoseconds(p),
                                       ours.low, ours.high, expected.low, expected.high);
    }
  }

  const ConformanceVector& vector_;
  const Node& root_;
  const Evaluator evaluator_;
  Comparison result_;
};

Comparison Compare(const ConformanceVector& vector, const std::string& foreign) {
  Comparison failed;
  const auto text = FromForeign(foreign, vector.context);
  failed.untranslated = text ? "" : text.error().message;
  if (!text) return failed;
  const auto formula = Formula::Parse(*text, {[](std::string_view) { return "1"; }});
  failed.untranslated = formula ? "" : *text + ": " + formula.error().message;
  if (!formula) return failed;
  return Comparer(vector, formula->root()).Run();
}

// Reasons as the table of CONFORMANCE.md names them.
constexpr char kStart[] = "window reaches before the start";
constexpr char kEnd[] = "window reaches behind the end";
constexpr char kEstimate[] = "no estimate from part of a window";
constexpr char kHalfOpen[] = "until and since are half-open";
constexpr char kChange[] = "rise and fall have no margin";
constexpr char kLastInstant[] = "nothing told of the last instant";

struct Listed {
  int id;
  Class expected;
  const char* reason;
  // In the tool's notation, what in our language means what the tool means.
  const char* instead = nullptr;
};

// Every other vector agrees.
const std::vector<Listed>& List() {
  static const std::vector<Listed> list = [] {
    std::vector<Listed> all;
    for (const int id :
         {15, 17, 30, 31, 34, 35, 36, 39, 41, 53, 57, 58, 59, 60, 62, 70, 75, 90, 109}) {
      all.push_back({id, Class::kUndecidedAtStart, kStart});
    }
    for (const int id : {10, 12, 13, 25, 27, 32, 40, 51, 108}) {
      all.push_back({id, Class::kUndecidedAtEnd, kEnd});
    }
    const std::vector<Listed> otherwise = {
        {111, Class::kUndecided, kEstimate, "(x[t]>0) until_[3:] (y[t] > 5)"},
        {18, Class::kDiffers, kHalfOpen, "req since (req and gnt)"},
        {19, Class::kDiffers, kHalfOpen, "req since[0:1] (req and gnt)"},
        {20, Class::kDiffers, kHalfOpen, "req until (req and gnt)"},
        {21, Class::kDiffers, kHalfOpen, "req until[0:1] (req and gnt)"},
        {69, Class::kDiffers, kHalfOpen, "p1 since (p1 and p2)"},
        {1, Class::kDiffers, kChange, "not req and prev req"},
        {6, Class::kDiffers, kChange, "req and prev not req"},
        {28, Class::kDiffers, kChange, "not req and prev req"},
        {37, Class::kDiffers, kChange, "req and prev not req"},
        {112, Class::kDiffersAtLastInstant, kLastInstant},
    };
    all.insert(all.end(), otherwise.begin(), otherwise.end());
    return all;
  }();
  return list;
}

class ConformanceTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = SharedFolder() / "reference/vectors/temporal_logic.jsonl";
    RIG_NEEDS_SHARED(path);
    for (ConformanceVector& vector : LoadConformanceVectors(path)) {
      const int id = vector.id;
      ASSERT_TRUE(vectors_.emplace(id, std::move(vector)).second) << "twice: " << id;
    }
    ASSERT_EQ(vectors_.size(), 113U);
  }

  std::map<int, ConformanceVector> vectors_;
};

TEST_F(ConformanceTest, EveryVectorAgreesOrIsListedAsWhatItIs) {
  std::map<int, Class> expected;
  for (const Listed& listed : List()) {
    ASSERT_TRUE(expected.emplace(listed.id, listed.expected).second) << "twice: " << listed.id;
    ASSERT_TRUE(vectors_.contains(listed.id)) << "no vector: " << listed.id;
  }
  std::map<Class, int> counts;
  for (const auto& [id, vector] : vectors_) {
    const Comparison comparison = Compare(vector, vector.formula);
    ASSERT_FALSE(vector.expected.empty()) << id;
    EXPECT_EQ(comparison.Classify(), expected.contains(id) ? expected[id] : Class::kAgrees)
        << id << ": " << vector.formula << ": " << comparison.Say();
    ++counts[comparison.Classify()];
  }
  EXPECT_EQ(counts[Class::kAgrees], 74);
  EXPECT_EQ(counts[Class::kNotExpressible], 0);
}

TEST_F(ConformanceTest, WhatDiffersAgreesWrittenAsTheToolMeansIt) {
  for (const Listed& listed : List()) {
    if (listed.instead == nullptr) continue;
    const Comparison comparison = Compare(vectors_[listed.id], listed.instead);
    // A change at the start of the trace is undecided: what came before is not known.
    const bool at_start = listed.id == 28 || listed.id == 37;
    EXPECT_EQ(comparison.Classify(), at_start ? Class::kUndecidedAtStart : Class::kAgrees)
        << listed.id << ": " << comparison.Say();
  }
}

TEST_F(ConformanceTest, RiseAndFallAreTrueWhereOthersAreAfterTheStart) {
  for (const int id : {1, 6, 28, 37}) {
    ConformanceVector vector = vectors_[id];
    vector.boolean = true;
    std::erase_if(vector.expected, [](const ExpectedBounds& e) { return e.range.first == 0; });
    for (ExpectedBounds& expected : vector.expected) expected.bounds = Truth(expected.bounds);
    const Comparison comparison = Compare(vector, vector.formula);
    EXPECT_EQ(comparison.Classify(), Class::kAgrees) << id << ": " << comparison.Say();
  }
}

// Vector 110 complains of a tool that stays silent on a violation at 7 s when 8 s have passed.
TEST_F(ConformanceTest, DecidesAsSoonAsTheWindowHasBeenSeen) {
  ConformanceVector vector = vectors_[110];
  vector.signals.end = AtNanoseconds(8'000'000'000);
  EXPECT_EQ(Compare(vector, vector.formula).Classify(), Class::kAgrees);
  vector.signals.end = AtNanoseconds(7'999'999'999);
  EXPECT_EQ(Compare(vector, vector.formula).Classify(), Class::kUndecided);
}

TEST(ConformanceListTest, TheDocumentNamesTheSameVectors) {
  std::ifstream file(std::filesystem::path(RIG_SOURCE_DIR) / "rig/check/formula/CONFORMANCE.md");
  std::stringstream document;
  document << file.rdbuf();
  std::map<std::string, std::set<int>> ids;
  for (const Listed& listed : List()) ids[listed.reason].insert(listed.id);
  for (const auto& [reason, of_reason] : ids) {
    const std::string row = fmt::format("| {} | {} |", reason, fmt::join(of_reason, ", "));
    EXPECT_NE(document.str().find(row), std::string::npos) << "expected " << row;
  }
}

}  // namespace
}  // namespace rig::check

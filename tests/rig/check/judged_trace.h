#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rig/check/formula/formula.h"
#include "rig/check/formula/judge.h"
#include "rig/check/formula/signal.h"

namespace rig::check {

// A trace written down in a test: channels with units and points at milliseconds, judged against
// formulas.
class JudgedTrace {
 public:
  explicit JudgedTrace(std::int64_t end_ms) { signals_.end = Milliseconds(end_ms); }

  JudgedTrace& Channel(const std::string& name, const std::string& unit,
                       std::initializer_list<std::pair<std::int64_t, double>> points) {
    units_[name] = unit;
    std::vector<StepPoint> steps;
    for (const auto& [ms, value] : points) steps.push_back({Milliseconds(ms), value});
    signals_.channels[name].Add(steps);
    return *this;
  }
  // Known to the bench, not recorded.
  JudgedTrace& Unrecorded(const std::string& name, const std::string& unit) {
    units_[name] = unit;
    return *this;
  }
  JudgedTrace& Uncertain(const std::string& name, double uncertainty) {
    uncertainty_[name] = uncertainty;
    return *this;
  }
  // Of every span between two changes.
  JudgedTrace& UncertainSpans(double uncertainty_s) {
    span_uncertainty_s_ = uncertainty_s;
    return *this;
  }

  JudgedTrace& CutShort() {
    signals_.extent = TraceExtent::kCutShort;
    return *this;
  }
  JudgedTrace& Define(const std::string& name, const std::string& text) {
    definitions_[name] = text;
    return *this;
  }

  Result<Formula> Parse(std::string_view text) const {
    const auto unit_of = [&](std::string_view name) {
      const auto unit = units_.find(name);
      return unit == units_.end() ? std::string() : unit->second;
    };
    return Formula::Parse(text, {unit_of, definitions_});
  }
  std::string ParseError(std::string_view text) const {
    const Result<Formula> formula = Parse(text);
    return formula ? "parsed" : formula.error().message;
  }
  // A formula that does not parse yields VERDICT_UNSET with the parse error as its reason.
  v1::CheckResult Judge(std::string_view text) const {
    const Result<Formula> formula = Parse(text);
    if (!formula) {
      v1::CheckResult refused;
      refused.set_reason(formula.error().message);
      return refused;
    }
    const auto of_value = [&](std::string_view name) {
      const auto found = uncertainty_.find(name);
      return found == uncertainty_.end() ? 0.0 : found->second;
    };
    const auto of_span = [&](const std::set<std::string>&, double) { return span_uncertainty_s_; };
    return JudgeSignals(*formula, signals_, {of_value, of_span});
  }
  v1::Verdict Verdict(std::string_view text) const { return Judge(text).verdict(); }
  std::string Reason(std::string_view text) const { return Judge(text).reason(); }

 private:
  static RunTime Milliseconds(std::int64_t ms) { return AtNanoseconds(ms * 1'000'000); }

  Signals signals_;
  std::map<std::string, std::string, std::less<>> units_;
  std::map<std::string, std::string, std::less<>> definitions_;
  std::map<std::string, double, std::less<>> uncertainty_;
  double span_uncertainty_s_ = 0;
};

}  // namespace rig::check

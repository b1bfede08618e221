#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/check/score/annotation.h"
#include "rig/check/score/intervals.h"
#include "rig/v1/record.pb.h"

namespace rig {

// What a score command found, for people and for machines.
class Measures {
 public:
  // `open`: further trials whose outcome is not known; the interval allows for any (ShareOf).
  void AddShare(const std::string& name, const score::Fraction& fraction, std::int64_t open = 0);
  // `unit`: of the rate, e.g. "per hour"; `exposure` in its unit of time; `open`: what may have
  // been further events.
  Status AddRate(const std::string& name, std::int64_t events, double exposure,
                 const std::string& unit, std::int64_t open = 0);
  // A limit on what was added last under that name: shares and rates must be `at least` or `at
  // most`. A limit on what could not be measured is inconclusive.
  void Require(const std::string& name, bool at_least, double limit);

  std::string Table() const;
  nlohmann::ordered_json Json() const;
  // PASS where every limit is met, or there is none and something was scored; INCONCLUSIVE where
  // an interval straddles its limit or nothing was scored.
  v1::Verdict verdict() const;
  const std::vector<std::string>& sentences() const { return sentences_; }

 private:
  struct Measure {
    std::string name;
    std::int64_t events = 0;
    std::string of;  // "1902", "12.5 h"
    bool known = false;
    score::Estimate estimate{};
    bool percent = true;
    std::string unit;
    std::int64_t open = 0;
  };
  static std::string Show(const Measure& measure, double value);

  std::vector<Measure> measures_;
  std::vector<std::string> sentences_;
  v1::Verdict worst_limit_ = v1::PASS;
};

// Prints what was found and its verdict; returns the exit code.
int Tell(const Measures& measures, const nlohmann::ordered_json& more, const std::string& text,
         bool json);

// Reports an error; returns the exit code.
int TellError(const Error& error);

}  // namespace rig

#include "tests/rig/check/formula/conformance_vectors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace rig::check {
namespace {

using Json = nlohmann::json;

class LineReader {
 public:
  explicit LineReader(const Json& line) : line_(line) {}

  ConformanceVector Run() {
    vector_.id = line_.at("id");
    vector_.formula = line_.at("formula");
    vector_.context.time_unit = line_.value("unit", "s");
    vector_.boolean = line_.at("semantics").get<std::string>().starts_with("boolean");
    vector_.at_arrival = line_.value("pastified", false) ||
                         line_.at("mode").get<std::string>().find("pastified") != std::string::npos;
    for (const auto& [name, samples] : line_.at("signals").items()) AddSignal(name, samples);
    if (line_.contains("rows")) Reach(Instant(line_.at("rows").back().at("time")));
    if (line_.contains("end")) {
      const RunTime end = Instant(line_.at("end"));
      for (auto& [name, signal] : vector_.signals.channels) {
        signal.Add(std::vector<StepPoint>{{end, kUnknown}});
      }
      Reach(end);
    }
    Expect(line_.at("expected"));
    return std::move(vector_);
  }

 private:
  RunTime Instant(const Json& t) const {
    const double ns = vector_.context.time_unit == "ms" ? 1e6 : 1e9;
    return AtNanoseconds(std::llround(t.get<double>() * ns));
  }

  // Infinities are text, STLRom's +-10000 as well ("BigM").
  double Value(const Json& value) const {
    if (value.is_boolean()) return value.get<bool>() ? 1 : -1;
    if (value.is_string()) {
      if (value == "inf") return kInfinity;
      if (value == "-inf") return -kInfinity;
    }
    return value.get<double>();
  }

  void Reach(RunTime t) { vector_.signals.end = std::max(vector_.signals.end, t); }

  void AddSignal(const std::string& name, const Json& samples) {
    Signal& signal = vector_.signals.channels[name];
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const bool stamped = samples[i].is_array();
      const Json& value = stamped ? samples[i].at(1) : samples[i];
      const RunTime t = Instant(stamped ? samples[i].at(0) : line_.at("t").at(i));
      Reach(t);
      if (value.is_null()) continue;
      if (value.is_boolean()) vector_.context.flags.insert(name);
      signal.Add(std::vector<StepPoint>{
          {t, value.is_boolean() ? value.get<bool>() ? 1.0 : 0.0 : value.get<double>()}});
    }
  }

  void ExpectAt(RunTime t, Bounds bounds) { Expect({At(t), At(t)}, bounds); }
  void Expect(Range range, Bounds bounds) { vector_.expected.push_back({range, bounds}); }

  void Expect(const Json& expected) {
    if (expected.is_boolean()) {
      const double truth = Value(expected);
      ExpectAt(Instant(line_.at("eval_time")), {truth, truth});
    } else if (expected.is_string()) {
      ExpectSentence(expected);
    } else if (expected.is_object()) {
      const auto bound = [&](const char* name) {
        const double value = expected.value(name, expected.at("estimate").get<double>());
        return std::fabs(value) == 10'000 ? std::copysign(kInfinity, value) : value;
      };
      ExpectAt(RunTime(), {bound("lower"), bound("upper")});
    } else if (expected.at(0).at(0) == "left_open") {
      ExpectSegments(expected);
    } else {
      ExpectSteps(expected);
    }
  }

  // "violated from t=7 (reporter), ...".
  void ExpectSentence(const std::string& sentence) {
    const std::string begin = "violated from t=";
    if (!sentence.starts_with(begin)) return;
    ExpectAt(Instant(std::stod(sentence.substr(begin.size()))), {-1, -1});
  }

  // [["left_open", from, to, value], ...]; truth that is not told is false. Where two overlap, the
  // first counts: it is the one the operator's definition gives.
  void ExpectSegments(const Json& expected) {
    Position next = 0;
    for (const Json& segment : expected) {
      const Position begin = std::max(next, At(Instant(segment.at(1))));
      const Position end = At(Instant(segment.at(2)));
      const double value = Value(segment.at(3));
      if (vector_.boolean && begin > next) Expect({next, begin - 1}, {-1, -1});
      Expect({begin, end - 1}, {value, value});
      next = end;
    }
    const Position end = At(vector_.signals.end);
    if (vector_.boolean && end > next) Expect({next, end - 1}, {-1, -1});
  }

  // [[t, value], ...] or [[t, lower, upper], ...]; in dense time until the next.
  void ExpectSteps(const Json& expected) {
    const bool dense = line_.at("time") == "dense";
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const Position begin = At(Instant(expected[i].at(0)));
      Position last = begin;
      if (dense) last = std::max(begin, At(vector_.signals.end));
      if (dense && i + 1 < expected.size()) last = At(Instant(expected[i + 1].at(0))) - 1;
      Expect({begin, last}, {Value(expected[i].at(1)), Value(expected[i].back())});
    }
  }

  const Json& line_;
  ConformanceVector vector_;
};

}  // namespace

std::vector<ConformanceVector> LoadConformanceVectors(const std::filesystem::path& path) {
  std::vector<ConformanceVector> vectors;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    vectors.push_back(LineReader(Json::parse(line)).Run());
  }
  return vectors;
}

}  // namespace rig::check

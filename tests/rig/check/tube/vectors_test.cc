// The comparisons of other tools' test suites (golden_tubes.jsonl, not part of the project), each
// with the verdict and the number of points outside that its suite expects.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "rig/check/tube/tube.h"
#include "tests/shared_data.h"

namespace rig::golden {
namespace {

using nlohmann::json;

// Decided otherwise here, and why. README.md of rig/check/golden has the same list.
const std::map<std::string, std::string>& DecidedOtherwise() {
  static const std::map<std::string, std::string> reasons = {
      {"fail2",
       "behind the golden's end nothing is compared: outside only up to there, no 2 points"},
      {"should_succeed1", "a time tolerance is closed: an edge just as early as allowed is inside"},
      {"success2", "the lines between the run's points are judged, too; these leave the tube"},
      {"success6", "a point outside by 1.7e-18, less than rounding, is on the edge"},
      {"success8", "no time tolerance relative to the time: it would grow with the run"},
      {"success9", "no time tolerance relative to the time: it would grow with the run"},
      {"success10", "the lines between the run's points are judged, too; these leave the tube"},
  };
  return reasons;
}

// Times are scaled so that they fit whole nanoseconds up to 100 d; a tube does not mind.
double TimeScale(const json& vector) {
  const double longest = vector["reference"].back()[0].get<double>();
  return 1e5 / longest;
}

Curve ReadCurve(const json& points, double scale) {
  Curve curve{{}, 0, Interpolation::kLinear};
  for (const json& point : points) {
    const double ns = 1e9 * scale * point[0].get<double>();
    curve.samples.push_back({std::llround(ns), point[1].get<double>()});
  }
  curve.end = curve.samples.back().ns;
  return curve;
}

double Number(const json& vector, const char* key, double otherwise = 0) {
  return vector["tolerances"].value(key, otherwise);
}

// The suite's own default where it names none: 1e-10 both ways.
Tolerance ReadTolerance(const json& vector, double scale) {
  const bool none = vector["tolerances"].empty();
  const json& reference = vector["reference"];
  const double length = reference.back()[0].get<double>() - reference[0][0].get<double>();
  const double time =
      std::max(Number(vector, "atolx", none ? 1e-10 : 0), Number(vector, "rtolx") * length);
  return {.value = Number(vector, "atoly", none ? 1e-10 : 0),
          .of_range = Number(vector, "rtoly"),
          .of_point = Number(vector, "ltoly"),
          .time_ns = std::llround(1e9 * scale * time)};
}

// Points at which the suite reports an error: those where our distance is negative.
std::size_t PointsOutside(const Curve& golden, const Curve& curve, const Tolerance& tolerance) {
  std::size_t outside = 0;
  const Tube tube = MakeTube(golden, tolerance);
  for (const Sample& sample : curve.samples) {
    TubeComparison result;
    // A flat nanosecond at the point.
    const Curve flat{{{sample.ns, sample.value}, {sample.ns + 1, sample.value}},
                     sample.ns + 1,
                     Interpolation::kLinear};
    CompareWithTube(tube, flat, {.from = sample.ns}, result);
    if (!result.excursions.empty()) ++outside;
  }
  return outside;
}

std::vector<json> ReadVectors(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<json> vectors;
  for (std::string line; std::getline(file, line);) vectors.push_back(json::parse(line));
  return vectors;
}

TEST(GoldenTubeVectorsTest, AgreeOrAreDecidedOtherwiseForAReason) {
  const auto path = SharedFolder() / "reference/vectors/golden_tubes.jsonl";
  RIG_NEEDS_SHARED(path);
  const std::vector<json> vectors = ReadVectors(path);
  ASSERT_EQ(vectors.size(), 16u);
  std::size_t agreed = 0;
  std::size_t explained = 0;
  for (const json& vector : vectors) {
    const std::string name = vector["name"];
    const double scale = TimeScale(vector);
    const Curve golden = ReadCurve(vector["reference"], scale);
    const Curve curve = ReadCurve(vector["test"], scale);
    const Tolerance tolerance = ReadTolerance(vector, scale);
    TubeComparison result;
    CompareWithTube(MakeTube(golden, tolerance), curve, {}, result);
    const std::size_t outside = PointsOutside(golden, curve, tolerance);
    const json& expected = vector["expected_points_outside"];
    // The run as a whole passes just when the suite finds no point outside.
    const bool agrees = expected.is_null() || (expected.get<std::size_t>() == outside &&
                                               result.excursions.empty() == (expected == 0));
    fmt::print("{:16} points outside {} (expected {}), excursions {}, closest {:.3g}\n", name,
               outside, expected.dump(), result.excursions.size(), result.closest);
    const auto reason = DecidedOtherwise().find(name);
    if (reason == DecidedOtherwise().end()) {
      EXPECT_TRUE(agrees) << name << ": " << outside << " points outside, expected " << expected;
      agreed += agrees ? 1 : 0;
    } else {
      EXPECT_FALSE(agrees) << name << " agrees; it needs no reason any more";
      ++explained;
    }
  }
  EXPECT_EQ(agreed + explained, vectors.size());
  EXPECT_EQ(explained, DecidedOtherwise().size());
}

}  // namespace
}  // namespace rig::golden

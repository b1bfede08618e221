#include "rig/calibration/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rig {
namespace {

constexpr std::size_t kFewestLevels = 3;  // a line through two tells nothing of what it leaves
constexpr std::size_t kFewestReadings = 2;

// A rectangular distribution's standard uncertainty from its half-width.
double Rectangular(double half_width) { return half_width / std::sqrt(3.0); }

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

Status CheckPoints(const std::vector<CalibrationPoint>& points) {
  if (points.size() < kFewestLevels) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{} levels; expected at least {}", points.size(), kFewestLevels));
  }
  for (const CalibrationPoint& point : points) {
    if (point.reference_v.size() < kFewestReadings) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("{} readings at {} V; expected at least {}",
                                   point.reference_v.size(), point.fixture_v, kFewestReadings));
    }
    bool numbers = std::isfinite(point.fixture_v);
    for (const double volts : point.reference_v) numbers = numbers && std::isfinite(volts);
    if (!numbers) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("a reading at {} V is no number", point.fixture_v));
    }
  }
  return {};
}

// Sums over all readings, around the middle of the levels.
struct Line {
  double gain = 0;
  double offset_v = 0;
  double middle_v = 0;
  double readings = 0;
  double spread = 0;  // sum of squared distances from the middle
  double At(double fixture_v) const { return offset_v + gain * fixture_v; }
};

Line LeastSquares(const std::vector<CalibrationPoint>& points) {
  Line line;
  double mean_reference = 0;
  for (const CalibrationPoint& point : points) {
    const auto n = static_cast<double>(point.reference_v.size());
    line.readings += n;
    line.middle_v += n * point.fixture_v;
    mean_reference += n * Mean(point.reference_v);
  }
  line.middle_v /= line.readings;
  mean_reference /= line.readings;
  double products = 0;
  for (const CalibrationPoint& point : points) {
    const auto n = static_cast<double>(point.reference_v.size());
    const double distance = point.fixture_v - line.middle_v;
    line.spread += n * distance * distance;
    products += n * distance * (Mean(point.reference_v) - mean_reference);
  }
  line.gain = products / line.spread;
  line.offset_v = mean_reference - line.gain * line.middle_v;
  return line;
}

// Standard deviation of one reading, pooled over the levels.
double Repeatability(const std::vector<CalibrationPoint>& points) {
  double squares = 0;
  double freedom = 0;
  for (const CalibrationPoint& point : points) {
    const double mean = Mean(point.reference_v);
    for (const double volts : point.reference_v) squares += (volts - mean) * (volts - mean);
    freedom += static_cast<double>(point.reference_v.size() - 1);
  }
  return std::sqrt(squares / freedom);
}

}  // namespace

Result<v1::CalibratedChannel> FitChannel(const std::vector<CalibrationPoint>& points,
                                         const ReadingQuality& quality, const Correction& before) {
  RIG_TRY(CheckPoints(points));
  const Line line = LeastSquares(points);
  if (!(line.spread > 0)) {
    return MakeError(Code::kInvalidArgument, "all levels are the same; expected a range of them");
  }
  const bool plausible = line.gain >= 0.5 && line.gain <= 2 && std::fabs(line.offset_v) <= 10;
  if (!plausible) {
    return MakeError(Code::kOutOfRange,
                     fmt::format("a gain of {:.6g} and an offset of {:.6g} V; expected about 1 and "
                                 "0 V: is the meter at this channel?",
                                 line.gain, line.offset_v));
  }
  v1::CalibratedChannel channel;
  const double repeatability = Repeatability(points);
  double low = points.front().fixture_v, high = low, farthest = 0, as_found = 0, as_left = 0;
  for (const CalibrationPoint& point : points) {
    const double mean = Mean(point.reference_v);
    low = std::min(low, point.fixture_v);
    high = std::max(high, point.fixture_v);
    farthest = std::max(farthest, std::fabs(point.fixture_v - line.middle_v));
    as_found =
        std::max(as_found, std::fabs(mean - before.offset_v - before.gain * point.fixture_v));
    as_left = std::max(as_left, std::fabs(mean - line.At(point.fixture_v)));
  }
  // The readings scatter about the line by their repeatability and by what the line leaves.
  const double scatter = std::hypot(repeatability, as_left);
  const double gain_u = scatter / std::sqrt(line.spread);
  const double line_u = std::hypot(scatter / std::sqrt(line.readings), farthest * gain_u);
  const double reference_u = std::hypot(quality.reference_uncertainty_v / 2,
                                        Rectangular(quality.reference_resolution_v / 2));
  const double squares = reference_u * reference_u + repeatability * repeatability +
                         std::pow(Rectangular(quality.fixture_resolution_v / 2), 2) +
                         std::pow(Rectangular(as_left), 2) + line_u * line_u;
  channel.set_gain(line.gain);
  channel.set_offset(line.offset_v);
  channel.set_gain_uncertainty(gain_u);
  channel.set_offset_uncertainty(std::hypot(
      reference_u, std::hypot(scatter / std::sqrt(line.readings), line.middle_v * gain_u)));
  channel.set_uncertainty(2 * std::sqrt(squares));
  channel.set_low(low);
  channel.set_high(high);
  channel.set_as_found(as_found);
  channel.set_as_left(as_left);
  return channel;
}

}  // namespace rig

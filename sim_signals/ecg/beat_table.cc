#include "sim_signals/ecg/beat_table.h"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "sim_signals/body/rhythms.h"

namespace rig {
namespace {

struct Point {
  double s, mv;
};

// A sinus beat and a ventricular one of figure 3a, around their largest deflections.
constexpr Point kSinus[] = {{-0.180, 0.0},  {-0.131, 0.10}, {-0.071, 0.0},
                            {-0.030, 0.04}, {0.0, 0.40},    {0.024, 0.14},
                            {0.062, 0.02},  {0.268, -0.12}, {0.365, 0.0}};
constexpr Point kVentricular[] = {{-0.065, 0.0},  {-0.032, 0.15}, {-0.011, -0.28}, {0.0, -0.72},
                                  {0.020, -0.43}, {0.030, -0.10}, {0.050, 0.02},   {0.239, 0.27},
                                  {0.313, 0.07},  {0.420, 0.0}};
// Where beats follow each other fast, repolarisation is short.
constexpr Point kFastSinus[] = {{-0.120, 0.0}, {-0.095, 0.08}, {-0.060, 0.0},
                                {-0.030, 0.0}, {0.0, 0.80},    {0.026, -0.10},
                                {0.050, 0.0},  {0.160, -0.12}, {0.230, 0.0}};
constexpr Point kFastVentricular[] = {{-0.065, 0.0}, {-0.032, 0.15}, {0.0, -0.85},
                                      {0.055, 0.02}, {0.170, 0.27},  {0.280, 0.0}};
// 120 ms wide, its T wave against it; the other systole is its mirror image.
constexpr Point kSystole[] = {
    {-0.060, 0.0}, {0.0, 0.80}, {0.060, -0.05}, {0.220, -0.25}, {0.330, 0.0}};

void Append(std::span<const Point> points, BeatTable::Beat beat, double gain, BeatTable& table) {
  table.beats.push_back(beat);
  for (const Point& p : points) table.turns.push_back({beat.at_s + p.s, gain * 1e-3 * p.mv});
}

// One oscillation without a baseline: from trough to peak in `rise` of the period.
BeatTable Tachycardia(double per_minute, double height_mv, double rise) {
  BeatTable table;
  table.period = FromSeconds(60.0 / per_minute);
  table.tachycardia = true;
  const double peak_s = rise * Seconds(table.period);
  table.turns = {{0.0, -0.5e-3 * height_mv}, {peak_s, 0.5e-3 * height_mv}};
  table.beats = {{peak_s, true}};
  return table;
}

BeatTable UnscaledTable(v1::Ec13::Figure figure) {
  BeatTable table;
  switch (figure) {
    case v1::Ec13::FIG_3A:
      table.period = FromSeconds(1.496);  // of the record: 80.2/min
      Append(kSinus, {0.300, false}, 1.0, table);
      Append(kVentricular, {0.848, true}, 1.0, table);
      break;
    case v1::Ec13::FIG_3B:
      // 1.51 and 2.48 s between sinus beats: measured by others on PhysioNet's aami3b.
      table.period = FromSeconds(4.0);
      Append(kSinus, {0.300, false}, 1.0, table);
      Append(kVentricular, {0.848, true}, 1.0, table);
      Append(kSinus, {1.810, false}, 1.0, table);
      Append(kVentricular, {2.358, true}, 1.0, table);
      break;
    case v1::Ec13::FIG_3C:
      table.period = FromSeconds(1.0);
      Append(kFastSinus, {0.200, false}, 1.0, table);
      Append(kFastVentricular, {0.600, true}, 1.0, table);
      break;
    case v1::Ec13::FIG_3D:
      table.period = FromSeconds(4.0 / 3.0);
      Append(kSystole, {0.200, true}, 1.0, table);
      Append(kSystole, {0.200 + 2.0 / 3.0, true}, -1.0, table);
      break;
    case v1::Ec13::FIG_4B:
      return Tachycardia(195.0, 2.0, 0.35);
    default:
      return Tachycardia(206.0, 1.0, 0.45);
  }
  return table;
}

}  // namespace

BeatTable MakeTable(const v1::Ec13& figure) {
  BeatTable table = UnscaledTable(figure.figure());
  for (BeatTable::Turn& turn : table.turns) turn.volts *= figure.gain();
  return table;
}

Result<BeatTable> MakeTable(const v1::Ec13Qrs& qrs) {
  constexpr double kOnsetS = 0.05;
  constexpr double kR = 0.8, kS = kR - 1.0;  // of the height
  const double width_s = Seconds(Duration(qrs.width()));
  const double t_width_s = Seconds(Duration(qrs.t_width()));
  const double t_end_s = Seconds(Duration(qrs.qt()));
  constexpr double kSmallestV = 10e-6;
  if (std::abs(qrs.amplitude()) < kSmallestV) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("ec13_qrs: an amplitude of {:.3g} uV; expected 10 uV or more to "
                                 "either side",
                                 1e6 * qrs.amplitude()));
  }
  BeatTable table;
  table.period = FromSeconds(1.0 / qrs.rate());
  const bool has_t = qrs.t_amplitude() != 0.0;
  const double end_s = has_t ? t_end_s : width_s;
  const bool fits =
      kOnsetS + end_s < Seconds(table.period) && (!has_t || width_s <= t_end_s - t_width_s);
  if (!fits) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("ec13_qrs: waves that overlap; expected width + t_width up to qt, "
                                 "and the end 50 ms before the interval of {:.0f} ms is over",
                                 1e3 * Seconds(table.period)));
  }
  const double a = qrs.amplitude();
  table.turns = {{kOnsetS, 0.0},
                 {kOnsetS + 0.35 * width_s, kR * a},
                 {kOnsetS + 0.65 * width_s, kS * a},
                 {kOnsetS + width_s, 0.0}};
  if (has_t) {
    table.turns.push_back({kOnsetS + t_end_s - t_width_s, 0.0});
    table.turns.push_back({kOnsetS + t_end_s - 0.5 * t_width_s, qrs.t_amplitude()});
    table.turns.push_back({kOnsetS + t_end_s, 0.0});
  }
  table.beats = {{kOnsetS + 0.35 * width_s, false}};
  return table;
}

}  // namespace rig

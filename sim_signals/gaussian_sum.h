#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rig/base/run_time.h"

namespace rig {

// A sum of Gaussian waves, each height * exp(-(t - centre)^2 / (2 width^2)), rendered in blocks on
// an equidistant grid; a wave is cut where its exponential times `size` is below 1e-10. Within a
// wave each sample comes from the one before by two multiplications, and anew from the exponential
// every 1024 samples: within 1e-9 of the wave's height up to 100 kS/s. The same bits in blocks of
// any size.
class GaussianSum {
 public:
  GaussianSum() { waves_.reserve(kUsual); }
  struct Shape {
    double width_s;
    double size;  // what the cut is relative to, 0 or more: alike for waves that must add up
  };
  // No wave may be added that begins before what was rendered.
  void Add(RunTime centre, const Shape& shape, double height);
  // Adds the waves' values at start, start + period, …; blocks follow each other without gap.
  void Render(RunTime start, Duration period, std::span<double> values);

 private:
  struct Wave {
    RunTime begin, end, centre;
    double falloff, height;  // height * exp(-falloff * dt^2)
    std::uint32_t until_anew;
    double value, factor, factor_change;  // of the next sample; between samples
  };
  static constexpr std::size_t kUsual = 64;  // waves at a time
  static void Restart(Wave& wave, RunTime t, Duration period);

  std::vector<Wave> waves_;
};

}  // namespace rig

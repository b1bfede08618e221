#include "sim_signals/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>

namespace rig {
namespace {

constexpr double kTwoPi = 6.283185307179586;

// The largest value at `to_hz` of a sine of 1 at `hz`, sampled at `from_hz`, less `expected(t)`.
double Worst(double from_hz, double to_hz, double hz,
             const std::function<double(double)>& expected) {
  const Resampler resampler(from_hz, to_hz);
  double worst = 0.0;
  for (int i = 0; i < 400; ++i) {
    const double t = 10.0 + i / to_hz;
    const double position = t * from_hz;
    std::vector<double> around;
    const double first = std::floor(position) - static_cast<double>(resampler.reach()) + 1;
    for (int k = 0; k < 2 * resampler.reach(); ++k) {
      around.push_back(std::sin(kTwoPi * hz * (first + k) / from_hz));
    }
    worst = std::max(worst, std::fabs(resampler.At(position, around) - expected(t)));
  }
  return worst;
}

struct Rates {
  double from_hz, to_hz;
};

class ResamplerTest : public testing::TestWithParam<Rates> {
 protected:
  double lower() const { return std::min(GetParam().from_hz, GetParam().to_hz); }
};

TEST_P(ResamplerTest, PassesWhatItsPassBandHoldsWithoutDelay) {
  for (const double part : {0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.42}) {
    const double hz = part * lower();
    EXPECT_LE(Worst(GetParam().from_hz, GetParam().to_hz, hz,
                    [&](double t) { return std::sin(kTwoPi * hz * t); }),
              Resampler::kPassRipple)
        << hz << " Hz";
  }
}

TEST_P(ResamplerTest, StopsWhatTheLowerRateCannotHold) {
  const double most = std::pow(10.0, -Resampler::kStopBandDb / 20.0);
  for (const double part : {0.5, 0.51, 0.6, 0.75, 0.9, 1.5, 3.3}) {
    const double hz = part * lower();
    if (hz > GetParam().from_hz / 2) continue;  // the recording itself cannot hold it
    EXPECT_LE(Worst(GetParam().from_hz, GetParam().to_hz, hz, [](double) { return 0.0; }),
              1.2 * most)
        << hz << " Hz";
  }
}

TEST_P(ResamplerTest, PassesAConstantButForRounding) {
  const Resampler resampler(GetParam().from_hz, GetParam().to_hz);
  const std::vector<double> around(static_cast<std::size_t>(2 * resampler.reach()), 0.75);
  for (int i = 0; i < 100; ++i) {
    EXPECT_NEAR(resampler.At(1e6 + 0.01 * i, around), 0.75, 1e-13);
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, ResamplerTest,
                         testing::Values(Rates{250, 500}, Rates{360, 500}, Rates{62.4725, 1000},
                                         Rates{1000, 500}, Rates{2048, 500}, Rates{1000, 33.3},
                                         Rates{250, 250}));

TEST(ResamplerBitsTest, AreTheSameOnEveryMachine) {
  const Resampler resampler(360, 500);
  std::vector<double> around;
  for (int k = 0; k < 2 * resampler.reach(); ++k) around.push_back((k * 37 % 101) - 50);
  double sum = 0.0;
  for (int i = 0; i < 97; ++i) sum += resampler.At(1000.0 + i / 97.0, around);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &sum, sizeof bits);
  EXPECT_EQ(bits, 13876135038524321182u);
}

TEST(ResamplerBitsTest, OneMissingSampleIsEnough) {
  const Resampler resampler(250, 500);
  std::vector<double> around(static_cast<std::size_t>(2 * resampler.reach()), 1.0);
  around.back() = std::nan("");
  EXPECT_TRUE(std::isnan(resampler.At(1000.5, around)));
}

}  // namespace
}  // namespace rig

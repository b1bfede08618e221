// Temperatures and differences of temperatures: 0.3 °C is 273.45 K, and a tolerance of that passes
// whatever happens.
#include <gmock/gmock.h>

#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A body of 37 °C, measured as 37.25 °C.
JudgedTrace Fever() {
  JudgedTrace trace(20'000);
  trace.Channel("t", "K", {{0, 310.15}}).Channel("device.t", "K", {{0, 310.4}});
  trace.Channel("cold", "K", {{0, 263.15}})
      .Define("fever", "38 °C")
      .Define("error", "device.t - t");
  return trace;
}

TEST(ScaleTest, TakesTemperaturesInCelsiusAndDifferencesInKelvin) {
  for (const char* holds :
       {"device.t > 37.2 °C", "device.t < 37.3 degC", "t == 37 °C", "device.t - 0.1 K < fever",
        "abs(device.t - t) < 0.3 K", "abs(device.t - 37 °C) < 0.3 K", "device.t - 37 °C <= 0.3 K",
        "device.t < 37 °C + 0.3 K", "max(t, device.t) > 37.2 °C", "abs(error) < 0.3 K",
        "error / 2 < 0.2 K", "cold < -5 °C", "always above(device.t, 37.2 °C, 37 °C)",
        "rate(device.t, 1 s) < 1 K/s or true", "device.t < fever and 37 °C < fever",
        "error < device.t - 36 °C"}) {
    EXPECT_EQ(Fever().Verdict(holds), v1::PASS) << holds << ": " << Fever().Reason(holds);
  }
}

TEST(ScaleTest, RefusesADifferenceInCelsius) {
  for (const char* wrong :
       {"abs(device.t - t) < 0.3 °C", "0.3 °C > abs(device.t - t)", "device.t - t <= 0.3 °C",
        "error < 0.3 °C", "device.t < max(error, 5 K)", "above(error, 1 °C, 0.5 K)",
        "error - 37 °C < 1 K", "device.t > 36.7 K", "device.t - 36 K > 0.3 K",
        "max(device.t - 45 K, 0.1 K) > 0.3 K", "above(device.t, 37.2 K, 37 K)"}) {
    EXPECT_THAT(Fever().ParseError(wrong),
                HasSubstr("expected two of one kind; a difference is given in K"))
        << wrong;
  }
}

TEST(ScaleTest, RefusesArithmeticWithTemperatures) {
  for (const char* wrong :
       {"device.t + 1 °C > 38 °C", "device.t + t > 38 °C", "2 * 37 °C < 3 K",
        "device.t / 37 °C < 2", "-device.t < 3 K", "abs(device.t) > 3 K", "-(5 °C) < t"}) {
    EXPECT_THAT(Fever().ParseError(wrong), HasSubstr("expected a difference of temperatures here"))
        << wrong;
  }
}

TEST(ScaleTest, RefusesATemperatureInKelvin) {
  for (const char* wrong :
       {"t == 310.15 K", "abs(t - 310 K) < 0.3 K", "device.t - 310 K < 0.3 °C"}) {
    EXPECT_THAT(Fever().ParseError(wrong), HasSubstr("expected a temperature in °C")) << wrong;
  }
}

TEST(ScaleTest, CelsiusStandsAlone) {
  EXPECT_THAT(Fever().ParseError("rate(t, 1 s) < 1 °C/s"),
              StartsWith("column 18: °C is a scale, no unit to calculate with"));
  EXPECT_THAT(Fever().ParseError("t > -300 °C"), HasSubstr("is no temperature"));
}

TEST(ScaleTest, ShowsTemperaturesInCelsiusAndMarginsInKelvin) {
  const v1::CheckResult result = Fever().Judge("always (device.t < 37.5 °C)");
  EXPECT_EQ(result.reason(),
            "expected device.t < 37.5 °C; closest was 37.25 °C at 0 s, 0.25 K to spare");
  EXPECT_TRUE(result.value().absolute());
  EXPECT_EQ(Fever().Reason("always (abs(device.t - 37 °C) < 0.3 K)"),
            "expected abs(device.t - 37 °C) < 0.3 K; closest was 0.25 K at 0 s, 0.05 K to spare");
  EXPECT_FALSE(Fever().Judge("abs(device.t - 37 °C) < 0.3 K").value().absolute());
}

}  // namespace
}  // namespace rig::check

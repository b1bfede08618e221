// Steady values and ramps.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

v1::Play ConstantPlay(const std::string& value) {
  v1::Play play;
  play.mutable_constant()->set_value(value);
  return play;
}

TEST(LevelSourceTest, ConstantHoldsItsValue) {
  const SourceContext context{.signal = "line", .unit = "Pa", .directory = {}, .body = nullptr};
  const Rendering r = Render(*Make(ConstantPlay("2 kPa"), context), 100);
  for (const double v : r.values) EXPECT_EQ(v, 2000.0);
  EXPECT_TRUE(r.truth.empty());
}

TEST(LevelSourceTest, RampIsLinearAndThenSteady) {
  v1::Play play;
  play.mutable_ramp()->set_from("1 V");
  play.mutable_ramp()->set_to("2 V");
  play.mutable_ramp()->set_over(100'000'000);
  const Rendering r = Render(*Make(play), 100);
  EXPECT_EQ(r.values[0], 1.0);
  EXPECT_NEAR(r.values[25], 1.5, 1e-12);
  EXPECT_EQ(r.values[50], 2.0);
  EXPECT_EQ(r.values[99], 2.0);
}

TEST(LevelSourceTest, RefusesAValueInAnotherUnit) {
  const auto source = MakeSource(ConstantPlay("2 kPa"), EcgContext(), RunTime());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Code::kInvalidArgument);
  EXPECT_NE(source.error().message.find("2 kPa"), std::string::npos);
}

}  // namespace
}  // namespace rig

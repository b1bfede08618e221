#include "rig/base/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace rig {
namespace {

using ::testing::HasSubstr;

double Si(std::string_view text) {
  const auto quantity = ParseQuantity(text);
  EXPECT_TRUE(quantity) << text;
  return quantity ? quantity->si : std::numeric_limits<double>::quiet_NaN();
}

std::string UnitOfText(std::string_view text) {
  const auto unit = ParseUnit(text);
  EXPECT_TRUE(unit) << text;
  return unit ? SiUnit(unit->dimension) : "";
}

TEST(QuantityTest, ConvertsToSiWithOneRounding) {
  EXPECT_EQ(Si("72 bpm"), 1.2);
  EXPECT_EQ(Si("-1.5e3 mV"), -1.5);
  EXPECT_EQ(Si("1.1 ms"), 0.0011);
  EXPECT_EQ(Si("36 mL/h"), 1e-8);
  EXPECT_EQ(Si("2 mL/kPa"), 2e-9);
  EXPECT_EQ(Si("5 %"), 0.05);
  EXPECT_EQ(Si("1 d"), 86400);
  EXPECT_DOUBLE_EQ(Si("120 mmHg"), 15998.6864898);
  EXPECT_EQ(Si("10 kPa.s/mL"), 1e10);
  EXPECT_EQ(Si("3"), 3);
}

TEST(UnitTest, TellsMinutesMetresMillimetresOfMercuryAndDaysApart) {
  EXPECT_EQ(UnitOfText("min"), "s");
  EXPECT_EQ(UnitOfText("m"), "m");
  EXPECT_EQ(UnitOfText("mmHg"), "Pa");
  EXPECT_EQ(UnitOfText("mm"), "m");
  EXPECT_EQ(UnitOfText("d"), "s");
  EXPECT_EQ(UnitOfText("dL"), "m3");
  EXPECT_EQ(Si("1 min"), 60);
  EXPECT_EQ(Si("1 h"), 3600);
}

TEST(UnitTest, ADecibelIsNoPlainNumber) {
  EXPECT_EQ(Si("-6 dB"), -6);
  EXPECT_EQ(UnitOfText("dB"), "dB");
  EXPECT_EQ(UnitOfText("dB/s"), "dB/s");
  EXPECT_FALSE(ParseUnit("dB")->dimension == ParseUnit("1")->dimension);
}

TEST(UnitTest, NamesDerivedUnits) {
  EXPECT_EQ(UnitOfText("bpm"), "Hz");
  EXPECT_EQ(UnitOfText("1/min"), "Hz");
  EXPECT_EQ(UnitOfText("mV/V"), "1");
  EXPECT_EQ(UnitOfText("mL/h"), "m3/s");
  EXPECT_EQ(UnitOfText("m3/Pa"), "m3/Pa");
  EXPECT_EQ(UnitOfText("Pa.s/m3"), "Pa.s/m3");
  EXPECT_EQ(UnitOfText("ohm.A"), "V");
  EXPECT_EQ(UnitOfText("s-1"), "Hz");
}

TEST(UnitTest, WritesUnnamedUnitsSoThatTheyParseBack) {
  for (const char* text : {"V/Pa", "kg2/m", "1/m", "V.s", "A2.s3/kg"}) {
    const auto unit = ParseUnit(text);
    ASSERT_TRUE(unit) << text;
    const auto again = ParseUnit(SiUnit(unit->dimension));
    ASSERT_TRUE(again) << SiUnit(unit->dimension);
    EXPECT_EQ(again->dimension, unit->dimension) << text;
  }
}

TEST(UnitTest, RefusesWhatIsNoUnit) {
  for (const char* text : {"", "mBpm", "kmin", "V/", "/s", "V//s", "m/s/s", "V.", "mV ", "m0",
                           "m99", "x", "µV", "s.s.s.s.s.s.s.s.s", "m-"}) {
    EXPECT_FALSE(ParseUnit(text)) << text;
  }
}

TEST(UnitTest, RefusesPowersThatCannotBeHeld) {
  const auto wraps = ParseUnit("ohm9.ohm9.ohm9.ohm9.ohm9.ohm9.ohm9.ohm9");
  ASSERT_FALSE(wraps);
  EXPECT_THAT(wraps.error().message, testing::HasSubstr("has powers too large, expected at most"));
  EXPECT_TRUE(ParseUnit("ohm9"));
}

TEST(UnitTest, NamesThePartThatIsNoUnit) {
  const auto unit = ParseUnit("mL/hour");
  ASSERT_FALSE(unit);
  EXPECT_THAT(unit.error().message, HasSubstr("\"hour\" in \"mL/hour\""));
}

TEST(QuantityTest, RefusesWhatIsNoNumberWithAUnit) {
  for (const char* text :
       {"", " 5 V", "5  V", "5V", "5 ", "V", "nan V", "inf", "-inf V", "+5 V", "0x10 V", ".5 V",
        "1e999 V", "1e308 kPa.kPa.kPa", "5 V V", "--5 V", "1,5 V", "5\tV"}) {
    EXPECT_FALSE(ParseQuantity(text)) << text;
  }
}

TEST(CelsiusTest, IsReadWhereAPointOfAScaleIsAsked) {
  for (const char* text : {"37 °C", "37 degC"}) {
    const auto point = ParsePoint(text);
    ASSERT_TRUE(point) << text;
    EXPECT_DOUBLE_EQ(point->si, 310.15);
    EXPECT_EQ(SiUnit(point->dimension), "K");
    EXPECT_TRUE(point->absolute);
  }
  EXPECT_DOUBLE_EQ(ParsePoint("-40 °C")->si, 233.15);
  EXPECT_FALSE(ParsePoint("310.15 K")->absolute);
  EXPECT_FALSE(ParsePoint("-274 °C"));
  EXPECT_DOUBLE_EQ(ValueIn("°C", 310.15), 37);
  EXPECT_DOUBLE_EQ(ValueIn("bpm", 1.2), 72);
}

TEST(CelsiusTest, IsNoStepAndNoUnit) {
  EXPECT_THAT(ParseQuantity("0.1 °C").error().message,
              HasSubstr("is a temperature on the Celsius scale, no difference or step; expected "
                        "one in K"));
  for (const char* text : {"°C", "degC", "m°C", "mdegC", "°C/s", "mL/degC", "°C2"}) {
    EXPECT_THAT(ParseUnit(text).error().message, HasSubstr("no unit to calculate with")) << text;
    EXPECT_EQ(ParsePoint(std::string("1 ") + text).has_value(),
              std::string_view(text) == "°C" || std::string_view(text) == "degC")
        << text;
  }
  EXPECT_EQ(UnitOfText("C"), "C");  // coulombs, as before
}

TEST(CelsiusTest, ShowsPointsNotDifferences) {
  EXPECT_EQ(DisplayPoint(310.15, "K"), "37 °C");
  EXPECT_EQ(Display(0.3, "K"), "0.3 K");
  EXPECT_EQ(DisplayPoint(1.2, "Hz"), "72 bpm");
}

TEST(DisplayTest, ShowsValuesAsTheFieldWritesThem) {
  EXPECT_EQ(Display(1.2, "Hz"), "72 bpm");
  EXPECT_EQ(Display(0, "Hz"), "0 bpm");
  EXPECT_EQ(Display(50, "Hz"), "50 Hz");
  EXPECT_EQ(Display(16e6, "Hz"), "16 MHz");
  EXPECT_EQ(Display(25e-6, "m3"), "25 mL");
  EXPECT_EQ(Display(250e-6 / 3600, "m3/s"), "250 mL/h");
  EXPECT_EQ(Display(50e3, "Pa"), "50 kPa");
  EXPECT_EQ(Display(1.0005e-3, "V", 5), "1.0005 mV");
  EXPECT_EQ(Display(-2e-6, "V"), "-2 uV");
  EXPECT_EQ(Display(0.25, "s"), "250 ms");
  EXPECT_EQ(Display(600, "s"), "600 s");
  EXPECT_EQ(Display(3600, "s"), "60 min");
  EXPECT_EQ(Display(0.125, "1"), "0.125");
  EXPECT_EQ(Display(3, "kg"), "3 kg");
}

TEST(DisplayTest, RoundsBeforeItChoosesThePrefix) {
  EXPECT_EQ(Display(0.999999, "V"), "1 V");
  EXPECT_EQ(Display(123456, "1"), "123500");
  EXPECT_EQ(Display(1.0 / 3, "1"), "0.3333");
}

TEST(DisplayTest, ShowsWhatIsNoNumber) {
  EXPECT_EQ(Display(std::numeric_limits<double>::quiet_NaN(), "V"), "nan V");
  EXPECT_EQ(Display(-std::numeric_limits<double>::infinity(), "1"), "-inf");
}

TEST(UnitsTest, GlucoseIsWrittenInMilligramsPerDecilitre) {
  const auto glucose = ParseQuantity("120 mg/dL");
  ASSERT_TRUE(glucose);
  EXPECT_DOUBLE_EQ(glucose->si, 1.2);
  EXPECT_EQ(SiUnit(glucose->dimension), "kg/m3");
  EXPECT_EQ(Display(0.39, "kg/m3"), "39 mg/dL");
}

}  // namespace
}  // namespace rig

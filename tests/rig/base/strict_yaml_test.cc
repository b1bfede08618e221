#include "rig/base/strict_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rig/v1/artefacts.pb.h"
#include "rig/v1/bench.pb.h"
#include "rig/v1/device.pb.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/scenario.pb.h"
#include "rig/v1/temperature.pb.h"

namespace rig {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The one line a text is refused with; empty when it is not.
template <typename Message>
std::string ErrorOf(const std::string& text) {
  Message message;
  const auto loaded = LoadYamlText(text, "f.yaml", message);
  if (loaded) return "";
  EXPECT_EQ(loaded.error().code, Code::kInvalidArgument);
  EXPECT_THAT(loaded.error().message, HasSubstr("; expected "));
  EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  return loaded.error().message;
}

template <typename Message>
Message Load(const std::string& text) {
  Message message;
  const auto loaded = LoadYamlText(text, "f.yaml", message);
  EXPECT_TRUE(loaded) << loaded.error().message;
  return message;
}

TEST(StrictYamlTest, StoresQuantitiesInTheUnitOfTheField) {
  const auto step = Load<v1::Step>("{at: 1.5 s, body: {rhythm: {sinus: {rate: 72 bpm}}}}");
  EXPECT_EQ(step.at(), 1'500'000'000);
  EXPECT_EQ(step.body().rhythm().sinus().rate(), 1.2);
}

TEST(StrictYamlTest, TakesCelsiusForTemperaturesOnly) {
  const auto probe = Load<v1::Thermistor>("temperature: 37 °C");
  EXPECT_DOUBLE_EQ(probe.temperature(), 310.15);
  EXPECT_EQ(probe.from(), 0.0);
  EXPECT_THAT(ErrorOf<v1::Thermistor>("temperature: 50.1 °C"), HasSubstr("expected 0 °C to 50 °C"));
  EXPECT_EQ(Load<v1::Telemetry>("{key: t, channel: t, count: 0.1 K, offset: 0 °C}").offset(),
            "0 °C");
  EXPECT_THAT(ErrorOf<v1::Telemetry>("{key: t, channel: t, count: 0.1 °C}"),
              HasSubstr("no difference or step"));
  EXPECT_THAT(ErrorOf<v1::White>("rms: 0.1 °C"), HasSubstr("no difference or step"));
}

TEST(StrictYamlTest, WritesDefaultsOut) {
  const auto sinus = Load<v1::Sinus>("rate: 60 bpm");
  EXPECT_EQ(sinus.rate_sd(), 1.0 / 60.0);
  EXPECT_EQ(sinus.lf_hf(), 0.5);
  EXPECT_EQ(Load<v1::Console>("signal: c").answer_timeout(), 2'000'000'000);
  EXPECT_EQ(Load<v1::Wire>("{signal: a, fixture: b, pin: PA0}").gain(), "1 V/V");
}

TEST(StrictYamlTest, LeavesAbsentMessagesAbsent) {
  const auto fixture = Load<v1::Fixture>("{name: a, virtual_loader: {}}");
  EXPECT_TRUE(fixture.has_virtual_loader());
  EXPECT_FALSE(fixture.has_calibration());
}

TEST(StrictYamlTest, TakesTheKeyTheSchemaNames) {
  const char* text =
      "{scenario: a, title: b, verifies: [R], requires: [ecg], seed: 1, duration: 1 s,"
      " steps: [{at: 0 s, send: {text: x}}], checks: [{id: c, text: d, formula: e}]}";
  EXPECT_EQ(Load<v1::Scenario>(text).bench_requires(0), "ecg");
}

TEST(StrictYamlTest, KeepsStringsThatLookLikeNumbers) {
  const auto board = Load<v1::Board>(
      "{avr: {mcu: m, clock: 16 MHz, analog_reference: 5 V}, firmware: x, serial: 007}");
  EXPECT_EQ(board.serial(), "007");
}

TEST(StrictYamlTest, RefusesAnUnknownKeyAndNamesTheNearest) {
  EXPECT_EQ(ErrorOf<v1::SafeState>("signal: a\nvolt: 1 V\n"),
            "f.yaml:2:1: unknown key \"volt\"; expected one of: voltage, signal, active");
}

TEST(StrictYamlTest, RefusesADuplicateKey) {
  EXPECT_EQ(ErrorOf<v1::Send>("text: a\ntext: b\n"),
            "f.yaml:2:1: duplicate key \"text\"; expected each key once");
}

TEST(StrictYamlTest, RefusesAMissingUnit) {
  EXPECT_EQ(ErrorOf<v1::SafeState>("signal: a\nvoltage: 5\n"),
            "f.yaml:2:10: voltage: \"5\" has no unit; expected a quantity in V, such as \"5 V\"");
}

TEST(StrictYamlTest, RefusesAUnitOfAnotherDimension) {
  EXPECT_EQ(ErrorOf<v1::SafeState>("signal: a\nvoltage: 5 ms\n"),
            "f.yaml:2:10: voltage: \"5 ms\" is in s; expected a quantity in V, such as \"5 V\"");
}

TEST(StrictYamlTest, RefusesAnUnknownUnit) {
  EXPECT_THAT(ErrorOf<v1::SafeState>("{signal: a, voltage: 5 volts}"), HasSubstr("\"volts\""));
}

TEST(StrictYamlTest, RefusesNaN) {
  for (const char* text : {".nan", "nan V", ".inf V", "-inf V", "nan"}) {
    EXPECT_THAT(ErrorOf<v1::SafeState>(std::string("{signal: a, voltage: ") + text + "}"),
                StartsWith("f.yaml:1:22: voltage: "));
  }
  EXPECT_NE(ErrorOf<v1::Sinus>("{rate: 60 bpm, lf_hf: nan}"), "");
}

TEST(StrictYamlTest, RefusesValuesOutOfBounds) {
  EXPECT_EQ(ErrorOf<v1::Sinus>("rate: 351 bpm"),
            "f.yaml:1:7: rate: \"351 bpm\" is out of range; expected 10 bpm to 350 bpm");
  EXPECT_THAT(ErrorOf<v1::Mains>("{amplitude: 1 mV, frequency: 0.5 Hz}"),
              HasSubstr("at least 1 Hz"));
  EXPECT_EQ(ErrorOf<v1::Sinus>("rate: 350 bpm"), "");
  EXPECT_THAT(ErrorOf<v1::VirtualLines>("channels: 65"), HasSubstr("1 to 64"));
}

TEST(StrictYamlTest, RefusesAFractionOfANanosecond) {
  EXPECT_THAT(ErrorOf<v1::Step>("{at: 0.5 ns, send: {text: a}}"),
              HasSubstr("a whole number of ns"));
  EXPECT_THAT(ErrorOf<v1::Step>("{at: 1e300 s, send: {text: a}}"),
              HasSubstr("a whole number of ns"));
}

TEST(StrictYamlTest, ReadsBooleansAsTrueOrFalseOnly) {
  EXPECT_TRUE(Load<v1::Line>("{signal: a, active: true}").active());
  for (const char* text : {"yes", "True", "1", "\"true\"", "on"}) {
    EXPECT_THAT(ErrorOf<v1::Line>(std::string("{signal: a, active: ") + text + "}"),
                HasSubstr("true or false"));
  }
}

TEST(StrictYamlTest, ReadsIntegersStrictly) {
  for (const char* text : {"1.0", "0x10", "010", "+1", "-1", "\"8\"", "1e1", "4294967296", "a"}) {
    EXPECT_THAT(ErrorOf<v1::VirtualLines>(std::string("channels: ") + text),
                HasSubstr("a whole number"))
        << text;
  }
}

TEST(StrictYamlTest, ReadsEnumerationsInLowerCase) {
  const std::string rest = "{id: a, text: b, source: c, kind: ";
  EXPECT_EQ(Load<v1::Requirement>(rest + "declared}").kind(), v1::DECLARED);
  EXPECT_THAT(ErrorOf<v1::Requirement>(rest + "FIXED}"), HasSubstr("one of: fixed, declared"));
  EXPECT_NE(ErrorOf<v1::Requirement>(rest + "limit_kind_unset}"), "");
}

TEST(StrictYamlTest, RefusesAMissingKey) {
  EXPECT_THAT(ErrorOf<v1::Line>("active: true"), HasSubstr("missing key \"signal\""));
  EXPECT_THAT(ErrorOf<v1::Requirements>("device: a"), HasSubstr("missing key \"requirements\""));
}

TEST(StrictYamlTest, RefusesEmptyTextAndEmptyLists) {
  EXPECT_THAT(ErrorOf<v1::Line>("{signal: '', active: true}"), HasSubstr("some text"));
  EXPECT_THAT(ErrorOf<v1::Requirements>("{device: a, requirements: []}"),
              HasSubstr("at least one item"));
}

TEST(StrictYamlTest, RefusesTwoMembersOfAOneof) {
  EXPECT_EQ(ErrorOf<v1::Supply>("signal: a\nvoltage: 5 V\ncut: true\n"),
            "f.yaml:3:1: both \"voltage\" and \"cut\"; expected only one of: voltage, cut");
}

TEST(StrictYamlTest, RefusesNoMemberOfAOneof) {
  EXPECT_THAT(ErrorOf<v1::Supply>("signal: a\n"), HasSubstr("exactly one of: voltage, cut"));
}

TEST(StrictYamlTest, RefusesAWrongShape) {
  EXPECT_THAT(ErrorOf<v1::Requirements>("{device: [a], requirements: [{}]}"),
              HasSubstr("a single value"));
  EXPECT_THAT(ErrorOf<v1::Requirements>("{device: a, requirements: b}"), HasSubstr("a list"));
  EXPECT_THAT(ErrorOf<v1::Step>("{at: 0 s, send: hello}"),
              HasSubstr("a mapping with one of: text"));
  EXPECT_THAT(ErrorOf<v1::Fixture>("{name: a, virtual_loader: }"), HasSubstr("empty mapping: {}"));
  EXPECT_THAT(ErrorOf<v1::Fixture>("{name: a, virtual_loader: {b: 1}}"), HasSubstr("no keys"));
  EXPECT_NE(ErrorOf<v1::Send>("- text: a"), "");
}

TEST(StrictYamlTest, RefusesWhatIsNoYaml) {
  EXPECT_THAT(ErrorOf<v1::Send>("text: [a\n"), StartsWith("f.yaml:"));
  EXPECT_NE(ErrorOf<v1::Send>(""), "");
  EXPECT_NE(ErrorOf<v1::Send>("text: 'a"), "");
  EXPECT_NE(ErrorOf<v1::Send>("\ttext: a"), "");
}

TEST(StrictYamlTest, RefusesAnchorsAliasesTagsAndSecondDocuments) {
  EXPECT_THAT(ErrorOf<v1::Send>("text: &a b"), HasSubstr("an anchor"));
  EXPECT_THAT(ErrorOf<v1::Supply>("signal: &a b\nvoltage: *a\n"), HasSubstr("an anchor"));
  EXPECT_THAT(ErrorOf<v1::Send>("text: !!str b"), HasSubstr("a tag"));
  EXPECT_THAT(ErrorOf<v1::Send>("text: a\n---\ntext: b\n"), HasSubstr("second document"));
  EXPECT_THAT(ErrorOf<v1::Send>("? [a]\n: b"), HasSubstr("not a key"));
}

TEST(StrictYamlTest, RefusesHostileNestingAndSize) {
  EXPECT_NE(ErrorOf<v1::Send>(std::string(100'000, '[')), "");
  EXPECT_NE(ErrorOf<v1::Send>("text: " + std::string(100'000, '{')), "");
  EXPECT_THAT(ErrorOf<v1::Send>(std::string(17u << 20, ' ')), HasSubstr("at most"));
}

TEST(StrictYamlTest, RefusesBytesTheParserWouldMisread) {
  EXPECT_THAT(ErrorOf<v1::Send>("text: a\n\x04text: b"), HasSubstr("a control character"));
  EXPECT_THAT(ErrorOf<v1::Send>("text: \xff"), StartsWith("f.yaml:1:7: not UTF-8"));
  EXPECT_THAT(ErrorOf<v1::Send>("text: \"\\0\""), HasSubstr("a control character"));
  EXPECT_EQ(Load<v1::Send>("text: é").text(), "é");
}

TEST(StrictYamlTest, KeepsItsMessageShortAndOnOneLine) {
  const std::string longest = "{signal: a, voltage: \"" + std::string(100'000, '5') + "\\n\"}";
  EXPECT_LT(ErrorOf<v1::SafeState>(longest).size(), 500u);
  EXPECT_LT(ErrorOf<v1::SafeState>(std::string(900, 'k') + ": 1").size(), 1000u);
}

TEST(SourceMapTest, PointsAtValuesAndAtTheParentOfWhatWasDefaulted) {
  v1::Step step;
  const auto where =
      LoadYamlText("at: 0 s\nplay:\n  signal: ecg\n  ecg:\n    lead: v1\n", "f.yaml", step);
  ASSERT_TRUE(where);
  EXPECT_EQ(where->At("play.signal"), "f.yaml:3:11");
  EXPECT_EQ(where->At("play.ecg.amplitude"), where->At("play.ecg"));
  EXPECT_EQ(where->At("play.noise[3].mains"), where->At("play"));
  EXPECT_EQ(where->At("nowhere"), "f.yaml");
}

TEST(LoadYamlFileTest, SaysWhichFileIsMissing) {
  v1::Send send;
  const auto loaded = LoadYamlFile("no/such.yaml", send);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Code::kNotFound);
  EXPECT_THAT(loaded.error().message, HasSubstr("no/such.yaml"));
}

}  // namespace
}  // namespace rig

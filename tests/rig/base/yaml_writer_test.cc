#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "rig/base/digest.h"
#include "rig/base/strict_yaml.h"
#include "rig/v1/bench.pb.h"
#include "rig/v1/golden.pb.h"
#include "rig/v1/scenario.pb.h"

namespace rig {
namespace {

using ::google::protobuf::util::MessageDifferencer;

// Loads a seed of the fuzz corpus, writes it and loads it again.
template <typename Message>
void ExpectRoundTrip(const std::string& file) {
  Message first;
  const auto loaded =
      LoadYamlFile(std::string(RIG_SOURCE_DIR "/tests/fuzz/corpus/yaml/") + file, first);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const std::string yaml = WriteYaml(first);
  Message second;
  const auto again = LoadYamlText(yaml, "written", second);
  ASSERT_TRUE(again) << again.error().message << "\n" << yaml;
  EXPECT_TRUE(MessageDifferencer::Equals(first, second)) << yaml;
  EXPECT_EQ(WriteYaml(second), yaml);
}

TEST(WriteYamlTest, WritesABenchThatLoadsBackEqual) { ExpectRoundTrip<v1::Bench>("bench.yaml"); }

TEST(WriteYamlTest, WritesAScenarioThatLoadsBackEqual) {
  ExpectRoundTrip<v1::Scenario>("scenario.yaml");
}

TEST(WriteYamlTest, WritesAGoldenThatLoadsBackEqual) { ExpectRoundTrip<v1::Golden>("golden.yaml"); }

TEST(WriteYamlTest, WritesOneItemPerLine) {
  v1::GoldenChannel channel;
  channel.set_channel("plant.line.delivered_volume");
  channel.set_unit("m3");
  channel.set_value_tolerance(1e-7);
  channel.set_time_tolerance(250'000'000);
  channel.set_end(60'000'000'000);
  channel.add_points("0 0");
  channel.add_points("1.5 2e-07");
  EXPECT_EQ(WriteYaml(channel),
            "channel: plant.line.delivered_volume\n"
            "unit: m3\n"
            "value_tolerance: 1e-07\n"
            "time_tolerance: 250 ms\n"
            "end: 60 s\n"
            "points:\n"
            "  - 0 0\n"
            "  - 1.5 2e-07\n");
}

TEST(WriteYamlTest, QuotesTextThatWouldReadDifferently) {
  for (const char* text :
       {"true", "null",        "1.5",     "nan",         "a: b", "a #b", "- a", " a",
        "a ",   "it's \"so\"", "a\nb\tc", "back\\slash", "[a]",  "{",    "*",   "&a",
        "!x",   "é",           "@",       "0x1f",        "~",    "%",    "|"}) {
    v1::Approval approval;
    approval.set_by(text);
    approval.set_at("x");
    approval.set_reason("y");
    approval.set_content_sha256("z");
    v1::Approval again;
    const auto loaded = LoadYamlText(WriteYaml(approval), "written", again);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(again.by(), text);
  }
}

TEST(WriteYamlTest, QuotesTextThatOtherReadersTakeForNumbersOrTruth) {
  v1::Send send;
  for (const char* text : {"1.5", "0x1f", "nan", "12e3", "yes", "Null"}) {
    send.set_text(text);
    EXPECT_EQ(WriteYaml(send), std::string("text: \"") + text + "\"\n");
  }
  send.set_text("1.5 mV");
  EXPECT_EQ(WriteYaml(send), "text: 1.5 mV\n");
}

TEST(WriteYamlTest, WritesAnEmptyMessageAsAnEmptyMapping) {
  v1::Fixture loader;
  loader.set_name("loader");
  loader.mutable_virtual_loader();
  EXPECT_EQ(WriteYaml(loader), "name: loader\nvirtual_loader: {}\n");
}

TEST(WriteYamlTest, WritesAMemberOfAOneofThatIsZero) {
  v1::SafeState safe;
  safe.set_signal("button");
  safe.set_active(false);
  EXPECT_EQ(WriteYaml(safe), "signal: button\nactive: false\n");
}

}  // namespace
}  // namespace rig

#include "rig/engine/console_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/rig/engine/scripted_bench.h"

namespace rig {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using Value = RecordedTrace::Value;

class ConsoleSessionTest : public testing::Test {
 protected:
  ConsoleSession Make() {
    v1::Telemetry* rate = console_.add_telemetry();
    rate->set_key("hr");
    rate->set_channel("heart_rate");
    rate->set_count("1 bpm");
    console_.set_report_timeout(1000);
    bench_.console = &link_;
    bench_.console_signal = "console";
    return *ConsoleSession::Create(bench_, console_, trace_);
  }

  ScriptedSerial link_;
  RecordedTrace trace_;
  BoundBench bench_{};
  v1::Console console_;
};

TEST_F(ConsoleSessionTest, TurnsReportsIntoChannelsInSi) {
  auto session = Make();
  link_.Say(AtNanoseconds(7), EncodeConsoleFrame("S,hr=72"));
  ASSERT_TRUE(session.Drain(AtNanoseconds(10)));
  ASSERT_THAT(trace_.channels["device.heart_rate"].steps, SizeIs(1));
  EXPECT_EQ(trace_.channels["device.heart_rate"].unit, "Hz");
  EXPECT_DOUBLE_EQ(trace_.channels["device.heart_rate"].steps[0].value, 1.2);
  EXPECT_EQ(trace_.channels["device.heart_rate"].steps[0].ns, 7);
}

TEST_F(ConsoleSessionTest, AddsTheOffsetOfAScale) {
  v1::Telemetry* temperature = console_.add_telemetry();
  temperature->set_key("t");
  temperature->set_channel("temperature");
  temperature->set_count("0.1 K");
  temperature->set_offset("0 °C");
  auto session = Make();
  link_.Say(AtNanoseconds(7), EncodeConsoleFrame("S,t=370"));
  ASSERT_TRUE(session.Drain(AtNanoseconds(10)));
  EXPECT_EQ(trace_.channels["device.temperature"].unit, "K");
  EXPECT_DOUBLE_EQ(trace_.channels["device.temperature"].steps[0].value, 310.15);
}

TEST_F(ConsoleSessionTest, NeverReadsGarbageAsZero) {
  auto session = Make();
  link_.Say(AtNanoseconds(7), EncodeConsoleFrame("S,hr=7x"));
  ASSERT_TRUE(session.Drain(AtNanoseconds(10)));
  ASSERT_THAT(trace_.channels["device.heart_rate"].steps, SizeIs(1));
  EXPECT_TRUE(std::isnan(trace_.channels["device.heart_rate"].steps[0].value));
  EXPECT_THAT(trace_.channels["log.console"].texts,
              ElementsAre(testing::Pair(7, "hr=7x: expected a whole number")));
}

TEST_F(ConsoleSessionTest, ForgetsAValueThatIsNotReportedInTime) {
  auto session = Make();
  link_.Say(AtNanoseconds(7), EncodeConsoleFrame("S,hr=72"));
  ASSERT_TRUE(session.Drain(AtNanoseconds(1007)));
  ASSERT_THAT(trace_.channels["device.heart_rate"].steps, SizeIs(1));
  ASSERT_TRUE(session.Drain(AtNanoseconds(5000)));
  ASSERT_THAT(trace_.channels["device.heart_rate"].steps, SizeIs(2));
  EXPECT_EQ(trace_.channels["device.heart_rate"].steps[1].ns, 1007);
  EXPECT_TRUE(std::isnan(trace_.channels["device.heart_rate"].steps[1].value));
  EXPECT_THAT(trace_.channels["device.reporting"].steps,
              ElementsAre(Value{0, 0}, Value{7, 1}, Value{1007, 0}));
}

TEST_F(ConsoleSessionTest, NotesFramesWithAWrongChecksum) {
  auto session = Make();
  link_.Say(AtNanoseconds(7), "$S,hr=72*0000\r\n");
  ASSERT_TRUE(session.Drain(AtNanoseconds(10)));
  EXPECT_THAT(trace_.channels["device.heart_rate"].steps, SizeIs(0));
  EXPECT_THAT(trace_.channels["log.console"].texts, SizeIs(1));
}

TEST_F(ConsoleSessionTest, IgnoresKeysThatAcknowledgementsEcho) {
  auto session = Make();
  link_.Say(AtNanoseconds(7), EncodeConsoleFrame("A,hr=1"));
  ASSERT_TRUE(session.Drain(AtNanoseconds(10)));
  EXPECT_THAT(trace_.channels["device.heart_rate"].steps, SizeIs(0));
}

TEST_F(ConsoleSessionTest, KnowsTheIdentityOnceItWasSaid) {
  auto session = Make();
  EXPECT_FALSE(session.identity());
  link_.Say(AtNanoseconds(7), EncodeConsoleFrame("I,device=d,version=1,build=b,serial=s"));
  ASSERT_TRUE(session.Drain(AtNanoseconds(10)));
  ASSERT_TRUE(session.identity());
  EXPECT_EQ(session.identity()->serial, "s");
}

TEST_F(ConsoleSessionTest, FramesAndRecordsWhatIsSent) {
  auto session = Make();
  ASSERT_TRUE(session.Send(AtNanoseconds(3), "C,pause=1"));
  EXPECT_THAT(link_.sent, ElementsAre(EncodeConsoleFrame("C,pause=1")));
  EXPECT_THAT(trace_.channels["commanded.console"].texts,
              ElementsAre(testing::Pair(3, "C,pause=1")));
}

}  // namespace
}  // namespace rig

// `rig signal`: what can be played, and files that readers of those formats open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kRender[] =
    "signal render --body 'rhythm: {sinus: {rate: 72 bpm}}' "
    "--body '1.5: rhythm: {asystole: {}}' --play 'ii=ecg: {lead: ii}' "
    "--play 'finger=ppg: {wavelength: red}' --duration 4 --rate 250 ";

TEST(SignalCommandTest, ListsAndShowsFromTheSchema) {
  const ProbeDevice device;
  EXPECT_THAT(device.Rig("signal list").out,
              AllOf(HasSubstr("atrial_fibrillation"), HasSubstr("One of 12 leads")));
  EXPECT_THAT(device.Rig("signal show ecg").out,
              AllOf(HasSubstr("0 V to 10 mV"), HasSubstr("Sameni et al. 2007")));
  const auto json = nlohmann::json::parse(device.Rig("signal show ppg --json").out);
  EXPECT_EQ(json[0]["parameters"][0]["range"], "red, infrared");
  const auto unknown = device.Rig("signal show ecgg");
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.out, HasSubstr("no generator \"ecgg\"; expected one of: ecg, ppg"));
}

TEST(SignalCommandTest, RendersFilesThatPlayBack) {
  const ProbeDevice device;
  const auto rendered =
      device.Rig(std::string(kRender) + "--csv s.csv --truth t.csv --wfdb s.hea --edf s.edf");
  ASSERT_EQ(rendered.exit_code, 0) << rendered.out;
  EXPECT_THAT(device.Read("s.csv"), testing::StartsWith("time [s],ii [V],finger [V]\n"));
  EXPECT_THAT(device.Read("t.csv"), HasSubstr("1.500000000,ii.asystole,1"));
  for (const char* file : {"s.csv", "s.hea", "s.edf"}) {
    const auto replayed =
        device.Rig("signal render --play 'ii=record: {file: " + std::string(file) +
                   ", channel: ii}' --duration 3 --rate 250 "
                   "--csv again.csv");
    EXPECT_EQ(replayed.exit_code, 0) << file << replayed.out;
  }
}

TEST(SignalCommandTest, PlotsOnTheTerminalWithoutAFile) {
  const ProbeDevice device;
  const auto plotted = device.Rig(kRender);
  EXPECT_EQ(plotted.exit_code, 0);
  EXPECT_THAT(plotted.out, AllOf(HasSubstr("ii"), HasSubstr("finger")));
}

TEST(SignalCommandTest, DrawsAPictureOrSaysWhyItCannot) {
  const ProbeDevice device;
  const auto drawn = device.Rig(std::string(kRender) + "--png s.png");
  ASSERT_EQ(drawn.exit_code, 0) << drawn.out;
  EXPECT_THAT(device.Read("s.png"), testing::StartsWith("\x89PNG\r\n"));
  const auto nowhere = device.Rig(std::string(kRender) + "--png no/such/folder/s.png");
  EXPECT_EQ(nowhere.exit_code, 3);
  EXPECT_THAT(nowhere.out, HasSubstr("no/such/folder/s.png"));
}

TEST(SignalCommandTest, WritesTheTruthAsAnnotations) {
  const ProbeDevice device;
  const auto rendered = device.Rig(std::string(kRender) + "--wfdb s.hea --edf s.edf");
  ASSERT_EQ(rendered.exit_code, 0) << rendered.out;
  EXPECT_THAT(device.Read("s.edf"),
              AllOf(HasSubstr("+0\x14(N\x14"), HasSubstr("+1.5\x14(ASYS\x14")));
  const auto replayed = device.Rig(
      "signal render --play 'ii=record: {file: s.hea, channel: ii}' --duration 3 --rate 250 "
      "--truth t.csv");
  ASSERT_EQ(replayed.exit_code, 0) << replayed.out;
  EXPECT_THAT(device.Read("t.csv"),
              AllOf(HasSubstr("0.000000000,ii.asystole,0"), HasSubstr("ii.beat,1\n"),
                    HasSubstr("1.500000000,ii.asystole,1"), HasSubstr("1.500000000,ii.rate,0\n")));
  const auto two =
      device.Rig(std::string(kRender) + "--play 'b=ec13: {figure: fig_4a}' --wfdb b.hea");
  EXPECT_EQ(two.exit_code, 3);
  EXPECT_THAT(two.out, HasSubstr("b and ii have different beats; expected ECGs of one heart"));
}

TEST(SignalCommandTest, ChecksAGainAgainstItsCalibrationPulses) {
  const ProbeDevice device;
  ASSERT_EQ(device
                .Rig("signal render --play 'ECG=constant: {value: 0 V}, artefacts: [{mains: "
                     "{amplitude: 0.5 mV}}]' --duration 2 --csv s.csv")
                .exit_code,
            0);
  device.Write("right", "ECG\t- 0.001 sine 0.001 V\n");
  device.Write("wrong", "ECG\t- 0.002 sine 0.001 V\n");
  device.Write("other", "PPG\t- 1 sine 1 V\n");
  device.Write("broken", "ECG - 1 sine 1 V\n");
  const auto check = [&](const std::string& file) {
    return device.Rig("signal calibration s.csv --until 2 --file " + file);
  };
  EXPECT_EQ(check("right").exit_code, 0);
  EXPECT_EQ(check("wrong").exit_code, 1);
  EXPECT_THAT(check("wrong").out, HasSubstr("-50"));
  EXPECT_EQ(check("other").exit_code, 3);
  EXPECT_THAT(check("broken").out, HasSubstr("broken:1: no description before a tab"));
}

TEST(SignalCommandTest, NamesTheArgumentThatIsWrong) {
  const ProbeDevice device;
  EXPECT_THAT(device.Rig("signal render --play 'ecg: {}'").out, HasSubstr("expected NAME=SOURCE"));
  EXPECT_THAT(device.Rig("signal render --play 'a=ecg: {}'").out,
              HasSubstr("--play a: signal a without a patient; expected a body step"));
  EXPECT_THAT(device.Rig("signal render --body 'breathing: {}' --play 'a=ecg: {}'").out,
              HasSubstr("names no rhythm"));
  EXPECT_THAT(device.Rig("signal render --body 'rhythm: {sinus: {rate: 9 bpm}}' --play a=1").out,
              HasSubstr("out of range"));
  EXPECT_EQ(device.Rig("signal render --play 'a=constant: {value: 1 V}' --rate nan").exit_code, 64);
}

}  // namespace
}  // namespace rig

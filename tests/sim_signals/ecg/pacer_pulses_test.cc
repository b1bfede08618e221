// What a pacemaker adds to an ECG beside its samples.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim_signals/rendering.h"

namespace rig {
namespace {

std::vector<Pulse> Pulses(SignalSource& source, double until_s, std::size_t block = 250) {
  std::vector<Pulse> pulses;
  std::vector<double> values(block);
  std::vector<TruthEvent> truth;
  for (RunTime t; Seconds(t) < until_s;) {
    EXPECT_TRUE(source.Render(t, kAt500Hz, values, truth));
    t += kAt500Hz * static_cast<std::int64_t>(block);
    source.TakePulses(t, pulses);
  }
  return pulses;
}
std::vector<Pulse> Pulses(const BodyCourse& course, const std::string& play, double until_s = 10,
                          std::size_t block = 250) {
  return Pulses(*Make(PlayFrom(play), EcgContext(&course)), until_s, block);
}

TEST(PacerPulsesTest, HaveTheStatedShapeAtTheTimesOfTheirTruth) {
  const BodyCourse course = CourseOf(
      "rhythm: {paced: {mode: dual, rate: 61 bpm, "
      "atrial_pulse: {amplitude: -5 mV, width: 2 ms, rise: 100 us}, "
      "ventricular_pulse: {amplitude: 700 mV, width: 0.1 ms, overshoot: 25 %, recovery: 9 ms}}}");
  const auto pulses = Pulses(course, "ecg: {}");
  const auto told = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 5000).Of("pacer_pulse");
  ASSERT_GE(pulses.size(), 18u);
  ASSERT_EQ(pulses.size(), told.size());
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(pulses[i].begin, told[i].t);
  EXPECT_DOUBLE_EQ(pulses[0].height, -5e-3);
  EXPECT_EQ(pulses[0].width, Duration(2'000'000));
  EXPECT_EQ(pulses[0].rise, Duration(100'000));
  EXPECT_DOUBLE_EQ(pulses[1].height, 0.7);
  EXPECT_EQ(pulses[1].width, Duration(100'000));
  EXPECT_EQ(pulses[1].rise, Duration(10'000));
  EXPECT_DOUBLE_EQ(pulses[1].overshoot, 0.25);
  EXPECT_EQ(pulses[1].recovery, Duration(9'000'000));
}

TEST(PacerPulsesTest, AreTheSameInBlocksOfAnySize) {
  // At 180/min an atrial pulse comes before the beat of the cycle before.
  const BodyCourse course = CourseOf("rhythm: {paced: {mode: dual, rate: 180 bpm, delay: 300 ms}}");
  const auto whole = Pulses(course, "ecg: {}", 6, 3000), parts = Pulses(course, "ecg: {}", 6, 3);
  ASSERT_EQ(whole.size(), parts.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(whole[i].begin, parts[i].begin);
  for (std::size_t i = 1; i < whole.size(); ++i) EXPECT_LT(whole[i - 1].begin, whole[i].begin);
}

TEST(PacerPulsesTest, TruthStaysInTheOrderOfTime) {
  const BodyCourse course = CourseOf("rhythm: {paced: {mode: dual, rate: 180 bpm, delay: 300 ms}}");
  const auto truth = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 3000, 16).truth;
  for (std::size_t i = 1; i < truth.size(); ++i) EXPECT_LE(truth[i - 1].t, truth[i].t);
}

TEST(PacerPulsesTest, AddUpOverTheLeadsAsEinthovenSays) {
  const BodyCourse course = CourseOf("rhythm: {paced: {}}");
  const auto height = [&](const char* lead) {
    return Pulses(course, std::string("ecg: {lead: ") + lead + "}").at(0).height;
  };
  EXPECT_NEAR(height("ii"), 2e-3, 1e-18);
  EXPECT_NEAR(height("ii"), height("i") + height("iii"), 1e-17);
  EXPECT_NEAR(height("avr") + height("avl") + height("avf"), 0.0, 1e-17);
  EXPECT_NE(height("v1"), 0.0);
}

TEST(PacerPulsesTest, WithoutCaptureTheHeartStandsStillAndTheyGoOn) {
  const BodyCourse course =
      CourseOf({{0.0, "rhythm: {paced: {}}"}, {4.0, "rhythm: {paced: {capture: false}}"}});
  const Rendering r = Render(*Make(PlayFrom("ecg: {}"), EcgContext(&course)), 5000);
  const auto asystole = r.Of("asystole"), rate = r.Of("rate");
  ASSERT_EQ(asystole.size(), 2u);
  EXPECT_EQ(asystole[1].t, AtNanoseconds(4'000'000'000));
  EXPECT_EQ(asystole[1].value, 1.0);
  EXPECT_EQ(rate.back().value, 0.0);
  EXPECT_LT(Seconds(r.Of("beat").back().t), 4.0);
  EXPECT_GT(Seconds(r.Of("pacer_pulse").back().t), 9.0);
}

TEST(PacerPulsesTest, OfNoHeightAreTruthAlone) {
  const BodyCourse course = CourseOf("rhythm: {paced: {ventricular_pulse: {amplitude: 0 V}}}");
  const v1::Play play = PlayFrom("ecg: {}");
  EXPECT_FALSE(HasPulses(play, course));
  EXPECT_TRUE(Pulses(course, "ecg: {}").empty());
  EXPECT_FALSE(Render(*Make(play, EcgContext(&course)), 5000).Of("pacer_pulse").empty());
  EXPECT_TRUE(HasPulses(play, CourseOf("rhythm: {paced: {}}")));
  EXPECT_FALSE(HasPulses(PlayFrom("constant: {value: 0 V}"), CourseOf("rhythm: {paced: {}}")));
}

TEST(PacerPulsesTest, PassDisturbancesAndNotAnElectrodeThatIsOff) {
  const BodyCourse course = CourseOf("rhythm: {paced: {rate: 60 bpm}}");
  const auto pulses = Pulses(course,
                             "ecg: {}, artefacts: [{white: {rms: 10 uV}}, {from: 2 s, until: 5 s, "
                             "electrode_off: {}}, {from: 7 s, wrong_scale: {factor: -2}}]");
  for (const Pulse& pulse : pulses) {
    EXPECT_FALSE(Seconds(pulse.begin) >= 2.0 && Seconds(pulse.begin) < 5.0);
    EXPECT_NEAR(pulse.height, Seconds(pulse.begin) < 7.0 ? 2e-3 : -4e-3, 1e-15);
  }
  EXPECT_EQ(pulses.size(), 7u);
  const auto clean = Pulses(course, "ecg: {}");
  const auto late = Pulses(course, "ecg: {}, artefacts: [{delayed: {by: 30 ms}}]");
  EXPECT_EQ(late.at(0).begin, clean.at(0).begin + Duration(30'000'000));
}

TEST(PacerPulsesTest, OfADelayThatEndsDoNotComeBehindIt) {
  const BodyCourse course = CourseOf("rhythm: {paced: {rate: 60 bpm}}");
  const auto pulses = Pulses(course, "ecg: {}, artefacts: [{until: 5 s, delayed: {by: 1500 ms}}]");
  EXPECT_EQ(pulses.size(), 9u);  // 1.9 to 4.9 s, 5.4 to 9.4 s
  for (const Pulse& pulse : pulses) {
    const double s = Seconds(pulse.begin);
    EXPECT_NEAR(s - std::floor(s), s < 5.0 ? 0.9 : 0.4, 1e-9);
  }
}

TEST(PacerPulsesTest, AreRefusedBehindWhatDistortsThem) {
  const BodyCourse course = CourseOf("rhythm: {paced: {}}");
  const auto made = MakeSource(PlayFrom("ecg: {}, artefacts: [{slow: {time_constant: 5 ms}}]"),
                               EcgContext(&course), RunTime());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "signal ecg has pacer pulses, and what slow makes of them is not computed; expected "
            "another artefact, or pulses of 0 V");
}

}  // namespace
}  // namespace rig

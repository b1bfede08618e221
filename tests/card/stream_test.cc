#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "fixtures/card/card_stream.h"
#include "fixtures/card/stream_origin.h"
#include "tests/card/engine_card.h"

namespace rig {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

void Write(EngineCard& card, unsigned channel, RunTime start, std::vector<double> volts) {
  std::vector<double> actual(volts.size());
  const auto written = card.dac.Write(channel, start, volts, actual);
  ASSERT_TRUE(written.has_value()) << written.error().message;
}

// Instants and values of one output, from run time 0 on.
std::vector<std::pair<double, double>> ChangesOf(const EngineCard& card, unsigned channel,
                                                 usb::Cycle origin) {
  std::vector<std::pair<double, double>> changes;
  for (const EngineCard::Output& output : card.outputs) {
    if (output.channel != channel || output.at < origin) continue;
    changes.emplace_back(static_cast<double>(output.at - origin) / 60, output.volts);
  }
  return changes;
}

TEST(CardStreamTest, UpdatesComeAtTheirInstantOfTheChipsClock) {
  EngineCard card;
  Write(card, 2, RunTime(milliseconds(10)), {1, 2, 3});
  Write(card, 5, RunTime(milliseconds(10)), {0.5, 0.5, 4});
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(40))).has_value());
  ASSERT_EQ(card.hardware.mistakes(), 0u);
  EXPECT_TRUE(card.hardware.reference_on());
  std::vector<usb::Cycle> at;
  for (const auto& output : card.outputs) {
    if (output.channel == 2 && output.volts > 0.1) at.push_back(output.at);
  }
  ASSERT_EQ(at.size(), 3u);
  EXPECT_EQ(at[1] - at[0], 120'000u);  // 2 ms of 60 MHz
  EXPECT_EQ(at[2] - at[1], 120'000u);
  const auto five = std::find_if(card.outputs.begin(), card.outputs.end(), [](const auto& output) {
    return output.channel == 5 && output.volts > 3;
  });
  ASSERT_NE(five, card.outputs.end());
  EXPECT_EQ(five->at, at[2]);  // all channels change at one instant
  EXPECT_NEAR(five->volts, 4, 5.0 / 65536);
  EXPECT_LE(card.stream->statistics().worst_slip, microseconds(2));
}

TEST(CardStreamTest, ALineComesBackOnTheInputItIsWiredTo) {
  EngineCard card;
  card.lines.Connect(3, false);
  card.inputs.Connect(3, false);
  ASSERT_TRUE(card.lines.Set(3, true, RunTime(milliseconds(20))).has_value());
  ASSERT_TRUE(card.lines.Set(3, false, RunTime(milliseconds(25))).has_value());
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(40))).has_value());
  std::vector<Edge> edges;
  ASSERT_TRUE(card.inputs.Drain(edges).has_value());
  ASSERT_EQ(edges.size(), 3u);
  EXPECT_FALSE(edges[0].active);
  EXPECT_EQ(edges[0].t, RunTime());
  EXPECT_TRUE(edges[1].active);
  EXPECT_NEAR(Seconds(edges[1].t), 20e-3, 60e-6);  // half a frame, and the words themselves
  EXPECT_FALSE(edges[2].active);
  EXPECT_NEAR(Seconds(edges[2].t), 25e-3, 60e-6);
}

TEST(CardStreamTest, TheAdcReadsBackWhatTheDacPutsOut) {
  EngineCard card;
  for (const unsigned channel : {0u, 6u}) card.adc.Connect(channel);
  Write(card, 0, RunTime(milliseconds(4)), {1.25});
  Write(card, 6, RunTime(milliseconds(4)), {3.75});
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(50))).has_value());
  std::vector<double> zero, six;
  ASSERT_TRUE(card.adc.Drain(0, zero).has_value());
  ASSERT_TRUE(card.adc.Drain(6, six).has_value());
  ASSERT_EQ(zero.size(), 5u);
  ASSERT_EQ(six.size(), 5u);
  EXPECT_EQ(zero[0], 0);
  EXPECT_NEAR(zero[1], 1.25, 5.0 / 4096);
  EXPECT_NEAR(six[4], 3.75, 5.0 / 4096);
}

// A sample's time is its number times the period, however long the frame.
TEST(CardStreamTest, SamplesKeepTheirTimesWhereFramesAreLonger) {
  EngineCard card;
  card.model.set_frame(10'000'000);
  card.adc = CardAdc(milliseconds(1));
  card.adc.Connect(0);
  Write(card, 0, RunTime(milliseconds(50)), {2.5});
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(120))).has_value());
  std::vector<double> samples;
  ASSERT_TRUE(card.adc.Drain(0, samples).has_value());
  EXPECT_GE(samples.size(), 110u);
  EXPECT_LE(samples.size(), 120u);
  const auto step = std::find_if(samples.begin(), samples.end(), [](double v) { return v > 1; });
  EXPECT_EQ(step - samples.begin(), 50);
}

TEST(CardStreamTest, AnOutputThatIsNotWhatItWasToldIsAnError) {
  EngineCard card;
  card.adc.Connect(3);
  card.read_back.Watch(3);
  Write(card, 3, RunTime(), {1.25});
  card.Start();
  card.dies[3] = 3'000'000;  // 50 ms
  const Status run = card.RunUntil(RunTime(milliseconds(100)));
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, Code::kDataLoss);
  EXPECT_THAT(run.error().message, HasSubstr("fixture injector"));
  EXPECT_THAT(run.error().message, HasSubstr("output 3 reads back 0.0000 V"));
}

TEST(CardStreamTest, WhatABoardWithoutPowerDrawsDownIsNotJudged) {
  for (const bool powered : {false, true}) {
    EngineCard card;
    card.adc.Connect(0);
    card.read_back.Watch(0);
    card.read_back.JudgeWhile([powered] { return powered; });
    card.dies[0] = 0;
    Write(card, 0, RunTime(), {1.25});
    card.Start();
    EXPECT_EQ(card.RunUntil(RunTime(milliseconds(50))).has_value(), !powered);
  }
}

// Steps over the whole range just before a reading, ramps, and pulses with their staircases.
TEST(CardStreamTest, WhatChangesAsToldIsNoError) {
  std::mt19937_64 random(7);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  EngineCard card;
  card.adc = CardAdc(milliseconds(1));
  for (unsigned channel = 0; channel < 5; ++channel) {
    card.adc.Connect(channel);
    card.read_back.Watch(channel);
    std::vector<double> volts;
    for (int i = 0; i < 400; ++i) volts.push_back(static_cast<double>(below(501)) * 0.01);
    Write(card, channel, RunTime(), volts);
  }
  for (int i = 0; i < 100; ++i) {
    const Pulse pulse{.begin = RunTime(milliseconds(8 * i) + Duration(below(4'000'000))),
                      .height = 1,
                      .width = microseconds(500),
                      .rise = microseconds(20),
                      .overshoot = 0.2,
                      .recovery = milliseconds(1)};
    ASSERT_TRUE(card.dac.AddPulse(0, pulse).has_value());
  }
  card.Start();
  const Status run = card.RunUntil(RunTime(milliseconds(850)));
  EXPECT_TRUE(run.has_value()) << run.error().message;
}

// 2 V, and 4 V from 10 ms on.
LoopBack OutputWithAStep() {
  LoopBack read_back("injector", 0.02);
  read_back.Watch(1);
  read_back.Put(1, 0, 26214);
  read_back.Put(1, 600'000, 52429);
  return read_back;
}

TEST(LoopBackTest, AnOutputMayBeAnywhereOnItsWayWhileItSettles) {
  LoopBack read_back = OutputWithAStep();
  const auto settling = read_back.BandAt(1, 600'000 + 60 * 99);
  ASSERT_TRUE(settling);
  EXPECT_NEAR(settling->low_v, 2 - 0.02 - 0.2, 1e-3);
  EXPECT_NEAR(settling->high_v, 4 + 0.02 + 0.2, 1e-3);
  const auto settled = read_back.BandAt(1, 600'000 + 60 * 100);
  ASSERT_TRUE(settled);
  EXPECT_NEAR(settled->low_v, 4 - 0.02, 1e-3);
  EXPECT_NEAR(settled->high_v, 4 + 0.02, 1e-3);
}

TEST(LoopBackTest, WhatAnOutputWasBeforeNobodyKnows) {
  LoopBack read_back = OutputWithAStep();
  EXPECT_FALSE(read_back.BandAt(1, 60 * 99));
  EXPECT_TRUE(read_back.BandAt(1, 60 * 100));
  EXPECT_FALSE(read_back.BandAt(2, 60 * 100));  // not read back
  read_back.Restart();
  EXPECT_FALSE(read_back.BandAt(1, 60 * 200));
}

TEST(CardAdcTest, WhatNobodyTakesIsTheChannelsOwnLoss) {
  CardAdc adc(milliseconds(1));
  adc.Connect(0);
  adc.Connect(1);
  for (int i = 0; i < (1 << 20) + 1; ++i) adc.Take(0, 100);
  adc.Take(1, 100);
  std::vector<double> volts;
  EXPECT_TRUE(adc.Drain(1, volts).has_value());
  EXPECT_EQ(volts.size(), 1u);
  EXPECT_EQ(adc.Drain(0, volts).error().code, Code::kDataLoss);
}

TEST(CardStreamTest, APulseComesBetweenUpdates) {
  EngineCard card;
  Write(card, 1, RunTime(), {1});
  Pulse pulse{.begin = RunTime(microseconds(10'330)),
              .height = 2,
              .width = microseconds(500),
              .rise = microseconds(20)};
  ASSERT_TRUE(card.dac.AddPulse(1, pulse).has_value());
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(30))).has_value());
  const auto changes = ChangesOf(card, 1, 0);
  ASSERT_GE(changes.size(), 9u);
  const auto top = std::find_if(changes.begin(), changes.end(),
                                [](const auto& change) { return change.second > 2.999; });
  ASSERT_NE(top, changes.end());
  const auto falls = std::next(top);
  ASSERT_NE(falls, changes.end());
  EXPECT_NEAR(falls->first - top->first, 480, 1);  // us: held from the top of the rise on
  EXPECT_NEAR(changes.back().second, 1, 1e-3);
}

TEST(CardStreamTest, DoesNotDependOnHowItIsDivided) {
  const auto record = [](Duration step) {
    EngineCard card;
    card.adc.Connect(0);
    for (unsigned channel = 0; channel < 5; ++channel) {
      std::vector<double> volts;
      for (int i = 0; i < 100; ++i) volts.push_back(((i * 37 + 11 * channel) % 50) * 0.1);
      Write(card, channel, RunTime(), volts);
    }
    Pulse pulse{.begin = RunTime(microseconds(70'123)),
                .height = -2,
                .width = microseconds(700),
                .rise = microseconds(10),
                .overshoot = 0.2,
                .recovery = milliseconds(5)};
    EXPECT_TRUE(card.dac.AddPulse(3, pulse).has_value());
    card.Start();
    std::string commands;
    for (RunTime t = RunTime(step); t <= RunTime(milliseconds(180)); t += step) {
      commands += card.stream->CompileUntil(t).value();
    }
    return commands;
  };
  const std::string whole = record(milliseconds(180));
  EXPECT_EQ(record(milliseconds(20)), whole);
  EXPECT_EQ(record(milliseconds(4)), whole);
}

// Stimulus on all channels, pulses and lines at instants that have nothing to do with any raster.
std::string RandomStream(unsigned seed, Duration step, Duration spread) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  EngineCard card;
  card.adc.Connect(0);
  for (unsigned channel = 0; channel < 8; ++channel) {
    std::vector<double> volts;
    for (int i = 0; i < 20; ++i) volts.push_back(static_cast<double>(below(500)) * 0.01);
    Write(card, channel, RunTime(), volts);
  }
  for (unsigned line = 0; line < 8; ++line) card.lines.Connect(line, false);
  RunTime pulse_at(microseconds(500));
  for (int i = 0; i < 15; ++i) {
    Pulse pulse{.begin = pulse_at + Duration(below(1'000'000)),
                .height = 0.5,
                .width = microseconds(200),
                .rise = microseconds(10)};
    EXPECT_TRUE(card.dac.AddPulse(0, pulse).has_value());
    pulse_at = pulse.begin + milliseconds(1);
    const RunTime line_at(milliseconds(2 * i + 2) - microseconds(below(40)));
    EXPECT_TRUE(card.lines.Set(static_cast<unsigned>(i % 8), i % 3 != 0, line_at).has_value());
  }
  card.Start();
  std::string commands;
  for (RunTime t(step); t < RunTime(milliseconds(60));
       t += step + Duration(below(spread.count()))) {
    commands += card.stream->CompileUntil(t).value();
  }
  return commands + card.stream->CompileUntil(RunTime(milliseconds(60))).value();
}

TEST(CardStreamTest, NothingButTheInstantsDecidesWhatIsSent) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const std::string whole = RandomStream(seed, milliseconds(60), Duration(1));
    EXPECT_EQ(RandomStream(seed, microseconds(100), milliseconds(1)), whole) << seed;
    EXPECT_EQ(RandomStream(seed, milliseconds(1), milliseconds(9)), whole) << seed;
  }
}

// An update of all channels takes longer than a pulse's step just before it, and must not be put
// out before that.
TEST(CardStreamTest, APulseThatEndsJustBeforeAnUpdateLeavesTheUpdate) {
  EngineCard card;
  for (unsigned channel = 0; channel < 8; ++channel) Write(card, channel, RunTime(), {1, 1, 1, 4});
  Pulse pulse{.begin = RunTime(microseconds(5'500)),
              .height = -0.5,
              .width = microseconds(485),
              .rise = microseconds(10)};
  ASSERT_TRUE(card.dac.AddPulse(0, pulse).has_value());
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(30))).has_value());
  const auto changes = ChangesOf(card, 0, 0);
  ASSERT_FALSE(changes.empty());
  EXPECT_NEAR(changes.back().second, 4, 1e-3);
}

TEST(CardStreamTest, WhatDoesNotFitIntoTheFramesIsAnError) {
  EngineCard card;
  card.model.set_clock(1e6);  // a word takes 32 us, and a step of a pulse 5 us
  for (unsigned channel = 0; channel < 8; ++channel) {
    Pulse pulse{.begin = RunTime(milliseconds(5)),
                .height = 1,
                .width = microseconds(500),
                .rise = microseconds(200)};
    ASSERT_TRUE(card.dac.AddPulse(channel, pulse).has_value());
  }
  card.Start();
  const Status run = card.RunUntil(RunTime(milliseconds(40)));
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().code, Code::kResourceExhausted);
}

TEST(CardStreamTest, LinesAreShiftedInAModeTheChipHas) {
  EngineCard card;
  card.lines.Connect(0, false);
  ASSERT_TRUE(card.lines.Set(0, true, RunTime(milliseconds(5))).has_value());
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(10))).has_value());
  EXPECT_EQ(card.hardware.mistakes(), 0u);
  EXPECT_EQ(card.line_changes.back().levels, 1u);
}

TEST(CardStreamTest, AChipThatRanOutOfCommandsIsNoticed) {
  EngineCard card;
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(20))).has_value());
  card.Step(60 * 100);  // 100 us without commands, beyond the 1 ms that the harness waits
  const Status later = card.RunUntil(RunTime(milliseconds(40)));
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().code, Code::kDataLoss);
  EXPECT_THAT(later.error().message, HasSubstr("ran out of commands"));
}

TEST(CardStreamTest, AWrongCommandTimeIsNoticed) {
  EngineCard card({.cycles_per_command = 3});
  card.Start();
  const Status run = card.RunUntil(RunTime(milliseconds(1500)));
  ASSERT_FALSE(run.has_value());
}

TEST(CardStreamTest, KnownCommandTimeIsAllowedFor) {
  EngineCard card({.cycles_per_command = 3});
  card.model.set_command_cycles(3);
  card.Start();
  const Status run = card.RunUntil(RunTime(milliseconds(1500)));
  EXPECT_TRUE(run.has_value()) << run.error().message;
  EXPECT_LT(std::abs(card.stream->statistics().clock_offset), 5e-6);
}

TEST(CardStreamTest, TheCountersCrystalTellsTheChipsRate) {
  EngineCard card({}, 50);
  card.Start();
  const Status run = card.RunUntil(RunTime(milliseconds(2000)));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_NEAR(card.stream->statistics().clock_offset, -50e-6, 2e-6);
}

TEST(CardStreamTest, OutputsAreSafeWhenTheStreamEnds) {
  EngineCard card;
  card.lines.Connect(0, false);
  Write(card, 0, RunTime(), {2});
  ASSERT_TRUE(card.lines.Set(0, true, RunTime()).has_value());
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(50))).has_value());
  EXPECT_FALSE(card.hardware.safe());
  for (int i = 0; i < 110; ++i) card.Step(60'000);
  EXPECT_TRUE(card.hardware.safe());
  EXPECT_TRUE(card.line_changes.back().released);
  EXPECT_EQ(card.outputs.back().volts, 0);
}

TEST(CardStreamTest, AnswersThatNobodyAskedForAreAnError) {
  EngineCard card;
  card.Start();
  ASSERT_TRUE(card.RunUntil(RunTime(milliseconds(10))).has_value());
  const Status taken = card.stream->Take("x");
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, Code::kDataLoss);
}

// 65.536 ms: the counter reads what it would have read anyway.
TEST(StreamOriginTest, AChipThatStoodStillForTheCountersRoundIsNoticed) {
  const Deadline begun{};
  StreamOrigin origin(begun);
  Duration stood{0};
  Status noted;
  for (int i = 1; i < 5000 && noted; ++i) {
    if (i == 2000) stood = microseconds(65'536);
    const Duration told = i * milliseconds(4);
    const Duration way = microseconds(300 + i * 7919 % 12'000);
    noted = origin.Note(begun + told + stood + way, RunTime(told));
    if (i == 1999) {
      EXPECT_LT(origin.get() - begun, microseconds(400));
    }
  }
  ASSERT_FALSE(noted.has_value());
  EXPECT_EQ(noted.error().code, Code::kDataLoss);
}

// However short the run, and however close to its end: nothing after it counts as certain.
TEST(StreamOriginTest, WhatAStandstillLeavesInDoubtIsNotCertain) {
  const Deadline begun{};
  StreamOrigin origin(begun);
  for (int i = 1; i <= 200; ++i) {
    const Duration told = i * milliseconds(4);
    const Duration stood = i > 100 ? microseconds(65'536) : Duration(0);
    const Duration way = microseconds(300 + i * 7919 % 12'000);
    ASSERT_TRUE(origin.Note(begun + told + stood + way, RunTime(told)).has_value());
    EXPECT_EQ(origin.certain_until(), RunTime(std::min(told, Duration(milliseconds(400)))));
  }
}

// A host that reads nothing for a while reads the latest then, too.
TEST(StreamOriginTest, AHostThatWasAwayLeavesNoDoubt) {
  const Deadline begun{};
  StreamOrigin origin(begun);
  for (int i = 1; i < 3000; ++i) {
    const Duration told = i * milliseconds(4);
    const Duration away = i % 500 < 40 ? milliseconds(4) * (40 - i % 500) : Duration(0);
    const Status noted = origin.Note(begun + told + away, RunTime(told));
    ASSERT_TRUE(noted.has_value()) << noted.error().message;
  }
  EXPECT_EQ(origin.certain_until(), RunTime(milliseconds(11'996)));
}

TEST(StreamOriginTest, CrystalsAndBusyHostsAreNoStandstill) {
  const Deadline begun{};
  StreamOrigin origin(begun);
  for (int i = 1; i < 20'000; ++i) {
    const Duration told = i * milliseconds(4);
    const Duration way = microseconds(300 + i * 7919 % 38'000) + told / 5000;
    const Status noted = origin.Note(begun + told + way, RunTime(told));
    ASSERT_TRUE(noted.has_value()) << noted.error().message;
  }
}

TEST(CardLinesTest, RefusesTheTimeThatHasPassed) {
  CardLines lines;
  lines.Connect(1, true);
  std::vector<CardLines::Change> changes;
  lines.TakeChanges(RunTime(milliseconds(5)), changes);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].levels, 2);  // inactive is high
  EXPECT_FALSE(lines.Set(1, true, RunTime(milliseconds(4))).has_value());
  EXPECT_FALSE(lines.Set(0, true, RunTime(milliseconds(9))).has_value());
  EXPECT_TRUE(lines.Set(1, true, RunTime(milliseconds(5))).has_value());
}

TEST(CardLinesTest, EachChannelHasAnOrderOfItsOwn) {
  CardLines lines;
  lines.Connect(0, false);
  lines.Connect(1, false);
  ASSERT_TRUE(lines.Set(0, true, RunTime(milliseconds(20))).has_value());
  ASSERT_TRUE(lines.Set(1, true, RunTime(milliseconds(10))).has_value());
  EXPECT_FALSE(lines.Set(0, false, RunTime(milliseconds(15))).has_value());
  ASSERT_TRUE(lines.Set(1, false, RunTime(milliseconds(20))).has_value());
  std::vector<CardLines::Change> changes;
  lines.TakeChanges(RunTime(milliseconds(30)), changes);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].levels, 0u);
  EXPECT_EQ(changes[1].at, RunTime(milliseconds(10)));
  EXPECT_EQ(changes[1].levels, 2u);
  EXPECT_EQ(changes[2].levels, 1u);
}

TEST(CardDacTest, RefusesWhatTheStreamHasPassed) {
  EngineCard card;
  std::vector<CardDac::Change> changes;
  card.dac.TakeChanges(RunTime(milliseconds(20)), changes);
  double actual = 0;
  const double volts = 1;
  const auto late =
      card.dac.Write(0, RunTime(milliseconds(18)), std::span(&volts, 1), std::span(&actual, 1));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, Code::kInvalidArgument);
  EXPECT_TRUE(
      card.dac.Write(0, RunTime(milliseconds(20)), std::span(&volts, 1), std::span(&actual, 1))
          .has_value());
}

}  // namespace
}  // namespace rig

// The card on a bus on which things go wrong: whatever transfer it hits, the run gets an error that
// names fixture and port, nothing hangs, and the outputs are safe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/lab/test/contract_bench.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using usb::Fault;

constexpr std::uint8_t kToChip = 0x02;
constexpr std::uint8_t kFromChip = 0x81;

class CardFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    if (RIG_SANITIZED) GTEST_SKIP() << "the emulated board is slower than real time";
    const Status opened = bench_.Open(BenchSort::kLab, MakePatient);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
  }
  // Puts 3 V out and runs for a second, in which the fault comes up. The first error; none: empty.
  std::string RunWith(Fault fault) {
    SampleInjector* injector = bench_.equipment->FindInjector("injector");
    const std::vector<double> volts(8, 3.0);
    std::vector<double> actual(8);
    EXPECT_TRUE(injector->Write(0, RunTime(), volts, actual).has_value());
    BenchClock& clock = bench_.equipment->clock();
    Status advanced = clock.AdvanceTo(RunTime(milliseconds(50)));
    EXPECT_TRUE(advanced.has_value());
    bench_.lab->bus().Schedule(bench_.lab->card(), std::move(fault));
    for (int ms = 60; advanced && ms <= 1500; ms += 10) {
      advanced = clock.AdvanceTo(RunTime(milliseconds(ms)));
    }
    return advanced ? "" : advanced.error().message;
  }
  bool OutputsAreSafe() {
    LabBoard& board = bench_.lab->board();
    usb::UsbBus& bus = bench_.lab->bus();
    CardOnBus& card = bench_.lab->card();
    // The safety timer's 100 ms, and what the stream had ahead: the lead.
    return bus.Await(
        [&] {
          // The bus does not turn what hangs on it no longer; the card's own supply does.
          if (bus.AddressLocked(card) == 0) card.AdvanceTo(bus.NowLocked());
          return board.lines_released() && board.output_volts(0) == 0;
        },
        milliseconds(2000));
  }
  // Each at a transfer of its own, from the first on.
  void ExpectErrorAndSafety(Fault fault) {
    const std::string error = RunWith(std::move(fault));
    EXPECT_THAT(error, AllOf(HasSubstr("fixture card"), HasSubstr("RIG0001"), HasSubstr("port")));
    EXPECT_TRUE(OutputsAreSafe()) << "while the driver is still there";
    bench_.equipment.reset();
    EXPECT_TRUE(OutputsAreSafe());
  }
  unsigned Random(unsigned most) { return 1 + static_cast<unsigned>(random_() % most); }

  ContractBench bench_;
  std::mt19937_64 random_{20261121};
};

TEST_F(CardFaultTest, Unplugged) {
  ExpectErrorAndSafety({.kind = Fault::Kind::kUnplug, .nth = Random(60)});
  const Status again = bench_.OpenAgain();
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, Code::kNotFound);
  EXPECT_THAT(again.error().message, AllOf(HasSubstr("card"), HasSubstr("is its cable in?")));
}

TEST_F(CardFaultTest, BackUnderAnotherAddress) {
  ExpectErrorAndSafety({.kind = Fault::Kind::kReplug, .nth = Random(60), .wait = milliseconds(50)});
  ASSERT_TRUE(bench_.lab->bus().Await(
      [&] { return bench_.lab->bus().AddressLocked(bench_.lab->card()) != 0; }, seconds(2)));
  const Status again = bench_.OpenAgain();
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE(bench_.equipment->clock().AdvanceTo(RunTime(milliseconds(200))).has_value());
}

TEST_F(CardFaultTest, ReadStalls) {
  ExpectErrorAndSafety({.kind = Fault::Kind::kStall, .nth = Random(60), .endpoint = kFromChip});
}

TEST_F(CardFaultTest, WriteStalls) {
  ExpectErrorAndSafety({.kind = Fault::Kind::kStall, .nth = Random(20), .endpoint = kToChip});
}

// Readings are lost: what follows is out of step.
TEST_F(CardFaultTest, AnswersAreCutShort) {
  ExpectErrorAndSafety(
      {.kind = Fault::Kind::kShort, .nth = Random(60), .endpoint = kFromChip, .bytes = 7});
}

TEST_F(CardFaultTest, APacketWithoutStatusBytes) {
  ExpectErrorAndSafety(
      {.kind = Fault::Kind::kShort, .nth = Random(60), .endpoint = kFromChip, .bytes = 1});
}

TEST_F(CardFaultTest, AWriteIsCutShort) {
  ExpectErrorAndSafety(
      {.kind = Fault::Kind::kShort, .nth = Random(20), .endpoint = kToChip, .bytes = 3});
}

TEST_F(CardFaultTest, ChipTakesNothingForAWhile) {
  ExpectErrorAndSafety({.kind = Fault::Kind::kSlow,
                        .nth = Random(10),
                        .endpoint = kToChip,
                        .wait = milliseconds(900)});
}

TEST_F(CardFaultTest, AnswersThatComeALittleLateAreNoFault) {
  EXPECT_EQ(RunWith({.kind = Fault::Kind::kSlow,
                     .nth = Random(60),
                     .endpoint = kFromChip,
                     .wait = milliseconds(5)}),
            "");
}

TEST_F(CardFaultTest, ALevelWithTooFewReadingsIsNoMeasurement) {
  const auto first = bench_.equipment->SelfTest("injector");
  ASSERT_TRUE(first.has_value()) << first.error().message;
  for (v1::Fixture& fixture : *bench_.loaded->message.mutable_fixtures()) {
    if (fixture.has_card_adc()) fixture.mutable_card_adc()->set_rate(10);
  }
  const Status opened = bench_.OpenAgain();
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  const auto measured = bench_.equipment->SelfTest("injector");
  ASSERT_FALSE(measured.has_value());
  EXPECT_EQ(measured.error().code, Code::kDataLoss);
  EXPECT_THAT(measured.error().message, HasSubstr("readings of a level"));
}

TEST_F(CardFaultTest, TheSelfTestStaysWithinWhatABoardWithoutPowerSurvives) {
  bench_.lab->bus().Locked([&] { bench_.lab->board().KeepOutputs(true); });
  const auto measured = bench_.equipment->SelfTest("injector");
  ASSERT_TRUE(measured.has_value()) << measured.error().message;
  for (const FixtureMeasurement& one : *measured) {
    if (one.quantity == HealthQuantity::kLoopBack) {
      EXPECT_LT(one.value, 2e-3);
    }
    // Readings come every 10 ms, and the levels' instants lie between them.
    if (one.quantity == HealthQuantity::kLatency) {
      EXPECT_GT(one.value, 0);
      EXPECT_LE(one.value, 10e-3);
    }
  }
  EXPECT_EQ(measured->size(), 4u);
  bench_.lab->bus().Locked([&] {
    const auto& outputs = bench_.lab->board().outputs();
    EXPECT_GT(outputs.size(), 20u);
    for (const auto& output : outputs) EXPECT_LE(output.volts, 0.5 + 1e-4);
  });
}

// A board without power draws its pins down; one with power does not.
TEST_F(CardFaultTest, AnOutputThatDiesIsAnErrorWhileTheBoardHasPower) {
  SampleInjector* injector = bench_.equipment->FindInjector("injector");
  const std::vector<double> volts(8, 1.28);
  std::vector<double> actual(8);
  ASSERT_TRUE(injector->Write(1, RunTime(), volts, actual).has_value());
  BenchClock& clock = bench_.equipment->clock();
  bench_.lab->bus().Locked([&] { bench_.lab->board().KillOutput(1); });
  ASSERT_TRUE(clock.AdvanceTo(RunTime(milliseconds(300))).has_value());
  ASSERT_TRUE(bench_.equipment->FindSupply("supply")->SetVoltage(5).has_value());
  Status advanced;
  for (int ms = 400; advanced && ms <= 3000; ms += 50) {
    advanced = clock.AdvanceTo(RunTime(milliseconds(ms)));
  }
  ASSERT_FALSE(advanced.has_value());
  EXPECT_EQ(advanced.error().code, Code::kDataLoss);
  EXPECT_THAT(advanced.error().message,
              AllOf(HasSubstr("fixture injector"), HasSubstr("output 1 reads back 0.0000 V")));
}

TEST_F(CardFaultTest, TheCardTellsHowLateItsOutputsWere) {
  EXPECT_TRUE(bench_.equipment->Remarks().empty());
  ASSERT_TRUE(bench_.equipment->clock().AdvanceTo(RunTime(milliseconds(1200))).has_value());
  const auto remarks = bench_.equipment->Remarks();
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_THAT(remarks[0], AllOf(HasSubstr("fixture card: outputs changed"), HasSubstr(" ppm off")));
}

// Another clock than the one asked for would count wrong; the chip divides 30 MHz.
TEST_F(CardFaultTest, AClockThatTheChipOrTheAdcHasNotIsRefused) {
  const auto error_at = [&](double hertz) {
    for (v1::Fixture& fixture : *bench_.loaded->message.mutable_fixtures()) {
      if (fixture.has_card()) fixture.mutable_card()->set_clock(hertz);
    }
    const Status opened = bench_.OpenAgain();
    return opened ? std::string("opened") : opened.error().message;
  };
  EXPECT_THAT(error_at(25e6), HasSubstr("expected 30 MHz divided by a whole number"));
  EXPECT_THAT(error_at(30e6), HasSubstr("expected 20 MHz at most, with an ADC"));
  EXPECT_EQ(error_at(15e6), "opened");
}

// Each request that opening makes, gone wrong: an error that names the fixture, or none of
// consequence; no hang.
TEST_F(CardFaultTest, OpeningMeetsAStall) {
  unsigned refused = 0;
  for (unsigned nth = 1; nth <= 12; ++nth) {
    bench_.equipment.reset();
    bench_.lab->bus().Schedule(bench_.lab->card(),
                               {.kind = Fault::Kind::kStall, .nth = nth, .endpoint = 0});
    const auto begun = std::chrono::steady_clock::now();
    const Status opened = bench_.OpenAgain();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(4));
    if (opened) continue;
    ++refused;
    EXPECT_THAT(opened.error().message, AllOf(HasSubstr("fixture card"), HasSubstr("RIG0001")));
  }
  EXPECT_GE(refused, 3u);
}

}  // namespace
}  // namespace rig

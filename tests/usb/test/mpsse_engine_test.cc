#include "tests/usb/mpsse_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rig::usb {
namespace {

using testing::ElementsAre;

// Notes every change, and drives its input as told.
class Recorder : public PinPeripheral {
 public:
  explicit Recorder(Pins watched = 0xffff) : watched_(watched) {}
  Pins watched() const override { return watched_; }
  void PinsChanged(Cycle at, Pins levels, Pins changed) override {
    changes.push_back({at, static_cast<Pins>(levels & changed), changed});
  }
  PinDrive Drive(Cycle at) override {
    return {drives, static_cast<Pins>(rises_at && at >= *rises_at ? 0xffff : drives_to)};
  }
  std::optional<Cycle> NextChange(Cycle at) override {
    return rises_at && *rises_at > at ? rises_at : std::nullopt;
  }
  struct Change {
    Cycle at;
    Pins levels;
    Pins changed;
    bool operator==(const Change&) const = default;
  };
  std::vector<Change> changes;
  Pins drives = 0;
  Pins drives_to = 0;
  std::optional<Cycle> rises_at;

 private:
  Pins watched_;
};

std::string Bytes(std::initializer_list<unsigned> values) {
  std::string bytes;
  for (const unsigned value : values) bytes += static_cast<char>(value);
  return bytes;
}

class MpsseEngineTest : public testing::Test {
 protected:
  MpsseEngineTest() {
    // 60 MHz without the divider, SK, DO, CS as outputs, all low.
    EXPECT_EQ(engine_.Feed(Bytes({0x8a, 0x80, 0x00, 0x0b})), 4U);
    engine_.AdvanceTo(Cycle{0});
  }
  std::string Run(const std::string& commands, Cycle cycles = 100'000) {
    EXPECT_EQ(engine_.Feed(commands), commands.size());
    engine_.AdvanceTo(engine_.now() + cycles);
    return engine_.Take(2000);
  }
  MpsseEngine engine_;
};

TEST_F(MpsseEngineTest, ClocksABitInTwoHalfPeriods) {
  Recorder pins(kSk | kDo);
  engine_.Attach(pins);
  // Two bits, most significant first, out on the falling edge; 60 MHz / (2 * (1 + 2)).
  Run(Bytes({0x86, 0x02, 0x00, 0x13, 0x01, 0x80}));
  EXPECT_THAT(pins.changes,
              ElementsAre(Recorder::Change{0, kDo, kDo}, Recorder::Change{3, kSk, kSk},
                          Recorder::Change{6, 0, kSk}, Recorder::Change{6, 0, kDo},
                          Recorder::Change{9, kSk, kSk}, Recorder::Change{12, 0, kSk}));
}

TEST_F(MpsseEngineTest, HoldsDataOnBothEdgesInThreePhases) {
  Recorder pins(kSk | kDo);
  engine_.Attach(pins);
  Run(Bytes({0x8c, 0x86, 0x02, 0x00, 0x13, 0x01, 0x80}));
  EXPECT_THAT(pins.changes,
              ElementsAre(Recorder::Change{0, kDo, kDo}, Recorder::Change{3, kSk, kSk},
                          Recorder::Change{6, 0, kSk}, Recorder::Change{9, 0, kDo},
                          Recorder::Change{12, kSk, kSk}, Recorder::Change{15, 0, kSk}));
}

TEST_F(MpsseEngineTest, DividesByFiveUntilToldNotTo) {
  Recorder pins(kSk);
  engine_.Attach(pins);
  Run(Bytes({0x8b, 0x8e, 0x00}));
  EXPECT_THAT(pins.changes,
              ElementsAre(Recorder::Change{5, kSk, kSk}, Recorder::Change{10, 0, kSk}));
}

TEST_F(MpsseEngineTest, ChangesDataOnTheRisingEdgeWhenAsked) {
  Recorder pins(kSk | kDo);
  engine_.Attach(pins);
  Run(Bytes({0x12, 0x00, 0x80}));
  EXPECT_THAT(pins.changes,
              ElementsAre(Recorder::Change{1, kSk, kSk}, Recorder::Change{1, kDo, kDo},
                          Recorder::Change{2, 0, kSk}));
}

TEST_F(MpsseEngineTest, ReadsBackWhatItWritesInLoopBack) {
  EXPECT_EQ(Run(Bytes({0x84, 0x31, 0x02, 0x00, 0xa5, 0x01, 0x80})), Bytes({0xa5, 0x01, 0x80}));
  EXPECT_EQ(Run(Bytes({0x39, 0x01, 0x00, 0xa5, 0x01})), Bytes({0xa5, 0x01}));
  // Bits: the most significant first come in from below, the least significant first from above.
  EXPECT_EQ(Run(Bytes({0x33, 0x02, 0xa0})), Bytes({0x05}));
  EXPECT_EQ(Run(Bytes({0x3b, 0x02, 0x05})), Bytes({0xa0}));
}

TEST_F(MpsseEngineTest, WritesTms) {
  Recorder pins(kDo | kCs);
  engine_.Attach(pins);
  Run(Bytes({0x4b, 0x02, 0x85}));
  EXPECT_THAT(pins.changes,
              ElementsAre(Recorder::Change{0, kDo, kDo}, Recorder::Change{0, kCs, kCs},
                          Recorder::Change{2, 0, kCs}, Recorder::Change{4, kCs, kCs}));
}

TEST_F(MpsseEngineTest, SetsAndReadsPins) {
  Recorder pins;
  pins.drives = kDi | AcBus(1);
  engine_.Attach(pins);
  EXPECT_EQ(Run(Bytes({0x80, 0x08, 0x0b, 0x82, 0x01, 0x01, 0x81, 0x83})), Bytes({0xf8, 0xfd}));
}

TEST_F(MpsseEngineTest, EchoesABadCommandAndGoesOn) {
  EXPECT_EQ(Run(Bytes({0xaa, 0xab, 0x81})), Bytes({0xfa, 0xaa, 0xfa, 0xab, 0xf4}));
  EXPECT_EQ(Run(Bytes({0x30, 0x35, 0x96, 0x90})),
            Bytes({0xfa, 0x30, 0xfa, 0x35, 0xfa, 0x96, 0xfa, 0x90}));
}

TEST_F(MpsseEngineTest, WaitsForAPin) {
  Recorder pins(0);
  pins.drives = kGpioL1;
  pins.rises_at = 7000;
  engine_.Attach(pins);
  EXPECT_EQ(Run(Bytes({0x88, 0x81}), 5000), "");
  engine_.AdvanceTo(Cycle{6999});
  EXPECT_EQ(engine_.results(), 0U);
  engine_.AdvanceTo(Cycle{7000});
  EXPECT_EQ(engine_.results(), 1U);
}

TEST_F(MpsseEngineTest, ClocksUntilAPinChanges) {
  Recorder pins(kSk);
  pins.drives = kGpioL1;
  pins.rises_at = 5;
  engine_.Attach(pins);
  Run(Bytes({0x94}));
  EXPECT_EQ(pins.changes.size(), 6U);  // begun at 0, 2 and 4
}

TEST_F(MpsseEngineTest, ClocksForNobodyInOneStepAndAsLong) {
  Recorder pins(kCs);
  engine_.Attach(pins);
  // 8 * 65536 clocks of 12 cycles; then CS rises.
  Run(Bytes({0x86, 0x05, 0x00, 0x8f, 0xff, 0xff, 0x80, 0x08, 0x0b}), 10'000'000);
  EXPECT_THAT(pins.changes, ElementsAre(Recorder::Change{8ULL * 65536 * 12, kCs, kCs}));
}

TEST_F(MpsseEngineTest, CountsWhatItWaitsForCommands) {
  Run(Bytes({0x8e, 0x07}), 100);  // 16 cycles
  EXPECT_EQ(engine_.idle(), 84U);
  Run(Bytes({0x11, 0x01, 0x00, 0xff}), 100);  // one byte of two
  EXPECT_EQ(engine_.idle(), 84U + 84U);
  EXPECT_EQ(engine_.stalled(), 0U);
}

TEST_F(MpsseEngineTest, WaitsForRoomForResults) {
  std::string reads(1024, static_cast<char>(0x81));
  EXPECT_EQ(engine_.Feed(reads), 1024U);
  engine_.AdvanceTo(Cycle{10});
  EXPECT_EQ(engine_.Feed(Bytes({0x81})), 1U);
  engine_.AdvanceTo(Cycle{60});
  EXPECT_EQ(engine_.results(), 1024U);
  EXPECT_EQ(engine_.stalled(), 50U);
  EXPECT_EQ(engine_.Take(1).size(), 1U);
  engine_.AdvanceTo(Cycle{61});
  EXPECT_EQ(engine_.pending_commands(), 0U);
}

TEST_F(MpsseEngineTest, TakesWhatItsFifoHolds) {
  EXPECT_EQ(engine_.Feed(std::string(2000, static_cast<char>(0x87))), 1024U);
}

TEST_F(MpsseEngineTest, TakesItsTimeForEachCommand) {
  MpsseEngine engine({.cycles_per_command = 6});
  Recorder pins(kSk);
  engine.Attach(pins);
  engine.Feed(Bytes({0x8a, 0x80, 0x00, 0x0b, 0x8e, 0x00}));
  engine.AdvanceTo(Cycle{100});
  EXPECT_THAT(pins.changes,
              ElementsAre(Recorder::Change{12, 0, kSk}, Recorder::Change{19, kSk, kSk},
                          Recorder::Change{20, 0, kSk}));
}

TEST(MpsseEngineTimeTest, DoesTheSameHoweverItsTimeIsDivided) {
  const auto run = [](Cycle step) {
    MpsseEngine engine({.cycles_per_command = 3});
    Recorder pins;
    engine.Attach(pins);
    engine.Feed(Bytes({0x8a, 0x80, 0x00, 0x0b, 0x31, 0x03, 0x00, 1, 2, 3,    4,    0x8c,
                       0x86, 5,    0,    0x13, 6,    0x55, 0x8f, 2, 0, 0x80, 0x08, 0x0b}));
    for (Cycle t = 0; t <= 2000; t += step) engine.AdvanceTo(t);
    return std::pair(pins.changes, engine.Take(100));
  };
  const auto whole = run(2000);
  EXPECT_GT(whole.first.size(), 50U);
  EXPECT_EQ(run(1), whole);
  EXPECT_EQ(run(7), whole);
}

TEST(MpsseEngineTimeTest, ItsCyclesAreRunTimes) {
  EXPECT_EQ(TimeOf(60'000'000), AtNanoseconds(1'000'000'000));
  EXPECT_EQ(TimeOf(1), AtNanoseconds(16));
  EXPECT_EQ(CycleAt(AtNanoseconds(17)), 1U);
  EXPECT_EQ(CycleAt(AtNanoseconds(16)), 0U);
}

}  // namespace
}  // namespace rig::usb

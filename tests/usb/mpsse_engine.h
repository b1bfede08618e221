#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/usb/pin_peripheral.h"

namespace rig::usb {

// The Multi-Protocol Synchronous Serial Engine of an FT232H or FT2232H, without its USB: commands
// (FTDI AN_108, AN_135) in, results out, pins. It runs on a clock of its own; what it does depends
// on the commands and when they came, never on how its time is divided into calls of AdvanceTo.
//
// It takes commands out of a FIFO of 1 KB, as they come, and waits when it is empty; results go to
// another of 1 KB, and it waits when that is full. Time passes while it clocks (two half periods a
// bit, three in 3-phase mode) and, as FTDI does not publish how long it takes to decode a command,
// for `cycles_per_command` before each; nothing else takes time.
//
// A bit, from its begin: data that changes on the edge that ends a clock pulse is put out at once,
// the pulse's first edge comes half a period later, its second after another half. SK rests at the
// level which commands 0x80 gave it. Input is sampled before the edge.
//
// Not emulated: adaptive clocking (0x96 is answered as a bad command, as is the CPU mode), and
// glitches of pins between two commands.
class MpsseEngine {
 public:
  struct Options {
    Cycle cycles_per_command = 0;
    std::size_t command_room = 1024;
    std::size_t result_room = 1024;
  };
  MpsseEngine() : MpsseEngine(Options()) {}
  explicit MpsseEngine(const Options& options) : options_(options) {}

  // For as long as the engine lives.
  void Attach(PinPeripheral& peripheral) { peripherals_.push_back(&peripheral); }
  // These pins are connected outside: for I2C, DO and DI are SDA.
  void Tie(Pins pins) { ties_.push_back(pins); }

  // As after power on: pins are inputs, 60 MHz divided by five, FIFOs empty. Time goes on.
  void Reset();
  // Empties the FIFOs; a command that waits for more bytes is forgotten.
  void PurgeCommands();
  void PurgeResults() { results_.clear(); }

  // How many of the bytes the FIFO had room for. They are there from now().
  std::size_t Feed(std::string_view commands);
  void AdvanceTo(Cycle t);
  void AdvanceTo(RunTime t) { AdvanceTo(CycleAt(t)); }
  Cycle now() const { return now_; }
  // Takes at most so many results.
  std::string Take(std::size_t most);
  std::size_t results() const { return results_.size(); }
  // Whether a "send immediate" (0x87) came since the last call.
  bool TakeSendImmediate();

  // Levels of all pins now.
  Pins levels();
  // Cycles it waited for commands, and for room for results, since it began.
  Cycle idle() const { return idle_; }
  Cycle stalled() const { return stalled_; }
  // Commands it began since it began, bad ones included.
  std::uint64_t commands() const { return executed_; }
  std::size_t pending_commands() const { return commands_.size(); }

 private:
  // A command that clocks, as far as it is.
  struct Shift {
    std::uint8_t opcode;      // says edges, order and direction; 0 clocks alone
    std::uint64_t bits;       // left
    unsigned in_byte = 0;     // bits left of the byte at hand; 0: the next one is to be fetched
    std::uint8_t out = 0;     // bits to put out
    std::uint8_t in = 0;      // bits read
    bool rests_high = false;  // SK
    unsigned phase = 0;       // of the bit: 0 begin, 1 first edge, 2 second, 3 end
    std::optional<bool> until = {};  // the level of GPIOL1 that ends it
  };
  // How a step went: done, or what it waits for.
  enum class Step { kDone, kNeedsCommands, kNeedsRoom, kNeedsPin };
  Step Run();
  Step Execute();
  Step StartShift(std::uint8_t opcode);
  Step StartClocks(std::uint8_t opcode);
  void SetUp(std::uint8_t opcode);
  Step RunShift();
  Step FetchByte();
  void RunPhase();
  void PutBit();
  void ReadBit();
  void EndBit();
  Step WaitForPin(bool high);
  void Wait(Step why, Cycle t);
  Cycle HalfPeriod() const { return (divisor_ + Cycle{1}) * (divides_by_five_ ? 5 : 1); }
  bool Has(std::size_t bytes) const { return commands_.size() >= bytes; }
  std::size_t Word(std::size_t at) const { return commands_[at] | commands_[at + 1] << 8; }
  void Drop(std::size_t bytes);
  void Drive(Pins pins, bool high);
  void Announce();
  Pins Levels(bool with_peripherals);
  Pins Watched() const;

  const Options options_;
  std::vector<PinPeripheral*> peripherals_;
  std::vector<Pins> ties_;
  std::deque<std::uint8_t> commands_;
  std::deque<std::uint8_t> results_;
  bool send_immediate_ = false;

  Cycle now_ = 0;
  Cycle due_ = 0;  // when what is going on goes on
  bool decoding_ = false;
  std::optional<Shift> shift_;
  Pins values_ = 0;
  Pins outputs_ = 0;
  Pins announced_ = 0xffff;  // levels
  bool divides_by_five_ = true;
  bool three_phase_ = false;
  bool loopback_ = false;
  std::uint16_t divisor_ = 0;

  Cycle idle_ = 0;
  Cycle stalled_ = 0;
  std::uint64_t executed_ = 0;
};

}  // namespace rig::usb

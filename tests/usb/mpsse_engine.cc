#include "tests/usb/mpsse_engine.h"

#include <algorithm>
#include <utility>

namespace rig::usb {
namespace {

// Bits of a shift command's opcode (AN_108, 3.2).
enum Flag : std::uint8_t {
  kWriteFalling = 0x01,
  kBitMode = 0x02,
  kReadFalling = 0x04,
  kLsbFirst = 0x08,
  kWrites = 0x10,
  kReads = 0x20,
  kWritesTms = 0x40,
};

// Those of AN_108's tables: data is read on the edge on which it is not written.
bool IsShift(std::uint8_t opcode) {
  const bool reads = (opcode & kReads) != 0;
  if ((opcode & kWritesTms) != 0) {
    return (opcode & 0xda) == 0x4a && (reads || (opcode & kReadFalling) == 0);
  }
  if (opcode < 0x10 || opcode > 0x3f) return false;
  if ((opcode & kWrites) == 0) return (opcode & kWriteFalling) == 0;
  if (!reads) return (opcode & kReadFalling) == 0;
  return ((opcode & kWriteFalling) != 0) != ((opcode & kReadFalling) != 0);
}

// How many bytes a command that does not shift has in all; 0: there is no such command.
std::size_t LengthOf(std::uint8_t opcode) {
  switch (opcode) {
    case 0x80:
    case 0x82:
    case 0x86:
    case 0x8f:
    case 0x9c:
    case 0x9d:
    case 0x9e:
      return 3;
    case 0x8e:
      return 2;
    case 0x81:
    case 0x83:
    case 0x84:
    case 0x85:
    case 0x87:
    case 0x88:
    case 0x89:
    case 0x8a:
    case 0x8b:
    case 0x8c:
    case 0x8d:
    case 0x94:
    case 0x95:
    case 0x97:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

void MpsseEngine::Reset() {
  PurgeCommands();
  PurgeResults();
  values_ = outputs_ = 0;
  divides_by_five_ = true;
  three_phase_ = loopback_ = send_immediate_ = false;
  divisor_ = 0;
  due_ = now_;
  Announce();
}

void MpsseEngine::PurgeCommands() {
  commands_.clear();
  decoding_ = false;
  if (shift_ && shift_->phase > 0) Drive(kSk, shift_->rests_high);
  shift_.reset();
  due_ = now_;
}

std::size_t MpsseEngine::Feed(std::string_view commands) {
  const std::size_t taken = std::min(commands.size(), options_.command_room - commands_.size());
  commands_.insert(commands_.end(), commands.begin(),
                   commands.begin() + static_cast<std::ptrdiff_t>(taken));
  return taken;
}

std::string MpsseEngine::Take(std::size_t most) {
  const auto end = results_.begin() + static_cast<std::ptrdiff_t>(std::min(most, results_.size()));
  std::string taken(results_.begin(), end);
  results_.erase(results_.begin(), end);
  return taken;
}

bool MpsseEngine::TakeSendImmediate() { return std::exchange(send_immediate_, false); }

Pins MpsseEngine::levels() { return Levels(true); }

void MpsseEngine::AdvanceTo(Cycle t) {
  while (now_ <= t && due_ <= t) {
    now_ = std::max(now_, due_);
    const Step step = Run();
    if (step == Step::kDone) continue;
    if (step != Step::kNeedsPin) return Wait(step, t);
    std::optional<Cycle> next;
    for (PinPeripheral* peripheral : peripherals_) {
      const std::optional<Cycle> change = peripheral->NextChange(now_);
      if (change && (!next || *change < *next)) next = change;
    }
    if (!next || *next > t) return Wait(step, t);
    due_ = std::max(*next, now_ + 1);
  }
  now_ = std::max(now_, t);
}

void MpsseEngine::Wait(Step why, Cycle t) {
  if (why == Step::kNeedsCommands) idle_ += t - now_;
  if (why == Step::kNeedsRoom) stalled_ += t - now_;
  now_ = t;
}

MpsseEngine::Step MpsseEngine::Run() {
  if (shift_) return RunShift();
  if (!decoding_) {
    if (!Has(1)) return Step::kNeedsCommands;
    decoding_ = true;
    ++executed_;
    due_ = now_ + options_.cycles_per_command;
    if (due_ > now_) return Step::kDone;
  }
  const Step step = Execute();
  if (step == Step::kDone) decoding_ = false;
  return step;
}

void MpsseEngine::Drop(std::size_t bytes) {
  commands_.erase(commands_.begin(), commands_.begin() + static_cast<std::ptrdiff_t>(bytes));
}

MpsseEngine::Step MpsseEngine::Execute() {
  const std::uint8_t opcode = commands_.front();
  if (IsShift(opcode)) return StartShift(opcode);
  const std::size_t length = LengthOf(opcode);
  if (length == 0) {
    if (results_.size() + 2 > options_.result_room) return Step::kNeedsRoom;
    Drop(1);
    results_.push_back(0xfa);
    results_.push_back(opcode);
    return Step::kDone;
  }
  if (!Has(length)) return Step::kNeedsCommands;
  switch (opcode) {
    case 0x81:
    case 0x83:
      if (results_.size() >= options_.result_room) return Step::kNeedsRoom;
      results_.push_back(
          static_cast<std::uint8_t>(opcode == 0x81 ? Levels(true) : Levels(true) >> 8));
      break;
    case 0x88:
    case 0x89:
      if (WaitForPin(opcode == 0x88) == Step::kNeedsPin) return Step::kNeedsPin;
      break;
    case 0x8e:
    case 0x8f:
    case 0x94:
    case 0x95:
    case 0x9c:
    case 0x9d:
      return StartClocks(opcode);
    default:
      SetUp(opcode);
  }
  Drop(length);
  return Step::kDone;
}

// Commands that take no time.
void MpsseEngine::SetUp(std::uint8_t opcode) {
  const auto half = [&](Pins& pins, std::uint8_t byte) {
    pins = static_cast<Pins>(opcode == 0x80 ? (pins & 0xff00) | byte : (pins & 0x00ff) | byte << 8);
  };
  switch (opcode) {
    case 0x80:
    case 0x82:
      half(values_, commands_[1]);
      half(outputs_, commands_[2]);
      return Announce();
    case 0x84:
    case 0x85:
      loopback_ = opcode == 0x84;
      return;
    case 0x86:
      divisor_ = static_cast<std::uint16_t>(Word(1));
      return;
    case 0x87:
      send_immediate_ = true;
      return;
    case 0x8a:
    case 0x8b:
      divides_by_five_ = opcode == 0x8b;
      return;
    case 0x8c:
    case 0x8d:
      three_phase_ = opcode == 0x8c;
      return;
    case 0x9e:
    case 0x97:
    default:
      // Open drain or not is the same here, where low wins; adaptive clocking is off as ever.
      return;
  }
}

MpsseEngine::Step MpsseEngine::StartShift(std::uint8_t opcode) {
  const bool by_bits = (opcode & kBitMode) != 0;
  const std::size_t length = by_bits ? 2 : 3;
  if (!Has(length)) return Step::kNeedsCommands;
  Shift shift{opcode, by_bits ? (commands_[1] & 7U) + 1U : 8 * (Word(1) + std::uint64_t{1})};
  shift.rests_high = (values_ & kSk) != 0;
  Drop(length);
  shift_ = shift;
  due_ = now_;
  return Step::kDone;
}

MpsseEngine::Step MpsseEngine::StartClocks(std::uint8_t opcode) {
  Shift shift{0, 0};
  shift.rests_high = (values_ & kSk) != 0;
  switch (opcode) {
    case 0x8e:
      shift.bits = (commands_[1] & 7U) + 1U;
      break;
    case 0x94:
    case 0x95:
      shift.bits = ~std::uint64_t{0};
      shift.until = opcode == 0x94;
      break;
    default:
      shift.bits = 8 * (Word(1) + std::uint64_t{1});
      if (opcode != 0x8f) shift.until = opcode == 0x9c;
  }
  Drop(LengthOf(opcode));
  shift_ = shift;
  due_ = now_;
  return Step::kDone;
}

MpsseEngine::Step MpsseEngine::WaitForPin(bool high) {
  return ((Levels(true) & kGpioL1) != 0) == high ? Step::kDone : Step::kNeedsPin;
}

MpsseEngine::Step MpsseEngine::RunShift() {
  Shift& shift = *shift_;
  if (shift.phase == 0) {
    const bool ends = shift.bits == 0 || (shift.until && WaitForPin(*shift.until) == Step::kDone);
    if (ends) {
      shift_.reset();
      return Step::kDone;
    }
    if (shift.opcode == 0 && !shift.until && (Watched() & kSk) == 0) {
      due_ = now_ + shift.bits * (three_phase_ ? 3 : 2) * HalfPeriod();
      shift.bits = 0;
      return Step::kDone;
    }
    if (shift.in_byte == 0 && shift.opcode != 0) {
      const Step step = FetchByte();
      if (step != Step::kDone) return step;
    }
  }
  RunPhase();
  return Step::kDone;
}

MpsseEngine::Step MpsseEngine::FetchByte() {
  Shift& shift = *shift_;
  if ((shift.opcode & kReads) != 0 && results_.size() >= options_.result_room) {
    return Step::kNeedsRoom;
  }
  if ((shift.opcode & (kWrites | kWritesTms)) != 0) {
    if (!Has(1)) return Step::kNeedsCommands;
    shift.out = commands_.front();
    Drop(1);
    if ((shift.opcode & kWritesTms) != 0) Drive(kDo, (shift.out & 0x80) != 0);
  }
  shift.in_byte = static_cast<unsigned>(std::min<std::uint64_t>(8, shift.bits));
  shift.in = 0;
  return Step::kDone;
}

void MpsseEngine::RunPhase() {
  Shift& shift = *shift_;
  const bool writes_first = ((shift.opcode & kWriteFalling) != 0) == shift.rests_high;
  const bool reads_first = ((shift.opcode & kReadFalling) != 0) == shift.rests_high;
  switch (shift.phase) {
    case 0:
      if (!writes_first) PutBit();
      break;
    case 1:
      if (reads_first) ReadBit();
      Drive(kSk, !shift.rests_high);
      if (writes_first) PutBit();
      break;
    case 2:
      if (!reads_first) ReadBit();
      Drive(kSk, shift.rests_high);
      if (!three_phase_) return EndBit();
      break;
    default:
      return EndBit();
  }
  ++shift.phase;
  due_ = now_ + HalfPeriod();
}

void MpsseEngine::PutBit() {
  Shift& shift = *shift_;
  if ((shift.opcode & (kWrites | kWritesTms)) == 0) return;
  const bool lsb_first = (shift.opcode & (kLsbFirst | kWritesTms)) != 0;
  const bool bit = (shift.out & (lsb_first ? 0x01 : 0x80)) != 0;
  shift.out = static_cast<std::uint8_t>(lsb_first ? shift.out >> 1 : shift.out << 1);
  Drive((shift.opcode & kWritesTms) != 0 ? kCs : kDo, bit);
}

void MpsseEngine::ReadBit() {
  Shift& shift = *shift_;
  if ((shift.opcode & kReads) == 0) return;
  const Pins from = loopback_ ? kDo : kDi;
  const bool bit = ((loopback_ ? values_ : Levels(true)) & from) != 0;
  const bool lsb_first = (shift.opcode & (kLsbFirst | kWritesTms)) != 0;
  shift.in = static_cast<std::uint8_t>(lsb_first ? shift.in >> 1 | (bit ? 0x80 : 0)
                                                 : shift.in << 1 | (bit ? 1 : 0));
}

void MpsseEngine::EndBit() {
  Shift& shift = *shift_;
  shift.phase = 0;
  --shift.bits;
  if (shift.opcode == 0 || --shift.in_byte > 0) return;
  if ((shift.opcode & kReads) != 0) results_.push_back(shift.in);
}

void MpsseEngine::Drive(Pins pins, bool high) {
  values_ = static_cast<Pins>(high ? values_ | pins : values_ & ~pins);
  Announce();
}

Pins MpsseEngine::Levels(bool with_peripherals) {
  auto low = static_cast<Pins>(outputs_ & ~values_);
  if (with_peripherals) {
    for (PinPeripheral* peripheral : peripherals_) {
      const PinDrive drive = peripheral->Drive(now_);
      low |= static_cast<Pins>(drive.driven & ~drive.levels);
    }
    for (const Pins tied : ties_) {
      if ((low & tied) != 0) low |= tied;
    }
  }
  return static_cast<Pins>(~low);
}

Pins MpsseEngine::Watched() const {
  Pins watched = 0;
  for (const PinPeripheral* peripheral : peripherals_) watched |= peripheral->watched();
  return watched;
}

void MpsseEngine::Announce() {
  const Pins levels = Levels(!ties_.empty());
  const auto changed = static_cast<Pins>(levels ^ announced_);
  if (changed == 0) return;
  announced_ = levels;
  for (PinPeripheral* peripheral : peripherals_) {
    const auto told = static_cast<Pins>(changed & peripheral->watched());
    if (told != 0) peripheral->PinsChanged(now_, levels, told);
  }
}

}  // namespace rig::usb

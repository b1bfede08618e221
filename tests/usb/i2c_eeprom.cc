#include "tests/usb/i2c_eeprom.h"

namespace rig::usb {

PinDrive I2cEeprom::Drive(Cycle) { return {static_cast<Pins>(pulls_ ? kDo | kDi : 0), 0}; }

void I2cEeprom::PinsChanged(Cycle at, Pins levels, Pins changed) {
  const bool scl = (levels & kSk) != 0;
  const bool sda = (levels & kDo) != 0;
  if ((changed & kSk) == 0) {
    // SDA alone, while the clock is high: a condition of the bus.
    if (scl) return sda ? Stop(at) : Start();
    return;
  }
  if (scl) {
    ClockRises(sda);
  } else {
    ClockFalls(at);
  }
}

void I2cEeprom::Start() {
  state_ = State::kAddress;
  counts_ = false;
  bit_ = 0;
  shift_ = 0;
  pulls_ = false;
  page_.clear();
}

// The bytes of a page are written when the host ends with a stop.
void I2cEeprom::Stop(Cycle at) {
  state_ = State::kIdle;
  pulls_ = false;
  if (page_.empty()) return;
  const std::size_t page = pointer_ / options_.page * options_.page;
  for (const char byte : page_) {
    memory_[pointer_] = byte;
    pointer_ = page + (pointer_ + 1) % options_.page;
  }
  page_.clear();
  busy_until_ = at + options_.write_cycles;
}

void I2cEeprom::ClockRises(bool sda) {
  if (state_ == State::kIdle) return;
  if (bit_ == 8) {
    acknowledged_ = !sda;
  } else if (state_ != State::kSend) {
    shift_ = static_cast<std::uint8_t>(shift_ << 1 | (sda ? 1 : 0));
  }
}

void I2cEeprom::ClockFalls(Cycle at) {
  if (state_ == State::kIdle) return;
  // The first fall of a transfer is that of its start.
  if (!counts_) {
    counts_ = true;
    return;
  }
  if (++bit_ == 8) {
    pulls_ = state_ != State::kSend && Accept(at);
    if (state_ != State::kSend && !pulls_) state_ = State::kIdle;
    return;
  }
  if (bit_ < 8) {
    if (state_ == State::kSend) pulls_ = (shift_ << bit_ & 0x80) == 0;
    return;
  }
  bit_ = 0;
  pulls_ = false;
  if (state_ == State::kSend && !acknowledged_) {
    state_ = State::kIdle;
    return;
  }
  if (state_ == State::kAddress) state_ = (shift_ & 1) != 0 ? State::kSend : State::kReceive;
  if (state_ == State::kSend) LoadNext();
  if (state_ == State::kReceive) shift_ = 0;
}

// Whether it acknowledges the byte that came.
bool I2cEeprom::Accept(Cycle at) {
  if (state_ == State::kAddress) {
    header_ = (shift_ & 1) != 0 ? 2 : 0;
    return shift_ >> 1 == options_.address && at >= busy_until_;
  }
  if (header_ < 2) {
    pointer_ = (header_ == 0 ? shift_ * std::size_t{256} : pointer_ + shift_) % memory_.size();
    ++header_;
    return true;
  }
  page_ += static_cast<char>(shift_);
  return true;
}

void I2cEeprom::LoadNext() {
  shift_ = static_cast<std::uint8_t>(memory_[pointer_]);
  pointer_ = (pointer_ + 1) % memory_.size();
  pulls_ = (shift_ & 0x80) == 0;
}

}  // namespace rig::usb

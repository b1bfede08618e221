#include "tests/card/hardware/card_hardware.h"

#include <algorithm>
#include <cmath>

#include "tests/usb/mpsse_engine.h"

namespace rig::usb {
namespace {

// fixtures/card/README.md, "Pins".
constexpr Pins kDacSync = 1 << 3;
constexpr Pins kAdcSelect = 1 << 4;
constexpr Pins kLoad = 1 << 5;
constexpr Pins kLatch = 1 << 6;
constexpr Cycle kSafetyTimer = kCyclesPerSecond / 10;

bool Fell(Pins levels, Pins changed, Pins pin) {
  return (changed & pin) != 0 && (levels & pin) == 0;
}
bool Rose(Pins levels, Pins changed, Pins pin) {
  return (changed & pin) != 0 && (levels & pin) != 0;
}

}  // namespace

Pins Ad5668::watched() const { return selected_ ? kDacSync | kSk : kDacSync; }

void Ad5668::PinsChanged(Cycle at, Pins levels, Pins changed) {
  if (Fell(levels, changed, kDacSync)) {
    selected_ = true;
    bits_ = 0;
    word_ = 0;
    return;
  }
  if (Rose(levels, changed, kDacSync)) {
    if (selected_ && bits_ != 0 && bits_ < 32) ++mistakes_;
    selected_ = false;
    return;
  }
  if (!selected_ || !Fell(levels, changed, kSk) || bits_ >= 32) return;
  word_ = word_ << 1 | ((levels & kDo) != 0 ? 1U : 0U);
  if (++bits_ == 32) Execute(at);
}

void Ad5668::Execute(Cycle at) {
  const unsigned command = word_ >> 24 & 0xf;
  const unsigned address = word_ >> 20 & 0xf;
  const auto data = static_cast<std::uint16_t>(word_ >> 4 & 0xffff);
  if (command == 0x8) {
    reference_ = (word_ & 1) != 0;
    return;
  }
  if (command > 3 || (address > 7 && address != 0xf)) {
    ++mistakes_;
    return;
  }
  for (unsigned i = 0; i < 8; ++i) {
    if (address != i && address != 0xf) continue;
    if (command != 1) input_[i] = data;
    if (command == 1 || command == 3) Put(at, i);
  }
  for (unsigned i = 0; command == 2 && i < 8; ++i) Put(at, i);
}

void Ad5668::Put(Cycle at, unsigned channel) {
  if (out_[channel] == input_[channel]) return;
  out_[channel] = input_[channel];
  output_(at, channel, input_[channel]);
}

void Ad5668::Clear(Cycle at) {
  for (unsigned i = 0; i < 8; ++i) {
    input_[i] = 0;
    Put(at, i);
  }
}

Pins Ad7928::watched() const { return selected_ ? kAdcSelect | kSk : kAdcSelect; }

void Ad7928::PinsChanged(Cycle at, Pins levels, Pins changed) {
  if (Fell(levels, changed, kAdcSelect)) {
    selected_ = true;
    bits_ = 0;
    control_ = 0;
    const double code = std::floor(input_(at, channel_) / 5 * 4096);
    // Before its two dummy conversions nothing it says is good.
    const unsigned value =
        conversions_ < 2 ? 0xfff : static_cast<unsigned>(std::clamp(code, 0.0, 4095.0));
    result_ = static_cast<std::uint16_t>(channel_ << 12 | value);
    return;
  }
  if (Rose(levels, changed, kAdcSelect)) {
    selected_ = false;
    ++conversions_;
    const bool write = bits_ >= 12 && (control_ & 0x800) != 0;
    if (write) channel_ = control_ >> 6 & 0x7;
    return;
  }
  if (!selected_ || !Fell(levels, changed, kSk)) return;
  if (bits_ < 12)
    control_ = static_cast<std::uint16_t>(control_ << 1 | ((levels & kDo) != 0 ? 1 : 0));
  ++bits_;
}

PinDrive Ad7928::Drive(Cycle) {
  if (!selected_ || bits_ > 15) return {};
  const bool high = (result_ >> (15 - bits_) & 1) != 0;
  return {kDi, high ? kDi : Pins{0}};
}

Pins CounterChain::watched() const {
  return left_ > 0 ? kAdcSelect | kLoad | kSk : kAdcSelect | kLoad;
}

void CounterChain::PinsChanged(Cycle at, Pins levels, Pins changed) {
  adc_selected_ = (levels & kAdcSelect) == 0;
  loading_ = (levels & kLoad) == 0;
  if (Fell(levels, changed, kLoad)) {
    // The clock falls half a count after each count.
    const double rate = (1 + ppm_ * 1e-6) / 60;
    const double count = std::floor(static_cast<double>(at) * rate + 0.5);
    before_ = latch_;
    latch_ = static_cast<std::uint16_t>(static_cast<std::uint64_t>(count) & 0xffff);
    latched_at_ = static_cast<Cycle>(std::ceil((count + 0.5) / rate));
    left_ = 16;
    last_load_ = at;
  }
  if (Rose(levels, changed, kLoad)) {
    if (at < latched_at_) latch_ = before_;
    shift_ = latch_;
  }
  if (loading_ || left_ == 0 || !Rose(levels, changed, kSk)) return;
  shift_ = static_cast<std::uint16_t>(shift_ << 1);
  --left_;
}

PinDrive CounterChain::Drive(Cycle) {
  if (adc_selected_) return {};
  return {kDi, (shift_ & 0x8000) != 0 ? kDi : Pins{0}};
}

Pins LineChain::watched() const { return shifting_ ? kLatch | kSk : kLatch; }

// What was shifted before RCLK fell is pushed out by the 16 bits that follow.
void LineChain::PinsChanged(Cycle at, Pins levels, Pins changed) {
  if (Fell(levels, changed, kLatch)) {
    // The chip shifts out for the rising edge only from a clock that rests low.
    if ((levels & kSk) != 0) ++mistakes_;
    shifting_ = true;
    bits_ = 0;
    return;
  }
  if (Rose(levels, changed, kLatch)) {
    if (!shifting_) return;  // the first level after power-on
    shifting_ = false;
    if (bits_ < 16) ++mistakes_;
    output_(at, shift_);
    return;
  }
  if (!shifting_ || !Rose(levels, changed, kSk)) return;
  shift_ = static_cast<std::uint16_t>(shift_ << 1 | ((levels & kDo) != 0 ? 1 : 0));
  ++bits_;
}

PinDrive DigitalInputs::Drive(Cycle at) { return {0xff00, static_cast<Pins>(input_(at) << 8)}; }

CardHardware::CardHardware(CardSurroundings& surroundings, double counter_ppm)
    : surroundings_(surroundings),
      dac_([this](Cycle at, unsigned channel, std::uint16_t code) {
        surroundings_.OnDac(at, channel, code * 5.0 / 65536);
      }),
      adc_([this](Cycle at, unsigned channel) { return surroundings_.Analog(at, channel); }),
      counter_(counter_ppm),
      lines_([this](Cycle at, std::uint16_t levels) {
        levels_ = levels;
        surroundings_.OnLines(at, levels, safe_);
      }),
      inputs_([this](Cycle at) { return surroundings_.Inputs(at); }) {}

void CardHardware::AttachTo(MpsseEngine& engine) {
  for (PinPeripheral* part :
       std::initializer_list<PinPeripheral*>{&dac_, &adc_, &counter_, &lines_, &inputs_}) {
    engine.Attach(*part);
  }
}

void CardHardware::AdvanceTo(Cycle t) {
  const bool fed = counter_.last_load() > 0 && t < counter_.last_load() + kSafetyTimer;
  if (fed != safe_) return;
  safe_ = !fed;
  surroundings_.OnLines(t, levels_, safe_);
  if (safe_) dac_.Clear(t);
}

}  // namespace rig::usb

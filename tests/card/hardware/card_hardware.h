#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "tests/usb/pin_peripheral.h"

// The parts of the injection and capture card on the pins of an MPSSE engine, written after their
// data sheets and fixtures/card/README.md, not after the driver.
namespace rig::usb {

// AD5668: 8 DACs of 16 bits, internal reference doubled: 0 V to 5 V. A word of 32 bits is taken
// with its last falling edge of SCLK.
class Ad5668 : public PinPeripheral {
 public:
  // `output`: told of each change of an output.
  explicit Ad5668(std::function<void(Cycle at, unsigned channel, std::uint16_t code)> output)
      : output_(std::move(output)) {}
  Pins watched() const override;
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle) override { return {}; }
  // Its CLR input: all outputs to 0 V.
  void Clear(Cycle at);
  bool reference_on() const { return reference_; }
  // Words that were cut short or ask for what it does not have.
  unsigned mistakes() const { return mistakes_; }

 private:
  void Execute(Cycle at);
  void Put(Cycle at, unsigned channel);

  std::function<void(Cycle, unsigned, std::uint16_t)> output_;
  bool selected_ = false;
  unsigned bits_ = 0;
  std::uint32_t word_ = 0;
  std::array<std::uint16_t, 8> input_{};
  std::array<int, 8> out_{-1, -1, -1, -1, -1, -1, -1, -1};
  bool reference_ = false;
  unsigned mistakes_ = 0;
};

// AD7928: 8 inputs, 12 bits, 0 V to 5 V. Converts the channel that the transfer before asked for,
// as it is when CS falls.
class Ad7928 : public PinPeripheral {
 public:
  explicit Ad7928(std::function<double(Cycle at, unsigned channel)> input)
      : input_(std::move(input)) {}
  Pins watched() const override;
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle) override;

 private:
  std::function<double(Cycle, unsigned)> input_;
  bool selected_ = false;
  unsigned bits_ = 0;
  std::uint16_t control_ = 0;
  std::uint16_t result_ = 0;
  unsigned channel_ = 0;
  unsigned conversions_ = 0;  // since power-up
};

// Two 74HC590 counting 1 MHz of their own crystal, latched by its next falling edge while LOAD is
// low, in front of two 74HC165, whose output is on MISO while the ADC is not selected. What is not
// latched in time stays as it was.
class CounterChain : public PinPeripheral {
 public:
  // `ppm`: by how much its crystal runs fast.
  explicit CounterChain(double ppm) : ppm_(ppm) {}
  Pins watched() const override;
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle) override;
  Cycle last_load() const { return last_load_; }

 private:
  double ppm_;
  bool adc_selected_ = false;
  bool loading_ = false;
  unsigned left_ = 0;  // bits to shift
  std::uint16_t shift_ = 0;
  std::uint16_t latch_ = 0;
  std::uint16_t before_ = 0;  // the latch's value before the last load
  Cycle latched_at_ = 0;
  Cycle last_load_ = 0;
};

// Two 74HC595: 16 lines, taken with the rising edge of RCLK.
class LineChain : public PinPeripheral {
 public:
  explicit LineChain(std::function<void(Cycle at, std::uint16_t levels)> output)
      : output_(std::move(output)) {}
  Pins watched() const override;
  void PinsChanged(Cycle at, Pins levels, Pins changed) override;
  PinDrive Drive(Cycle) override { return {}; }
  unsigned mistakes() const { return mistakes_; }

 private:
  std::function<void(Cycle, std::uint16_t)> output_;
  bool shifting_ = false;
  unsigned bits_ = 0;
  std::uint16_t shift_ = 0;
  unsigned mistakes_ = 0;
};

// ACBUS: what the board's outputs drive.
class DigitalInputs : public PinPeripheral {
 public:
  explicit DigitalInputs(std::function<std::uint8_t(Cycle at)> input) : input_(std::move(input)) {}
  Pins watched() const override { return 0; }
  void PinsChanged(Cycle, Pins, Pins) override {}
  PinDrive Drive(Cycle at) override;

 private:
  std::function<std::uint8_t(Cycle)> input_;
};

// What the card is connected to. Times never go back from one call to the next.
class CardSurroundings {
 public:
  virtual ~CardSurroundings() = default;
  virtual void OnDac(Cycle at, unsigned channel, double volts) = 0;
  // `released`: the safety timer has let the lines go.
  virtual void OnLines(Cycle at, std::uint16_t levels, bool released) = 0;
  virtual std::uint8_t Inputs(Cycle at) = 0;
  virtual double Analog(Cycle at, unsigned channel) = 0;
};

class MpsseEngine;

// The whole card, to be attached to an engine.
class CardHardware {
 public:
  CardHardware(CardSurroundings& surroundings, double counter_ppm = 0);
  void AttachTo(MpsseEngine& engine);
  // The safety timer's part: to be called now and then, with the engine's time.
  void AdvanceTo(Cycle t);
  bool safe() const { return safe_; }
  unsigned mistakes() const { return dac_.mistakes() + lines_.mistakes(); }
  bool reference_on() const { return dac_.reference_on(); }

 private:
  CardSurroundings& surroundings_;
  Ad5668 dac_;
  Ad7928 adc_;
  CounterChain counter_;
  LineChain lines_;
  DigitalInputs inputs_;
  std::uint16_t levels_ = 0;
  bool safe_ = true;  // as after power-on
};

}  // namespace rig::usb

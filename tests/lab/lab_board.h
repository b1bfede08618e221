#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fixtures/virtual/avr_board.h"
#include "fixtures/virtual/scpi_server.h"
#include "fixtures/virtual/virtual_supply.h"
#include "rig/base/result.h"
#include "rig/v1/bench.pb.h"
#include "tests/card/hardware/card_hardware.h"
#include "tests/usb/pin_peripheral.h"

namespace rig {

// A laboratory in software, as a bench file for the table describes it: the emulated AVR board,
// wired to the card's terminals, a supply's and a serial line. Its time is the USB bus's.
class LabBoard : public usb::CardSurroundings {
 public:
  // `table`: an external board and its wiring; `board`: what the external board is.
  static Result<std::unique_ptr<LabBoard>> Make(const v1::Bench& table, const v1::AvrBoard& board,
                                                std::uint64_t seed);

  // Lets the board run until `t`.
  void AdvanceTo(RunTime t);
  ScpiServer& supply() { return *server_; }
  AvrBoard& board() { return *board_; }
  UartPort& uart() { return *uart_; }
  // A programmer that speaks resets the core into the bootloader, where the program does not run
  // until the bootloader leaves or the power is cut, as with Optiboot, which starts the program at
  // once at power-on. A flash without program runs nothing.
  void EnterBootloader();
  void LeaveBootloader();
  bool powered() const { return supply_v_ >= 4.5; }
  // The first thing that went wrong in the board; empty: nothing.
  const std::string& problem() const { return problem_; }
  // Times at which the card's outputs changed, in cycles of its chip's clock, with their codes: to
  // be compared between runs. Kept when asked for.
  struct OutputChange {
    usb::Cycle at;
    unsigned channel;
    double volts;
  };
  void KeepOutputs(bool keep) { keep_outputs_ = keep; }
  const std::vector<OutputChange>& outputs() const { return outputs_; }
  // An output's amplifier dies: from now on it is at 0 V, whatever the DAC says.
  void KillOutput(unsigned channel) { dead_.at(channel) = true; }
  bool lines_released() const { return released_; }
  // Whether every wired line is where nothing is pressed: let go, or driven there.
  bool lines_inactive() const;
  double supply_volts() const { return supply_v_; }
  double output_volts(unsigned channel) const { return sources_[channel].Newest(); }

  void OnDac(usb::Cycle at, unsigned channel, double volts) override;
  void OnLines(usb::Cycle at, std::uint16_t levels, bool released) override;
  std::uint8_t Inputs(usb::Cycle at) override;
  double Analog(usb::Cycle at, unsigned channel) override;

 private:
  // What an output has been, as far back as the board may still ask.
  class Source : public AnalogSource {
   public:
    void Put(RunTime t, double volts) { changes_.push_back({t, volts}); }
    double VoltsAt(std::uint32_t, RunTime t) override;
    double Newest() const { return changes_.empty() ? held_ : changes_.back().volts; }

   private:
    struct Change {
      RunTime t;
      double volts;
    };
    double held_ = 0;
    std::deque<Change> changes_;
  };
  class Levels : public LevelListener {
   public:
    void OnLevel(std::uint32_t line, RunTime, bool high) override {
      levels_ = high ? levels_ | 1u << line : levels_ & ~(1u << line);
    }
    std::uint32_t get() const { return levels_; }

   private:
    std::uint32_t levels_ = 0;
  };
  struct Line {
    std::uint32_t channel;
    Pin pin;
    bool active_low;
  };

  LabBoard() = default;
  void SupplyCore();
  Status Connect(const v1::Bench& table, const v1::Wire& wire);

  std::unique_ptr<AvrBoard> board_;
  UartPort* uart_ = nullptr;
  std::optional<ScpiModel> model_;
  RunTime supply_now_{};
  std::unique_ptr<VirtualSupply> supply_;
  std::unique_ptr<ScpiServer> server_;
  double supply_v_ = 0;
  bool programmed_ = false;
  bool in_bootloader_ = false;
  std::array<Source, 8> sources_;
  Levels levels_;
  std::vector<Line> lines_;
  std::array<bool, 8> measures_supply_{};
  std::array<bool, 8> dead_{};
  bool released_ = true;
  std::uint16_t driven_ = 0;  // the lines' levels while not released
  bool keep_outputs_ = false;
  std::vector<OutputChange> outputs_;
  std::string problem_;
};

}  // namespace rig

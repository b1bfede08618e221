#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "rig/base/result.h"
#include "rig/v1/bench.pb.h"
#include "tests/card/hardware/card_hardware.h"
#include "tests/firmware/device_at_pty.h"
#include "tests/firmware/stk500.h"
#include "tests/fixtures/power/tcp_face.h"
#include "tests/fixtures/transport/pty.h"
#include "tests/lab/lab_board.h"
#include "tests/usb/ft232h.h"
#include "tests/usb/usb_bus.h"

namespace rig {

// The card's chip with the card behind it, and the board behind that.
class CardOnBus : public usb::EmulatedDevice {
 public:
  CardOnBus(const std::string& serial, unsigned command_cycles, LabBoard& board, Pty& console);

  usb::Descriptors descriptors() const override { return chip_.descriptors(); }
  std::optional<std::string> Control(const usb::Setup& setup, std::string_view data) override {
    return chip_.Control(setup, data);
  }
  std::optional<std::size_t> Out(std::uint8_t endpoint, std::string_view bytes) override {
    return chip_.Out(endpoint, bytes);
  }
  InResult In(std::uint8_t endpoint, std::size_t most) override { return chip_.In(endpoint, most); }
  void BusReset() override { chip_.BusReset(); }
  void AdvanceTo(RunTime t) override;
  usb::Ft232h& chip() { return chip_; }
  usb::CardHardware& card() { return card_; }

 private:
  void ServeConsole();

  usb::Ft232h chip_;
  LabBoard& board_;
  usb::CardHardware card_;
  Pty& console_;
  RunTime served_{};
  std::vector<SerialByte> said_;
};

// A whole laboratory for real drivers, in real time, in software: the card on a USB bus, the supply
// on TCP, the board's console and its bootloader on serial ports.
class Lab {
 public:
  // `table`: a bench file for the table; `emulated`: one whose board says what the external board
  // is. Errors: those of loading them; INVALID_ARGUMENT for what the lab has not.
  static Result<std::unique_ptr<Lab>> Open(const std::filesystem::path& table,
                                           const std::filesystem::path& emulated);
  ~Lab();

  // The bench file for this lab's ports, written into `folder`. Its calibrations are of today.
  Result<std::filesystem::path> WriteBench(const std::filesystem::path& folder) const;

  // What the bench file will say, to be changed before it is written.
  v1::Bench& table() { return table_; }
  usb::UsbBus& bus() { return *bus_; }
  CardOnBus& card() { return *card_; }
  LabBoard& board() { return *board_; }
  TcpFace& supply() { return *supply_; }
  // A silent supply hears and obeys, and answers nothing.
  void SilenceSupply(bool silent) {
    bus_->Locked([&] { supply_silent_ = silent; });
  }

 private:
  Lab() = default;
  // Programs through the bootloader, which lives only while the board has power.
  class Bootloader;

  v1::Bench table_;
  std::unique_ptr<usb::UsbBus> bus_;
  std::unique_ptr<LabBoard> board_;
  Pty console_;
  int console_held_ = -1;
  std::unique_ptr<CardOnBus> card_;
  bool supply_silent_ = false;
  std::unique_ptr<TcpFace> supply_;
  std::unique_ptr<Bootloader> bootloader_;
  std::unique_ptr<DeviceAtPty> programmer_;
};

}  // namespace rig

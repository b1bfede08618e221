#include "tests/lab/lab_board.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rig {
namespace {

const v1::Fixture* FixtureOf(const v1::Bench& bench, const v1::Wire& wire) {
  for (const v1::Fixture& fixture : bench.fixtures()) {
    if (fixture.name() == wire.fixture()) return &fixture;
  }
  return nullptr;
}

tl::unexpected<Error> Impossible(const v1::Wire& wire) {
  return MakeError(Code::kInvalidArgument,
                   "the lab cannot wire " + wire.signal() + " to " + wire.pin());
}

}  // namespace

double LabBoard::Source::VoltsAt(std::uint32_t, RunTime t) {
  while (!changes_.empty() && changes_.front().t <= t) {
    held_ = changes_.front().volts;
    changes_.pop_front();
  }
  return held_;
}

Result<std::unique_ptr<LabBoard>> LabBoard::Make(const v1::Bench& table, const v1::AvrBoard& board,
                                                 std::uint64_t seed) {
  std::unique_ptr<LabBoard> lab(new LabBoard());
  RIG_TRY_ASSIGN(
      lab->board_,
      AvrBoard::Create({.mcu = board.mcu(),
                        .clock_hz = static_cast<std::uint32_t>(std::lround(board.clock())),
                        .analog_reference_v = board.analog_reference(),
                        .brown_out_v = board.brown_out(),
                        .serial = table.board().serial(),
                        .seed = seed}));
  for (const v1::Wire& wire : table.wiring()) RIG_TRY(lab->Connect(table, wire));
  if (lab->server_ == nullptr || lab->uart_ == nullptr) {
    return MakeError(Code::kInvalidArgument, "the lab wants a supply and a serial port wired");
  }
  return lab;
}

Status LabBoard::Connect(const v1::Bench& table, const v1::Wire& wire) {
  const v1::Fixture* fixture = FixtureOf(table, wire);
  if (fixture == nullptr) return Impossible(wire);
  const auto pin = ParsePin(wire.pin());
  if (fixture->has_scpi_supply()) {
    const auto models = KnownScpiModels();
    const auto model = std::find_if(models.begin(), models.end(), [&](const ScpiModel& known) {
      return known.model == fixture->scpi_supply().model();
    });
    if (model == models.end() || wire.pin() != "VCC") return Impossible(wire);
    model_ = *model;
    constexpr VirtualSupply::Limits kIdeal{60, 1e-6, std::chrono::milliseconds(1)};
    supply_ = std::make_unique<VirtualSupply>(kIdeal, supply_now_);
    supply_->Connect([this](double volts) {
      supply_v_ = volts;
      if (!powered()) in_bootloader_ = false;
      SupplyCore();
    });
    server_ = std::make_unique<ScpiServer>(
        *model_,
        std::vector<ScpiServer::Channel>{{.number = fixture->scpi_supply().channel(),
                                          .terminals = supply_.get(),
                                          .maximum_a = 1,
                                          .load_ohms = 500}},
        fixture->calibration().serial());
    return {};
  }
  if (fixture->has_serial_port()) {
    uart_ = board_->ConnectUart(wire.pin().back(), fixture->serial_port().baud());
    return uart_ != nullptr ? Status{} : Impossible(wire);
  }
  if (fixture->has_card_adc()) {
    if (wire.pin() != "VCC") return Impossible(wire);
    measures_supply_.at(wire.channel()) = true;
    return {};
  }
  if (!pin) return Impossible(wire);
  if (fixture->has_card_dac()) {
    const auto input = board_->adc().FindInput(*pin);
    if (!input) return Impossible(wire);
    board_->adc().Connect(*input, sources_.at(wire.channel()), 0);
  } else if (fixture->has_card_inputs()) {
    board_->pins().Observe(*pin, levels_, wire.channel());
  } else if (fixture->has_card_lines()) {
    lines_.push_back({wire.channel(), *pin, wire.active_low()});
    board_->pins().Drive(*pin, wire.active_low());
  } else {
    return Impossible(wire);
  }
  return {};
}

// A core in reset is one without supply: the emulated board has no reset pin.
void LabBoard::SupplyCore() { board_->SetSupply(programmed_ && !in_bootloader_ ? supply_v_ : 0); }

void LabBoard::EnterBootloader() {
  if (std::exchange(in_bootloader_, true)) return;
  SupplyCore();
}

void LabBoard::LeaveBootloader() {
  programmed_ = true;
  in_bootloader_ = false;
  SupplyCore();
}

void LabBoard::AdvanceTo(RunTime t) {
  if (!problem_.empty() || t <= board_->now()) return;
  const Status advanced = board_->AdvanceTo(t);
  if (!advanced) problem_ = advanced.error().message;
}

void LabBoard::OnDac(usb::Cycle at, unsigned channel, double volts) {
  sources_.at(channel).Put(usb::TimeOf(at), volts);
  if (keep_outputs_) outputs_.push_back({at, channel, volts});
}

void LabBoard::OnLines(usb::Cycle at, std::uint16_t levels, bool released) {
  AdvanceTo(usb::TimeOf(at));
  released_ = released;
  driven_ = levels;
  for (const Line& line : lines_) {
    const bool high = released ? line.active_low : (levels >> line.channel & 1) != 0;
    board_->pins().Drive(line.pin, high);
  }
}

bool LabBoard::lines_inactive() const {
  return released_ || std::all_of(lines_.begin(), lines_.end(), [this](const Line& line) {
           return ((driven_ >> line.channel & 1) != 0) == line.active_low;
         });
}

std::uint8_t LabBoard::Inputs(usb::Cycle at) {
  AdvanceTo(usb::TimeOf(at));
  return static_cast<std::uint8_t>(levels_.get());
}

// Jumpers lead the DAC's outputs to the ADC, but where a wire measures the supply.
double LabBoard::Analog(usb::Cycle, unsigned channel) {
  if (measures_supply_[channel]) return supply_v_;
  return dead_[channel] ? 0 : sources_[channel].Newest();
}

}  // namespace rig

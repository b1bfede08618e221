#pragma once

#include <array>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "fixtures/card/card_stream.h"
#include "tests/card/hardware/card_hardware.h"
#include "tests/usb/mpsse_engine.h"

namespace rig {

// The card's stream and the card's parts on an engine, without USB: the host is as fast as a test
// wants, and the time is the engine's alone. Analogue input i is output i; digital input i is
// line i.
class EngineCard : public usb::CardSurroundings {
 public:
  struct Output {
    usb::Cycle at;
    unsigned channel;
    double volts;
  };
  struct LineChange {
    usb::Cycle at;
    std::uint16_t levels;
    bool released;
  };

  explicit EngineCard(const usb::MpsseEngine::Options& options = {}, double counter_ppm = 0)
      : engine(options), hardware(*this, counter_ppm) {
    hardware.AttachTo(engine);
    model.set_clock(10e6);
    model.set_frame(100'000);
  }

  // To be called once the parts are connected.
  void Start() { stream.emplace(model, CardParts{&dac, &lines, &inputs, &adc, &read_back}); }
  // Compiles what is due by `until`, feeds the engine as fast as it takes it and hands back what it
  // says.
  Status RunUntil(RunTime until) {
    RIG_TRY_ASSIGN(std::string commands, stream->CompileUntil(until));
    std::size_t fed = 0;
    while (fed < commands.size() || engine.pending_commands() > 0) {
      fed += engine.Feed(std::string_view(commands).substr(fed));
      Step(60);
      RIG_TRY(stream->Take(engine.Take(1024)));
    }
    Step(60'000);
    return stream->Take(engine.Take(1024));
  }
  // The engine's time goes on, in cycles.
  void Step(usb::Cycle cycles) {
    engine.AdvanceTo(engine.now() + cycles);
    hardware.AdvanceTo(engine.now());
  }

  void OnDac(usb::Cycle at, unsigned channel, double volts) override {
    volts_[channel] = volts;
    outputs.push_back({at, channel, volts});
  }
  void OnLines(usb::Cycle at, std::uint16_t levels, bool released) override {
    line_levels_ = released ? std::uint16_t{0} : levels;
    line_changes.push_back({at, levels, released});
  }
  std::uint8_t Inputs(usb::Cycle) override {
    return static_cast<std::uint8_t>(line_levels_ & 0xff);
  }
  double Analog(usb::Cycle at, unsigned channel) override {
    return at < dies[channel] ? volts_[channel] : 0;
  }

  v1::Card model;
  usb::MpsseEngine engine;
  usb::CardHardware hardware;
  CardDac dac{[] {
    v1::CardDac settings;
    settings.set_update_rate(500);
    settings.set_high(5);
    return settings;
  }()};
  CardLines lines;
  CardInputs inputs;
  CardAdc adc{std::chrono::milliseconds(10)};
  LoopBack read_back{"injector", 0.02};
  std::array<usb::Cycle, 8> dies = Never();  // from when on an output is at 0 V
  std::optional<CardStream> stream;
  std::vector<Output> outputs;
  std::vector<LineChange> line_changes;

 private:
  static std::array<usb::Cycle, 8> Never() {
    std::array<usb::Cycle, 8> never{};
    never.fill(std::numeric_limits<usb::Cycle>::max());
    return never;
  }

  std::array<double, 8> volts_{};
  std::uint16_t line_levels_ = 0;
};

}  // namespace rig

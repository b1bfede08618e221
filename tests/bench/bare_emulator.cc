#include "tests/bench/bare_emulator.h"

#include <simavr/avr_adc.h>
#include <simavr/avr_extint.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_cycle_timers.h>
#include <simavr/sim_time.h>

#include <chrono>
#include <cmath>
#include <memory>

namespace rig {
namespace {

// Feeds one waveform to its ADC input from a cycle timer, the emulator's own means.
struct Feeder {
  const BareSetup::Waveform* waveform;
  avr_irq_t* input;
  avr_cycle_count_t period_cycles;
  std::size_t next = 0;
};

avr_cycle_count_t Feed(avr_t* /*avr*/, avr_cycle_count_t when, void* parameter) {
  auto* feeder = static_cast<Feeder*>(parameter);
  if (feeder->next >= feeder->waveform->volts.size()) return 0;
  const double volts = feeder->waveform->volts[feeder->next++];
  avr_raise_irq(feeder->input, static_cast<std::uint32_t>(std::lround(volts * 1000)));
  return when + feeder->period_cycles;
}

void CountByte(avr_irq_t* /*irq*/, std::uint32_t /*value*/, void* parameter) {
  ++*static_cast<std::uint64_t*>(parameter);
}

struct TerminateAvr {
  void operator()(avr_t* avr) const { avr_terminate(avr); }
};

}  // namespace

Result<BareOutcome> RunBareEmulator(const BareSetup& setup, RunTime end) {
  const auto start = std::chrono::steady_clock::now();
  const std::unique_ptr<avr_t, TerminateAvr> avr(avr_make_mcu_by_name(setup.mcu.c_str()));
  if (!avr) return MakeError(Code::kNotFound, "no microcontroller " + setup.mcu + " in libsimavr");
  avr_init(avr.get());
  avr->log = LOG_NONE;
  avr->frequency = static_cast<std::uint32_t>(setup.clock_hz);
  avr->vcc = avr->avcc = static_cast<std::uint32_t>(std::lround(setup.supply_v * 1000));
  avr->aref = static_cast<std::uint32_t>(std::lround(setup.reference_v * 1000));
  // Else simavr polls each interrupt pin that is low in every cycle, which would flatter us a
  // hundredfold.
  for (std::uint8_t interrupt = 0; interrupt < 3; ++interrupt) {
    avr_extint_set_strict_lvl_trig(avr.get(), interrupt, 0);
  }
  // simavr sleeps in wall time while the firmware sleeps, and prints its UART.
  avr->sleep = [](avr_t*, avr_cycle_count_t) {};
  std::uint32_t uart_flags = 0;
  avr_ioctl(avr.get(), AVR_IOCTL_UART_SET_FLAGS('0'), &uart_flags);
  std::string flash = setup.flash;
  avr_loadcode(avr.get(), reinterpret_cast<std::uint8_t*>(flash.data()),
               static_cast<std::uint32_t>(flash.size()), 0);

  std::uint64_t uart_bytes = 0;
  avr_irq_register_notify(avr_io_getirq(avr.get(), AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT),
                          CountByte, &uart_bytes);
  for (const BareSetup::Level& level : setup.levels) {
    avr_raise_irq(
        avr_io_getirq(avr.get(), AVR_IOCTL_IOPORT_GETIRQ(level.port), static_cast<int>(level.bit)),
        level.high ? 1 : 0);
  }
  std::vector<Feeder> feeders;
  feeders.reserve(setup.waveforms.size());  // the timers point at them
  for (const BareSetup::Waveform& waveform : setup.waveforms) {
    feeders.push_back(
        {.waveform = &waveform,
         .input = avr_io_getirq(avr.get(), AVR_IOCTL_ADC_GETIRQ, static_cast<int>(waveform.adc)),
         .period_cycles = static_cast<avr_cycle_count_t>(
             std::llround(Seconds(waveform.period) * setup.clock_hz))});
    avr_cycle_timer_register(avr.get(), 1, Feed, &feeders.back());
  }

  const auto end_cycle = static_cast<avr_cycle_count_t>(Seconds(end) * setup.clock_hz);
  while (avr->cycle < end_cycle) {
    avr->run_cycle_limit = setup.step_cycles;  // libsimavr sets it back now and then
    const int state = avr_run(avr.get());
    if (state == cpu_Done || state == cpu_Crashed) {
      return MakeError(Code::kAborted, "the bare emulator stopped before its time");
    }
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return BareOutcome{.wall_s = wall.count(), .uart_bytes = uart_bytes};
}

}  // namespace rig

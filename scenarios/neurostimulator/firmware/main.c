// Responsive neurostimulator: two channels of ECoG, three detection tools, bursts of
// charge-balanced pulses. One loop, woken by the samples.
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "console.h"
#include "detection.h"
#include "episode_log.h"
#include "identity.h"
#include "ledger.h"
#include "report.h"
#include "sampling.h"
#include "settings.h"
#include "stimulator.h"
#include "therapy.h"
#include "tick.h"

static uint8_t work_pending(void) { return sampling_pending() || console_pending(); }

static void take_sample(void) {
  wdt_reset();  // only while tick, converter and this loop all go on
  const struct sample sample = sampling_take();
  detection_take(sample, therapy_blanking());
  therapy_run();
}

int main(void) {
  stimulator_init();
  // Unused interrupt inputs lie on driven lines: off their reset setting, low level.
  EICRA = _BV(ISC01) | _BV(ISC11) | _BV(ISC21);
  console_init();
  sampling_init();
  settings_load();
  ledger_load();
  episode_log_load();
  detection_init();
  therapy_init();
  tick_init();
#ifndef DEFECT_WATCHDOG_OFF
  wdt_enable(WDTO_500MS);
#endif
  sei();
  identity_send();
#ifdef DEFECT_STIMULATES_AT_START
  stimulator_start();
#endif
  if (identity_reset_cause() == RESET_WATCHDOG) episode_log_add(EVENT_WATCHDOG);
  for (;;) {
    tick_sleep_unless(work_pending);
    console_poll();
    while (sampling_pending()) take_sample();
    ledger_run();
    episode_log_run();
    report_run();
  }
}

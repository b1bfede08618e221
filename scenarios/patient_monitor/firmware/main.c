/* Patient monitor: ECG in; heart rate, alarms, lamps, sound out. ../README.md says what it does. */
#include <avr/interrupt.h>
#include <avr/pgmspace.h>
#include <avr/power.h>
#include <avr/wdt.h>
#include <string.h>

#include "alarm_log.h"
#include "alarm_signal.h"
#include "alarms.h"
#include "buttons.h"
#include "console.h"
#include "identity.h"
#include "report.h"
#include "rhythm.h"
#include "sampling.h"
#include "settings.h"
#include "tick.h"

/* Samples between looks at what does not hurry: watchdog, console, settings. 32 ms. */
#define SLICE 8

static uint8_t set_low(int32_t limit) {
  if (limit >= settings.high_limit) return 0;
  settings.low_limit = (uint8_t)limit;
  settings_save();
  return 1;
}

static uint8_t set_high(int32_t limit) {
  if (limit <= settings.low_limit) return 0;
  settings.high_limit = (uint8_t)limit;
  settings_save();
  return 1;
}

static uint8_t set_pause(int32_t on) {
  if (on) {
    alarm_signal_pause();
  } else {
    alarm_signal_resume();
  }
  return 1;
}

#ifdef DEFECT_LIMIT_RANGE_UNCHECKED
#define LOWEST_LOW 0
#else
#define LOWEST_LOW LOW_MIN
#endif

/* Service: stops the program for good, to prove that the watchdog acts. The value guards against
 * accidents. */
#define HANG_CODE 4711

static uint8_t hang(const char* value) {
  int32_t code;
  if (!console_number(value, HANG_CODE, HANG_CODE, &code)) return 0;
  for (;;) {
  }
}

static uint8_t carry_out(const char* key, const char* value) {
  int32_t n;
  if (strcmp_P(key, PSTR("low")) == 0)
    return console_number(value, LOWEST_LOW, LOW_MAX, &n) && set_low(n);
  if (strcmp_P(key, PSTR("high")) == 0)
    return console_number(value, HIGH_MIN, HIGH_MAX, &n) && set_high(n);
  if (strcmp_P(key, PSTR("pause")) == 0) return console_number(value, 0, 1, &n) && set_pause(n);
  if (strcmp_P(key, PSTR("hang")) == 0) return hang(value);
  if (!console_number(value, 1, 1, &n)) return 0;
  if (strcmp_P(key, PSTR("reset")) == 0) {
    alarms_reset();
  } else if (strcmp_P(key, PSTR("log")) == 0) {
    report_log();
  } else {
    return 0;
  }
  return 1;
}

uint8_t console_command(const char* key, const char* value) {
  const uint8_t done = carry_out(key, value);
  report_command(done);
  if (done) report_status();
  return done;
}

static uint8_t work_waits(void) { return sampling_pending() || console_pending(); }

static void take_sample(void) {
  static uint8_t until_slice = SLICE;
  uint8_t changed = rhythm_sample(sampling_take());
  const uint8_t pressed = buttons_pressed();
  alarm_signal_tick();
  if (pressed & BUTTON_PAUSE) alarm_signal_pause();
  if (pressed & BUTTON_RESET) alarms_reset();
  if (--until_slice == 0) {
    until_slice = SLICE;
    wdt_reset(); /* only here: no samples, no life */
    changed = 1; /* limits may have been set */
    report_poll();
  }
  if ((changed && alarms_update()) || pressed) report_status();
}

int main(void) {
  power_spi_disable();
  power_twi_disable();
  power_timer1_disable();
  alarm_signal_init();
  buttons_init();
  settings_load();
  alarm_log_load();
  rhythm_init();
  alarms_init();
  console_init();
  sampling_init();
  tick_init();
#ifndef DEFECT_WATCHDOG_OFF
  wdt_enable(WDTO_1S);
#endif
  sei();
  identity_send();
  /* Who reads the reports has waited for the watchdog already. */
  if (identity_reset_cause() == RESET_WATCHDOG) report_status();
#ifdef DEFECT_WAITS_AFTER_BROWN_OUT
  while (identity_reset_cause() == RESET_BROWN_OUT) wdt_reset();
#endif
  for (;;) {
    while (sampling_pending()) take_sample();
    if (console_pending()) console_poll();
    tick_sleep_unless(work_waits);
  }
}

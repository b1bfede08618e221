/* Patient monitor: ECG, light of two wavelengths, impedance and a thermistor in; alarms, lamps,
 * sound out. ../README.md says what it does. */
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
#include "oximeter.h"
#include "report.h"
#include "respiration.h"
#include "rhythm.h"
#include "sampling.h"
#include "settings.h"
#include "temperature.h"
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

static uint8_t set_saturation(int32_t limit) {
  settings.saturation_limit = (uint8_t)limit;
  settings_save();
  return 1;
}

static uint8_t set_apnoea(int32_t limit) {
  settings.apnoea_limit = (uint8_t)limit;
  settings_save();
  return 1;
}

static uint8_t set_cold(int32_t limit) {
  settings.temperature_low = (uint16_t)limit;
  settings_save();
  return 1;
}

static uint8_t set_hot(int32_t limit) {
  settings.temperature_high = (uint16_t)limit;
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

#ifdef DEFECT_TEMPERATURE_RANGE_UNCHECKED
#define HIGHEST_HOT 999
#else
#define HIGHEST_HOT HOT_MAX
#endif

#ifdef DEFECT_APNOEA_RANGE_UNCHECKED
#define LONGEST_APNOEA 255
#else
#define LONGEST_APNOEA APNOEA_MAX
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
  if (strcmp_P(key, PSTR("satlow")) == 0)
    return console_number(value, SATURATION_MIN, SATURATION_MAX, &n) && set_saturation(n);
  if (strcmp_P(key, PSTR("apntime")) == 0)
    return console_number(value, APNOEA_MIN, LONGEST_APNOEA, &n) && set_apnoea(n);
  if (strcmp_P(key, PSTR("tlow")) == 0)
    return console_number(value, COLD_MIN, COLD_MAX, &n) && set_cold(n);
  if (strcmp_P(key, PSTR("thigh")) == 0)
    return console_number(value, HOT_MIN, HIGHEST_HOT, &n) && set_hot(n);
  if (strcmp_P(key, PSTR("pause")) == 0) return console_number(value, 0, 1, &n) && set_pause(n);
  if (strcmp_P(key, PSTR("hang")) == 0) return hang(value);
  if (!console_number(value, 1, 1, &n)) return 0;
  if (strcmp_P(key, PSTR("reset")) == 0) {
    alarms_reset();
  } else if (strcmp_P(key, PSTR("removed")) == 0) {
    alarms_forget_missing();
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
  struct sample sample;
  sampling_take(&sample);
  uint8_t changed = rhythm_sample(sample.of[INPUT_ECG]);
  changed |= oximeter_sample(sample.of[INPUT_RED], sample.of[INPUT_INFRARED]);
  changed |= respiration_sample(sample.of[INPUT_IMPEDANCE]);
  changed |= temperature_sample(sample.of[INPUT_THERMISTOR]);
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
  oximeter_init((settings.sensors >> SENSOR_OXIMETER) & 1);
  respiration_init((settings.sensors >> SENSOR_IMPEDANCE) & 1);
  temperature_init((settings.sensors >> SENSOR_PROBE) & 1);
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

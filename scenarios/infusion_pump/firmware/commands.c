// The operator's commands as console fields; README.md of the device lists them.
#include <avr/pgmspace.h>
#include <string.h>

#include "alarm_signal.h"
#include "console.h"
#include "limits.h"
#include "pump.h"

// Service: stops the program for good, to prove that the watchdog acts. The value guards against
// accidents.
#define HANG_CODE 4711

static uint8_t hang(const char* value) {
  int32_t code;
  if (!console_number(value, HANG_CODE, HANG_CODE, &code)) return 0;
  for (;;) {
  }
}

static uint8_t set(const char* value, bool (*setting)(uint32_t)) {
  int32_t number;
  return console_number(value, 0, 99999999, &number) && setting((uint32_t)number);
}

static uint8_t act(const char* value, bool (*action)(void)) {
  int32_t number;
  return console_number(value, 1, 1, &number) && action();
}

static bool pause_audio(void) {
  alarm_signal_pause();
  return true;
}

uint8_t console_command(const char* key, const char* value) {
  if (strcmp_P(key, PSTR("rate")) == 0) return set(value, pump_set_rate);
  if (strcmp_P(key, PSTR("vtbi")) == 0) return set(value, pump_set_vtbi);
  if (strcmp_P(key, PSTR("occl")) == 0) return set(value, pump_set_occlusion);
  if (strcmp_P(key, PSTR("clear")) == 0) return act(value, pump_clear_volume);
  if (strcmp_P(key, PSTR("start")) == 0) return act(value, pump_start);
  if (strcmp_P(key, PSTR("stop")) == 0) return act(value, pump_stop);
  if (strcmp_P(key, PSTR("reset")) == 0) return act(value, pump_reset);
  if (strcmp_P(key, PSTR("pause")) == 0) return act(value, pause_audio);
  if (strcmp_P(key, PSTR("hang")) == 0) return hang(value);
  return 0;
}

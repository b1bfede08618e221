// The programmer's commands as console fields: every setting by its key, and three more; README.md
// of the device lists them.
#include <avr/pgmspace.h>
#include <string.h>

#include "console.h"
#include "detection.h"
#include "episode_log.h"
#include "report.h"
#include "settings.h"

// Service: stops the program for good, to prove that the watchdog acts. The value guards against
// accidents.
#define HANG_CODE 4711

static uint8_t is(const char* value, int32_t expected) {
  int32_t number;
  return console_number(value, expected, expected, &number);
}

static bool set(enum setting which, const char* value) {
  int32_t number;
  if (!console_number(value, -32768, 32767, &number) || !settings_set(which, number)) return false;
  if (which >= TOOLS_1) detection_restart();
  return true;
}

static bool obey(const char* key, const char* value) {
  for (uint8_t i = 0; i < SETTINGS; i++) {
    if (strcmp_P(key, setting_key((enum setting)i)) == 0) return set((enum setting)i, value);
  }
  if (strcmp_P(key, PSTR("log")) == 0 && is(value, 1)) {
    episode_log_send();
    return true;
  }
  if (strcmp_P(key, PSTR("hang")) == 0 && is(value, HANG_CODE)) {
    for (;;) {
    }
  }
  return false;
}

uint8_t console_command(const char* key, const char* value) {
  const bool done = obey(key, value);
  report_command(done);
  return done;
}

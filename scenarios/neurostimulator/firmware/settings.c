#include "settings.h"

#include <avr/pgmspace.h>
#include <string.h>

#include "limits.h"
#include "ring.h"

struct row {
  char key[6];
  int16_t low, high, preset;
};

static const struct row rows[SETTINGS] PROGMEM = {
    [THERAPY_ENABLED] = {"en", 0, 1, 0},
    [AMPLITUDE] = {"amp", 1, 120, 20},
    [WIDTH_US] = {"pw", 40, 1000, 160},
    [FREQUENCY_HZ] = {"freq", 40, 333, 200},
    [BURST_MS] = {"burst", 10, 5000, 100},
    [BURSTS] = {"nb", 1, 5, 2},
    [LOCKOUT_S] = {"lock", 2, 300, 5},
    [EPISODES_A_DAY] = {"daily", 1, 1000, 300},
    [TOOLS_1] = {"ch1", 0, 7, TOOL_LINE_LENGTH},
    [TOOLS_2] = {"ch2", 0, 7, TOOL_LINE_LENGTH},
    [ALL_TOOLS] = {"allt", 0, 1, 0},
    [ALL_CHANNELS] = {"allc", 0, 1, 0},
    [LINE_LENGTH_PERCENT] = {"llth", 5, 500, 75},
    [AREA_PERCENT] = {"arth", 5, 500, 75},
    [SHORT_MS] = {"short", 256, 8000, 2048},
    [LONG_S] = {"long", 10, 120, 60},
    [HALF_WAVE_UV_MIN] = {"hamin", 20, 4000, 300},
    [HALF_WAVE_UV_MAX] = {"hamax", 20, 4000, 4000},
    [HALF_WAVE_MS_MIN] = {"hdmin", 4, 500, 16},
    [HALF_WAVE_MS_MAX] = {"hdmax", 4, 500, 120},
    [HALF_WAVE_COUNT] = {"hcnt", 1, 60, 12},
    [HALF_WAVE_WINDOW_MS] = {"hwin", 250, 8000, 1500},
};

#define SETTINGS_AT 0x0000
#ifndef DEFECT_SETTINGS_ONE_COPY
#define COPIES 2
#else
#define COPIES 1
#endif

static int16_t values_[SETTINGS];
static struct ring copies_ = {SETTINGS_AT, COPIES, sizeof values_, 0, 0};

static int16_t of_row(enum setting which, uint8_t field) {
  const struct row* row = &rows[which];
  return (int16_t)pgm_read_word(field == 0 ? &row->low : field == 1 ? &row->high : &row->preset);
}

static bool in_range(enum setting which, int32_t value) {
  return value >= of_row(which, 0) && value <= of_row(which, 1);
}

static bool charge_allowed(void) {
#ifdef DEFECT_CHARGE_UNCHECKED
  return true;
#endif
  return (uint32_t)values_[AMPLITUDE] * (uint16_t)values_[WIDTH_US] <= CHARGE_MAX_TENTH_NC;
}

// A pulse and its rest fit between two, and a burst has one at least.
static bool timing_allowed(void) {
  const uint32_t pulse_us = 2ul * (uint16_t)values_[WIDTH_US] + INTERPHASE_US + REST_US;
  const bool fits = pulse_us * (uint16_t)values_[FREQUENCY_HZ] <= 1000000ul;
  return fits && (uint32_t)values_[BURST_MS] * (uint16_t)values_[FREQUENCY_HZ] >= 1000;
}

static bool consistent(void) {
  return charge_allowed() && timing_allowed() &&
         values_[HALF_WAVE_UV_MIN] <= values_[HALF_WAVE_UV_MAX] &&
         values_[HALF_WAVE_MS_MIN] <= values_[HALF_WAVE_MS_MAX];
}

bool settings_deliverable(void) {
  for (uint8_t i = 0; i < SETTINGS; i++) {
    if (!in_range((enum setting)i, values_[i])) return false;
  }
  return consistent();
}

static void preset(void) {
  for (uint8_t i = 0; i < SETTINGS; i++) values_[i] = of_row((enum setting)i, 2);
}

void settings_load(void) {
  preset();
  ring_restore(&copies_, values_);
#ifdef DEFECT_SETTINGS_LOST
  preset();
#elif defined DEFECT_SETTING_FORGOTTEN
  values_[AREA_PERCENT] = of_row(AREA_PERCENT, 2);
#endif
  // What a sound copy says is within limits; what is not is none of ours.
  if (!settings_deliverable()) preset();
}

int16_t setting(enum setting which) { return values_[which]; }

const char* setting_key(enum setting which) { return rows[which].key; }

bool settings_set(enum setting which, int32_t value) {
  const int16_t before = values_[which];
#ifndef DEFECT_RANGE_UNCHECKED
  if (!in_range(which, value)) return false;
#endif
  values_[which] = (int16_t)value;
  if (!consistent()) {
    values_[which] = before;
    return false;
  }
  if (value != before) ring_append(&copies_, values_);
  return true;
}

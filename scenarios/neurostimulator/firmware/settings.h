// What the clinician sets: whole numbers, each in its range, and together within what the electrode
// and the pulse generator bear. Kept in EEPROM, two copies in turn.
#ifndef NEUROSTIMULATOR_SETTINGS_H
#define NEUROSTIMULATOR_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum setting {
  THERAPY_ENABLED,  // 0, 1
  AMPLITUDE,        // 0.1 mA
  WIDTH_US,         // of each phase
  FREQUENCY_HZ,
  BURST_MS,
  BURSTS,  // per episode
  LOCKOUT_S,
  EPISODES_A_DAY,
  TOOLS_1,  // of channel 1: TOOL_… bits
  TOOLS_2,
  ALL_TOOLS,            // 0 any tool of a channel, 1 all of them
  ALL_CHANNELS,         // 0 any channel, 1 all that have tools
  LINE_LENGTH_PERCENT,  // above the trend
  AREA_PERCENT,
  SHORT_MS,  // windows of line length and area
  LONG_S,
  HALF_WAVE_UV_MIN,
  HALF_WAVE_UV_MAX,
  HALF_WAVE_MS_MIN,
  HALF_WAVE_MS_MAX,
  HALF_WAVE_COUNT,
  HALF_WAVE_WINDOW_MS,
  SETTINGS
};

#define TOOL_HALF_WAVE 1
#define TOOL_LINE_LENGTH 2
#define TOOL_AREA 4

void settings_load(void);
int16_t setting(enum setting which);
// Length of the key is at most 5. The console's and the reports' name, in flash.
const char* setting_key(enum setting which);
// Keeps the value at once; false and nothing changed when it is out of range, or not allowed beside
// the others.
bool settings_set(enum setting which, int32_t value);
// Whether what is set may be delivered: asked again before every burst.
bool settings_deliverable(void);

#endif

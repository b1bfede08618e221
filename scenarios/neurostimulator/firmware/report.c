#include "report.h"

#include <avr/pgmspace.h>
#include <stdint.h>

#include "console.h"
#include "detection.h"
#include "episode_log.h"
#include "ledger.h"
#include "settings.h"
#include "therapy.h"
#include "tick.h"

#ifndef DEFECT_REPORTS_RARE
#define STATE_S 1
#else
#define STATE_S 2
#endif
#define SETTINGS_S 2

static uint16_t done_, refused_;
static uint8_t heartbeat_;

// Frames, one bit each, in the order of `frames`.
#define STATE_FRAMES 0x03
#define SETTINGS_FRAMES 0x1C
static uint8_t due_ = STATE_FRAMES | SETTINGS_FRAMES;

static void episodes(void) {
  FIELD("st", therapy_state());
  FIELD("inh", therapy_inhibits());
  FIELD("det", detection_episodes());
  FIELD("epi", therapy_episodes());
  FIELD("bur", therapy_bursts());
  FIELD("day", ledger_today());
  FIELD("log", episode_log_entries());
}

static void conditions(void) {
  FIELD("sat", detection_saturated());
  FIELD("mag", therapy_magnet());
  FIELD("batt", therapy_battery());
  FIELD("t1", detection_tools(0));
  FIELD("t2", detection_tools(1));
  FIELD("done", done_);
  FIELD("refused", refused_);
  FIELD("up", tick_seconds());
  FIELD("hb", heartbeat_);
}

static void settings_from(enum setting first, enum setting end) {
  for (uint8_t i = first; i < end; i++) {
    console_field(setting_key((enum setting)i), (uint16_t)setting((enum setting)i));
  }
}

static void therapy_settings(void) { settings_from(THERAPY_ENABLED, TOOLS_1); }
static void tool_settings(void) { settings_from(TOOLS_1, HALF_WAVE_UV_MIN); }
static void half_wave_settings(void) { settings_from(HALF_WAVE_UV_MIN, SETTINGS); }

static void (*const frames[])(void) = {episodes, conditions, therapy_settings, tool_settings,
                                       half_wave_settings};
#define FRAMES (sizeof frames / sizeof frames[0])

// Whatever may not wait for the next second.
static uint16_t digest(void) {
  return (uint16_t)(therapy_state() ^ (therapy_inhibits() << 2) ^ (detection_episodes() << 8) ^
                    (therapy_bursts() << 10) ^ (episode_log_entries() << 12));
}

void report_command(bool done) {
  if (done) {
    done_++;
  } else {
    refused_++;
  }
  due_ |= STATE_FRAMES | SETTINGS_FRAMES;
}

void report_run(void) {
  static uint32_t state_at, settings_at;
  static uint16_t reported;
  const uint32_t now = tick_seconds();
  if (digest() != reported) {
    reported = digest();
    due_ |= 1;
  }
  if (now - state_at >= STATE_S) {
    state_at = now;
    heartbeat_ ^= 1;
    due_ |= STATE_FRAMES;
  }
  if (now - settings_at >= SETTINGS_S) {
    settings_at = now;
    due_ |= SETTINGS_FRAMES;
  }
  for (uint8_t i = 0; i < FRAMES; i++) {
    // What does not fit now is due at the next call; the device never waits for its console.
    if ((due_ & (1 << i)) == 0 || !console_has_room()) continue;
    due_ &= (uint8_t) ~(1 << i);
    console_begin('S');
    frames[i]();
    console_end();
  }
}

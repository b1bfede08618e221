#include "alarms.h"

#include <avr/pgmspace.h>

#include "alarm_log.h"
#include "rhythm.h"
#include "settings.h"
#include "tick.h"

static const uint8_t priorities[CONDITIONS] PROGMEM = {
#ifdef DEFECT_ASYSTOLE_MEDIUM
    PRIORITY_MEDIUM,
#else
    PRIORITY_HIGH,
#endif
    PRIORITY_HIGH, PRIORITY_MEDIUM, PRIORITY_MEDIUM, PRIORITY_LOW};
#if defined DEFECT_LATCH_LOST
#define LATCHING 0
#elif defined DEFECT_MEDIUM_LATCHES
#define LATCHING (_BV(LEAD_OFF) - 1)
#else
#define LATCHING (_BV(ASYSTOLE) | _BV(FIBRILLATION))
#endif
#define ASYSTOLE_LIMIT_S 4

static uint8_t active; /* bit per condition */

static uint8_t is_active(enum condition condition) {
  const uint16_t rate = rhythm.rate;
  switch (condition) {
    case ASYSTOLE:
#ifdef DEFECT_LEAD_OFF_AS_ASYSTOLE
      return rhythm.asystole || rhythm.lead_off;
#else
      return rhythm.asystole;
#endif
    case FIBRILLATION:
      return rhythm.fibrillation;
    case BRADYCARDIA:
#ifdef DEFECT_LOW_LIMIT_TEN_LOWER
      return rate != 0 && rate + 10 < settings.low_limit;
#else
      return rate != 0 && rate < settings.low_limit;
#endif
    case TACHYCARDIA:
#ifdef DEFECT_HIGH_LIMIT_IGNORED
      return rate > HIGH_DEFAULT;
#elif defined DEFECT_HIGH_LIMIT_TWENTY_HIGHER
      return rate > settings.high_limit + 20u;
#else
      return rate > settings.high_limit;
#endif
    default:
      return rhythm.lead_off;
  }
}

static uint16_t limit_of(enum condition condition) {
  switch (condition) {
    case ASYSTOLE:
      return ASYSTOLE_LIMIT_S;
    case BRADYCARDIA:
      return settings.low_limit;
    case TACHYCARDIA:
      return settings.high_limit;
    default:
      return 0;
  }
}

static enum priority priority_of(enum condition condition) {
  return (enum priority)pgm_read_byte(&priorities[condition]);
}

static void begin(enum condition condition) {
  const enum priority priority = priority_of(condition);
  const struct alarm_entry entry = {.condition = condition,
                                    .priority = priority,
                                    .at = tick_seconds(),
                                    .limit = limit_of(condition)};
#ifdef DEFECT_LOG_HIGH_ONLY
  if (priority == PRIORITY_HIGH)
#endif
    alarm_log_append(entry);
#if defined DEFECT_PAUSE_ENDED_BY_LESSER
  alarm_signal_resume();
#elif !defined DEFECT_PAUSE_HIDES_NEW_HIGH
  if (priority == PRIORITY_HIGH) alarm_signal_resume();
#endif
}

static void set_latched(uint8_t latched) {
  if (latched == settings.latched) return;
  settings.latched = latched;
  settings_save();
}

void alarms_init(void) {
  active = 0;
  alarm_signal_set(alarms_priority());
}

uint8_t alarms_update(void) {
  uint8_t now = 0;
  for (uint8_t i = 0; i < CONDITIONS; ++i) now |= is_active((enum condition)i) ? _BV(i) : 0;
  if (now == active) return 0;
  const uint8_t begun = now & (uint8_t)~active;
  active = now;
  /* Signals before bookkeeping: EEPROM takes milliseconds. */
  alarm_signal_set(alarms_priority());
  for (uint8_t i = 0; i < CONDITIONS; ++i) {
    if (begun & _BV(i)) begin((enum condition)i);
  }
  /* From its onset, so that it is remembered should power fail while it lasts. */
  set_latched(settings.latched | (active & LATCHING));
  alarm_signal_set(alarms_priority());
  return 1;
}

void alarms_reset(void) {
#ifdef DEFECT_RESET_IGNORED
  return;
#endif
#ifdef DEFECT_RESET_SILENCES_ACTIVE
  alarm_signal_set(PRIORITY_NONE);
  settings.latched = 0;
  return;
#endif
  set_latched(settings.latched & active);
  alarm_signal_set(alarms_priority());
}

enum alarm_state alarms_state(enum condition condition) {
  if (active & _BV(condition)) return ALARM_ACTIVE;
  return settings.latched & _BV(condition) ? ALARM_LATCHED : ALARM_NONE;
}

enum priority alarms_priority(void) {
  for (uint8_t i = 0; i < CONDITIONS; ++i) {
#ifdef DEFECT_LOWEST_PRIORITY_WINS
    const enum condition condition = (enum condition)(CONDITIONS - 1 - i);
#else
    const enum condition condition = (enum condition)i;
#endif
    if (alarms_state(condition) != ALARM_NONE) return priority_of(condition);
  }
  return PRIORITY_NONE;
}

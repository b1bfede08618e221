#include "alarms.h"

#include <avr/pgmspace.h>

#include "alarm_log.h"
#include "oximeter.h"
#include "respiration.h"
#include "rhythm.h"
#include "settings.h"
#include "temperature.h"
#include "tick.h"

static const uint8_t priorities[CONDITIONS] PROGMEM = {
    [FIBRILLATION] = PRIORITY_HIGH,
    [BRADYCARDIA] = PRIORITY_MEDIUM,
    [TACHYCARDIA] = PRIORITY_MEDIUM,
    [LEAD_OFF] = PRIORITY_LOW,
    [VENTRICULAR_TACHYCARDIA] = PRIORITY_HIGH,
    [LOW_SATURATION] = PRIORITY_MEDIUM,
    [TEMPERATURE_HIGH] = PRIORITY_MEDIUM,
    [TEMPERATURE_LOW] = PRIORITY_MEDIUM,
    [OXIMETER_OFF] = PRIORITY_LOW,
    [NO_UPDATE] = PRIORITY_LOW,
    [IMPEDANCE_OFF] = PRIORITY_LOW,
    [PROBE_OFF] = PRIORITY_LOW,
#ifdef DEFECT_ASYSTOLE_MEDIUM
    [ASYSTOLE] = PRIORITY_MEDIUM,
#else
    [ASYSTOLE] = PRIORITY_HIGH,
#endif
#ifdef DEFECT_APNOEA_LOW
    [APNOEA] = PRIORITY_LOW,
#else
    [APNOEA] = PRIORITY_HIGH,
#endif
};

#define BIT(condition) (1u << (condition))
#define HIGH_CONDITIONS \
  (BIT(ASYSTOLE) | BIT(FIBRILLATION) | BIT(VENTRICULAR_TACHYCARDIA) | BIT(APNOEA))
#if defined DEFECT_LATCH_LOST
#define LATCHING 0
#elif defined DEFECT_MEDIUM_LATCHES
#define LATCHING (HIGH_CONDITIONS | BIT(BRADYCARDIA) | BIT(TACHYCARDIA))
#elif defined DEFECT_NEW_ALARMS_DO_NOT_LATCH
#define LATCHING (BIT(ASYSTOLE) | BIT(FIBRILLATION))
#elif defined DEFECT_LOW_SATURATION_LATCHES
#define LATCHING (HIGH_CONDITIONS | BIT(LOW_SATURATION))
#else
#define LATCHING HIGH_CONDITIONS
#endif
#define ASYSTOLE_LIMIT_S 4
#define VENTRICULAR_LIMIT 100

/* So far back behind the limit an alarm ends: no alarm comes and goes with the last digit. */
#define SATURATION_BACK 10 /* 0.1 % */
#define TEMPERATURE_BACK 2 /* 0.1 degC */

static uint16_t active; /* bit per condition */

static uint8_t is_missing(enum sensor sensor, uint8_t attached) {
  return (settings.sensors & (1 << sensor)) && !attached;
}

/* What was too low stays so while it is not known. */
static uint8_t saturation_is_low(void) {
  const uint8_t was = (active & BIT(LOW_SATURATION)) != 0;
#ifdef DEFECT_SATURATION_LIMIT_IGNORED
  const uint16_t limit = SATURATION_DEFAULT * 10;
#elif defined DEFECT_SATURATION_LIMIT_FIVE_LOWER
  const uint16_t limit = settings.saturation_limit * 10 - 50;
#else
  const uint16_t limit = settings.saturation_limit * 10;
#endif
  if (!oximeter.attached) return 0;
#ifdef DEFECT_SATURATION_NEEDS_BEATS
  if (rhythm.asystole) return 0;
#endif
#ifdef DEFECT_SATURATION_NEEDS_ELECTRODE
  if (rhythm.lead_off) return 0;
#endif
#ifdef DEFECT_LOW_SATURATION_FORGOTTEN
  if (oximeter.saturation == 0) return 0;
#else
  if (oximeter.saturation == 0) return was;
#endif
  return oximeter.saturation < limit + (was ? SATURATION_BACK : 0);
}

static uint8_t is_hot(void) {
  const uint8_t was = (active & BIT(TEMPERATURE_HIGH)) != 0;
#ifdef DEFECT_TEMPERATURE_HIGH_IGNORED
  return 0;
#endif
  return temperature.celsius + (was ? TEMPERATURE_BACK : 0) > settings.temperature_high;
}

static uint8_t is_cold(void) {
  const uint8_t was = (active & BIT(TEMPERATURE_LOW)) != 0;
#ifdef DEFECT_TEMPERATURE_LOW_IGNORED
  return 0;
#endif
  return temperature.celsius &&
         temperature.celsius < settings.temperature_low + (was ? TEMPERATURE_BACK : 0);
}

static uint8_t is_slow(void) {
  const uint16_t rate = rhythm.rate;
#ifdef DEFECT_LOW_LIMIT_TEN_LOWER
  return rate != 0 && rate + 10 < settings.low_limit;
#else
  return rate != 0 && rate < settings.low_limit;
#endif
}

static uint8_t is_fast(void) {
  const uint16_t rate = rhythm.rate;
#ifdef DEFECT_HIGH_LIMIT_IGNORED
  return rate > HIGH_DEFAULT;
#elif defined DEFECT_HIGH_LIMIT_TWENTY_HIGHER
  return rate > settings.high_limit + 20u;
#else
  return rate > settings.high_limit;
#endif
}

static uint8_t is_active(enum condition condition) {
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
      return is_slow();
    case TACHYCARDIA:
      return is_fast();
    case LEAD_OFF:
      return rhythm.lead_off;
    case VENTRICULAR_TACHYCARDIA:
      return rhythm.ventricular_tachycardia;
    case APNOEA:
      return respiration.apnoea;
    case LOW_SATURATION:
      return saturation_is_low();
    case TEMPERATURE_HIGH:
      return is_hot();
    case TEMPERATURE_LOW:
      return is_cold();
    case OXIMETER_OFF:
      return is_missing(SENSOR_OXIMETER, oximeter.attached);
    case NO_UPDATE:
      return oximeter.not_updated;
    case IMPEDANCE_OFF:
      return is_missing(SENSOR_IMPEDANCE, respiration.attached);
    default:
      return is_missing(SENSOR_PROBE, temperature.attached);
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
    case VENTRICULAR_TACHYCARDIA:
      return VENTRICULAR_LIMIT;
    case APNOEA:
      return settings.apnoea_limit;
    case LOW_SATURATION:
      return settings.saturation_limit;
    case TEMPERATURE_HIGH:
      return settings.temperature_high;
    case TEMPERATURE_LOW:
      return settings.temperature_low;
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
#ifdef DEFECT_LOG_NOT_COLD
    if (condition != TEMPERATURE_LOW)
#endif
#ifdef DEFECT_LOG_NOT_NO_UPDATE
      if (condition != NO_UPDATE)
#endif
#ifdef DEFECT_LOG_NOT_SENSORS
        if (condition != OXIMETER_OFF && condition != IMPEDANCE_OFF && condition != PROBE_OFF)
#endif
          alarm_log_append(entry);
#if defined DEFECT_PAUSE_ENDED_BY_LESSER
  alarm_signal_resume();
#elif defined DEFECT_PAUSE_ENDED_BY_ARREST_ONLY
  if (condition == ASYSTOLE || condition == FIBRILLATION) alarm_signal_resume();
#elif !defined DEFECT_PAUSE_HIDES_NEW_HIGH
  if (priority == PRIORITY_HIGH) alarm_signal_resume();
#endif
}

static void set_latched(uint16_t latched) {
  if (latched == settings.latched) return;
  settings.latched = latched;
  settings_save();
}

/* A sensor that has been seen is missed from then on. */
static void remember_sensors(void) {
  const uint8_t attached =
      (uint8_t)(oximeter.attached << SENSOR_OXIMETER | respiration.attached << SENSOR_IMPEDANCE |
                temperature.attached << SENSOR_PROBE);
  if ((settings.sensors | attached) == settings.sensors) return;
  settings.sensors |= attached;
  settings_save();
}

void alarms_init(void) {
  active = 0;
  alarm_signal_set(alarms_priority());
}

uint8_t alarms_update(void) {
  uint16_t now = 0;
  remember_sensors();
  for (uint8_t i = 0; i < CONDITIONS; ++i) now |= is_active((enum condition)i) ? BIT(i) : 0;
#ifdef DEFECT_ONE_LIMIT_AT_A_TIME
  if (now & BIT(TACHYCARDIA)) now &= (uint16_t)~BIT(LOW_SATURATION);
#endif
  if (now == active) return 0;
  const uint16_t begun = now & (uint16_t)~active;
  active = now;
  /* Signals before bookkeeping: EEPROM takes milliseconds. */
  alarm_signal_set(alarms_priority());
  for (uint8_t i = 0; i < CONDITIONS; ++i) {
    if (begun & BIT(i)) begin((enum condition)i);
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
#ifdef DEFECT_RESET_RESTARTS_APNOEA
  respiration_init(respiration.attached), active &= (uint16_t)~BIT(APNOEA);
#endif
#ifdef DEFECT_RESET_RESTARTS_RHYTHM
  rhythm_init(), active &= (uint16_t)~BIT(VENTRICULAR_TACHYCARDIA);
#endif
  set_latched(settings.latched & active);
  alarm_signal_set(alarms_priority());
}

void alarms_forget_missing(void) {
#ifdef DEFECT_REMOVAL_IGNORED
  return;
#endif
  settings.sensors = 0; /* those that are attached are seen again at once */
  remember_sensors();
  settings_save();
}

enum alarm_state alarms_state(enum condition condition) {
  if (active & BIT(condition)) return ALARM_ACTIVE;
  return settings.latched & BIT(condition) ? ALARM_LATCHED : ALARM_NONE;
}

enum priority alarms_priority(void) {
  enum priority signalled = PRIORITY_NONE;
  for (uint8_t i = 0; i < CONDITIONS; ++i) {
    const enum condition condition = (enum condition)i;
    if (alarms_state(condition) == ALARM_NONE) continue;
    const enum priority priority = priority_of(condition);
#ifdef DEFECT_LOWEST_PRIORITY_WINS
    if (signalled == PRIORITY_NONE || priority < signalled) signalled = priority;
#else
    if (priority > signalled) signalled = priority;
#endif
  }
  return signalled;
}

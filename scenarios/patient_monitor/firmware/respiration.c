#include "respiration.h"

#include "contact.h"
#include "sampling.h"
#include "settings.h"

/* Samples per value: 40 ms. */
#define SUMMED 10
#define VALUE_HZ (SAMPLE_HZ / SUMMED)
#define VALUES(s) ((uint16_t)((s)*VALUE_HZ))

/* Values of the mean: 0.8 s. */
#ifdef DEFECT_CARDIOGENIC_COUNTED
#define MEAN 2
#else
#define MEAN 20
#endif
/* 1 ohm is 160 counts; a sum of 200 samples, over 4. */
#define OHM 8000
#ifdef DEFECT_SHALLOW_MISSED
#define FLOOR (OHM / 2)
#elif defined DEFECT_CARDIOGENIC_COUNTED
#define FLOOR (OHM / 50)
#else
#define FLOOR (OHM / 10)
#endif

/* No breath for so long: they may have become shallower. */
#define FADE_AFTER VALUES(5)
#define FADE_AGAIN (VALUE_HZ * 3 / 2)

#define TIMES 24 /* in 32 s, 45 breaths/min */
#define WINDOW VALUES(32)
#define NEEDED 3

struct respiration respiration;

static struct contact electrodes;
static uint16_t held; /* the last sample off the rails; 0: none yet */
static uint16_t sum;
static uint8_t summed;
static uint16_t values[MEAN];
static uint8_t value_at, value_count;
static uint32_t total; /* of the values */

static uint16_t trough, peak;
static uint8_t inspires;
static uint16_t usual; /* height of a breath, quarters weighted */
static uint16_t now, since_movement;
static uint16_t times[TIMES];
static uint8_t time_at, time_count;

static void forget_times(void) {
  time_at = time_count = 0;
  respiration.rate = 0;
}

static void restart(void) {
  held = sum = 0;
  summed = value_at = value_count = 0;
  total = 0;
  usual = 0;
  inspires = 0;
  trough = 0xFFFF;
  peak = 0;
  since_movement = 0;
  respiration.apnoea = 0;
  forget_times();
}

void respiration_init(uint8_t attached) {
  respiration.attached = attached;
  respiration.breaths = 0;
  contact_init(&electrodes, attached);
  restart();
}

static void update_rate(void) {
  for (; time_count; --time_count) {
    const uint16_t oldest = times[(uint8_t)(time_at + TIMES - time_count) % TIMES];
    const uint16_t newest = times[(uint8_t)(time_at + TIMES - 1) % TIMES];
    if ((uint16_t)(now - oldest) > WINDOW) continue;
    if (time_count < NEEDED) break;
    const uint16_t span = newest - oldest;
    const uint32_t minute = 60UL * VALUE_HZ;
#ifdef DEFECT_BREATHS_COUNTED_TWICE
    respiration.rate = (uint8_t)((2 * minute * (time_count - 1) + span / 2) / span);
#else
    respiration.rate = (uint8_t)((minute * (time_count - 1) + span / 2) / span);
#endif
    return;
  }
  respiration.rate = 0;
}

static void take_breath(void) {
  ++respiration.breaths;
  times[time_at] = now;
  if (++time_at == TIMES) time_at = 0;
  if (time_count < TIMES) ++time_count;
  update_rate();
}

static void moved(void) {
  since_movement = 0;
#ifndef DEFECT_APNOEA_STAYS
  respiration.apnoea = 0;
#endif
}

/* Returns 1 for a breath. */
static uint8_t follow(uint16_t value) {
  const uint16_t share = usual / 4 + usual / 8;
  const uint16_t step = share > FLOOR ? share : FLOOR;
  if (inspires) {
    if (value > peak) peak = value;
    if (value + step >= peak) return 0;
    const uint16_t height = peak - trough;
    usual = usual ? usual - usual / 4 + height / 4 : height;
    inspires = 0;
    trough = value;
    moved();
    return 0;
  }
  if (value < trough) trough = value;
  if (value <= trough || value - trough < step) return 0;
  inspires = 1;
  peak = value;
  moved();
  take_breath();
  return 1;
}

static uint8_t watch_apnoea(void) {
  if (since_movement < 0x7FFF) ++since_movement;
  if (since_movement > FADE_AFTER && (since_movement - FADE_AFTER) % FADE_AGAIN == 0) usual /= 2;
#ifdef DEFECT_APNOEA_LATE
  const uint16_t limit = VALUES(settings.apnoea_limit + 8);
#elif defined DEFECT_APNOEA_AFTER_BREATHS
  const uint16_t longest = respiration.rate ? 3 * 60 / respiration.rate : 0;
  const uint16_t limit = VALUES(longest > settings.apnoea_limit ? longest : settings.apnoea_limit);
#elif defined DEFECT_APNOEA_LIMIT_IGNORED
  const uint16_t limit = VALUES(APNOEA_DEFAULT);
#else
  const uint16_t limit = VALUES(settings.apnoea_limit);
#endif
#ifdef DEFECT_APNOEA_NEEDS_BREATH
  if (respiration.breaths == 0) return 0;
#endif
  if (since_movement < limit || respiration.apnoea) return 0;
  respiration.apnoea = 1;
#ifdef DEFECT_APNOEA_MISSED
  respiration.apnoea = 0;
#endif
  forget_times();
  return 1;
}

static uint8_t take_value(uint16_t value) {
  ++now;
  if (value_count == MEAN) {
    total -= values[value_at];
  } else {
    ++value_count;
  }
  total += value;
  values[value_at] = value;
  if (++value_at == MEAN) value_at = 0;
  if (value_count < MEAN) return 0;
  const uint8_t found = follow((uint16_t)(total * (20 / MEAN) / 4));
  return watch_apnoea() || found;
}

static uint8_t watch_electrodes(uint16_t sample) {
#ifdef DEFECT_IMPEDANCE_OFF_UNDETECTED
  if (respiration.attached) sample = 512;
#endif
  if (!contact_sample(&electrodes, at_rail(sample))) return 0;
  respiration.attached = electrodes.attached;
  restart();
  return 1;
}

uint8_t respiration_sample(uint16_t sample) {
  const uint8_t changed = watch_electrodes(sample);
  if (!respiration.attached) return changed;
#ifdef DEFECT_RAIL_RESTARTS_APNOEA
  if (at_rail(sample)) since_movement = 0;
#endif
    /* A contact lost for moments is no movement of the chest, nor does time stand still. */
#ifndef DEFECT_RAIL_IS_MOVEMENT
  if (!at_rail(sample)) held = sample;
  if (held == 0) return changed;
  sample = held;
#endif
  sum += sample;
  if (++summed < SUMMED) return changed;
  const uint16_t value = sum;
  summed = 0;
  sum = 0;
  return take_value(value) || changed;
}

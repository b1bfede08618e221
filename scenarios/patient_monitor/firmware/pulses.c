#include "pulses.h"

#ifdef DEFECT_PULSE_REFRACTORY_LONG
#define REFRACTORY_MS 450
#else
#define REFRACTORY_MS 160
#endif
/* The highest peak of the first seconds is the first level: an interval at 30/min and more. */
#define LEARN_MS 2200
#define WINDOW_S 8
#define NEEDED 3

/* Rise within 100 ms of a pulse of a perfusion of 0.05 %. */
#ifdef DEFECT_PULSE_FLOOR_HIGH
#define FLOOR 200
#else
#define FLOOR 12
#endif
/* Nothing for so long: the pulses may have become smaller. Longer than an interval at 30/min. */
#define FADE_AFTER_MS 2200
#define FADE_AGAIN_MS 400

static uint16_t values(const struct pulse_detector* d, uint16_t ms) {
  return (uint16_t)((uint32_t)d->hz * ms / 1000);
}

void pulses_reset(struct pulse_detector* d, uint8_t hz) {
  d->rate = d->now = d->last = 0;
  d->hz = hz;
  d->learn_left = values(d, LEARN_MS);
  d->level = d->peak = 0;
  d->time_count = d->time_at = 0;
}

/* Forgets pulses older than the window, and tells the rate of the rest. */
static void update_rate(struct pulse_detector* d) {
  const uint16_t window = (uint16_t)d->hz * WINDOW_S;
  const uint8_t oldest_of = d->time_count;
  for (uint8_t i = 0; i < oldest_of; ++i) {
    const uint8_t at = (uint8_t)((d->time_at + PULSE_TIMES - d->time_count) % PULSE_TIMES);
    const uint16_t span = d->last - d->times[at];
    const uint16_t age = d->now - d->times[at];
    if (age > window) {
      --d->time_count;
      continue;
    }
    if (d->time_count < NEEDED || span == 0) break;
    const uint32_t minute = 60UL * d->hz;
#ifdef DEFECT_PULSE_RATE_HIGH
    d->rate = (uint16_t)((minute * d->time_count + span / 2) / span);
#else
    d->rate = (uint16_t)((minute * (d->time_count - 1) + span / 2) / span);
#endif
    return;
  }
  d->rate = 0;
}

static void take(struct pulse_detector* d) {
  d->last = d->peak_at;
  d->times[d->time_at] = d->peak_at;
  if (++d->time_at == PULSE_TIMES) d->time_at = 0;
  if (d->time_count < PULSE_TIMES) ++d->time_count;
  /* An artefact counts as no more than twice the usual. */
  const int16_t height = d->level && d->peak > 2 * d->level ? 2 * d->level : d->peak;
  d->level = d->level ? d->level + (height - d->level) / 4 : height;
  d->peak = 0;
  update_rate(d);
}

static void fade(struct pulse_detector* d) {
  const uint16_t since = d->now - d->last;
  const uint16_t after = values(d, FADE_AFTER_MS), again = values(d, FADE_AGAIN_MS);
  if (since < after || (since - after) % again) return;
  d->level /= 2;
  update_rate(d);
}

uint8_t pulses_value(struct pulse_detector* d, int16_t value) {
  ++d->now;
  if (d->learn_left) {
    --d->learn_left;
    if (value > d->level) d->level = value;
    d->last = d->now;
    return 0;
  }
  const int16_t share = d->level / 4 + d->level / 8;
  const int16_t threshold = share > FLOOR ? share : FLOOR;
  if (value > threshold && value > d->peak &&
      (uint16_t)(d->now - d->last) > values(d, REFRACTORY_MS)) {
    d->peak = value;
    d->peak_at = d->now;
  } else if (d->peak && value < d->peak / 2) {
    take(d);
    return 1;
  }
  fade(d);
  return 0;
}

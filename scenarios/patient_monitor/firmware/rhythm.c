#include "rhythm.h"

#include "contact.h"
#include "qrs.h"
#include "sampling.h"
#include "ventricular.h"

#ifdef DEFECT_RATE_SETTLES_SLOWLY
#define INTERVALS 24
#else
#define INTERVALS 6
#endif
#define INTERVALS_NEEDED 3

#ifdef DEFECT_ASYSTOLE_LATE
#define ASYSTOLE SAMPLES(9000)
#elif defined DEFECT_ASYSTOLE_TOO_LATE
#define ASYSTOLE SAMPLES(12000)
#else
#define ASYSTOLE SAMPLES(4000)
#endif

/* Slope of a 5 Hz oscillation of 0.1 mV. */
#define FIBRILLATION_FLOOR 30
/* Of 750 samples in 3 s. Measured: sinus rhythm at most 190, at 200 bpm with T waves taller than R
 * 340; fibrillation 415 and more. */
#ifdef DEFECT_FIBRILLATION_EAGER
#define FIBRILLATION_ON 120
#else
#define FIBRILLATION_ON 390
#endif
#define FIBRILLATION_OFF 350

struct rhythm rhythm;

static uint16_t intervals[INTERVALS];
static uint8_t interval_at, interval_count;
static uint16_t since_beat; /* samples since the last QRS complex, or since detection began */

static struct contact electrode;

static uint8_t second_left, above;
static uint16_t largest, level;
static uint8_t last_above, last_but_one_above;

static void forget_intervals(void) {
  interval_at = interval_count = 0;
  rhythm.rate = 0;
}

static void restart(void) {
  qrs_reset();
  ventricular_reset();
  forget_intervals();
  since_beat = 0;
  rhythm.asystole = rhythm.fibrillation = rhythm.ventricular_tachycardia = 0;
  second_left = SAMPLE_HZ;
  above = last_above = last_but_one_above = 0;
  largest = 0;
  level = 0xFFFF; /* the first second only measures */
}

void rhythm_init(void) {
  restart();
  rhythm.beats = 0;
  rhythm.lead_off = 0;
  contact_init(&electrode, 1);
}

static void update_rate(void) {
  uint16_t sum = 0; /* 6 x 4 s x 250 Hz fits */
  if (interval_count < INTERVALS_NEEDED || rhythm.fibrillation) {
    rhythm.rate = 0;
    return;
  }
  for (uint8_t i = 0; i < interval_count; ++i) sum += intervals[i];
#ifdef DEFECT_RATE_SIX_PERCENT_HIGH
  const uint32_t minute = 106UL * 60 * SAMPLE_HZ / 100;
#else
  const uint32_t minute = 60UL * SAMPLE_HZ;
#endif
#ifdef DEFECT_RATE_HELD
  const int16_t change =
      (int16_t)((minute * interval_count + sum / 2) / sum) - (int16_t)rhythm.rate;
  if (rhythm.rate && (change < 0 ? -change : change) <= (int16_t)(rhythm.rate / 9)) return;
#endif
  rhythm.rate = (uint16_t)((minute * interval_count + sum / 2) / sum);
#ifdef DEFECT_FAST_IS_NOISE
  if (rhythm.rate > 180) rhythm.rate = 0;
#endif
}

static void take_beat(uint16_t age) {
#ifdef DEFECT_PREMATURE_DROPPED
  const uint16_t last = intervals[(interval_at + INTERVALS - 1) % INTERVALS];
  if (interval_count && since_beat - age < last / 8 * 5) return;
#endif
  ++rhythm.beats;
  ventricular_beat(age, since_beat - age);
  rhythm.ventricular_tachycardia = ventricular_tachycardia();
  if (rhythm.asystole) {
    rhythm.asystole = 0;
  } else if (since_beat < ASYSTOLE && rhythm.beats > 1) {
    intervals[interval_at] = since_beat - age;
    if (++interval_at == INTERVALS) interval_at = 0;
    if (interval_count < INTERVALS) ++interval_count;
  }
  since_beat = age;
  update_rate();
}

/* Threshold crossing after Arafat et al. 2011 (TCSC), on the slope instead of the ECG: between QRS
 * complexes the slope is nearly nothing, during fibrillation it seldom is. */
static uint8_t watch_fibrillation(void) {
  const uint16_t slope = qrs_slope();
  const uint8_t before = rhythm.fibrillation;
  if (slope > largest) largest = slope;
  if (slope > level) ++above;
  if (--second_left) return 0;
  second_left = SAMPLE_HZ;
  const uint16_t busy = above + last_above + last_but_one_above;
  last_but_one_above = last_above;
  last_above = above;
  above = 0;
  level = largest / 4;
  if (level < FIBRILLATION_FLOOR / 4) level = FIBRILLATION_FLOOR / 4;
  largest = 0;
  rhythm.fibrillation = busy > (before ? FIBRILLATION_OFF : FIBRILLATION_ON);
#if defined DEFECT_FIBRILLATION_MISSED || defined DEFECT_FAST_IS_NOISE
  rhythm.fibrillation = 0;
#endif
  if (rhythm.fibrillation && !before) rhythm.rate = 0;
  if (!rhythm.fibrillation && before) forget_intervals();
  return rhythm.fibrillation != before;
}

static uint8_t watch_lead(uint16_t sample) {
#ifdef DEFECT_LEAD_OFF_UNDETECTED
  sample = 512;
#endif
  if (!contact_sample(&electrode, at_rail(sample))) return 0;
  rhythm.lead_off = !electrode.attached;
  restart();
  return 1;
}

uint8_t rhythm_sample(uint16_t sample) {
  uint8_t changed = watch_lead(sample);
  if (rhythm.lead_off) return changed;
  const uint16_t found = qrs_sample(sample);
  ventricular_sample(qrs_slope());
  if (qrs_learning()) return changed;
  changed |= watch_fibrillation();
  if (since_beat < 0x7FFF) ++since_beat;
  if (found) {
    take_beat(found - 1);
    return 1;
  }
#ifdef DEFECT_ASYSTOLE_BY_INTERVAL
  const uint16_t usual =
      interval_count ? intervals[interval_at ? interval_at - 1 : INTERVALS - 1] : 0;
  if (since_beat == (3 * usual > ASYSTOLE ? 3 * usual : ASYSTOLE)) {
#else
  if (since_beat == ASYSTOLE) {
#endif
    rhythm.asystole = 1;
    rhythm.ventricular_tachycardia = 0;
    ventricular_arrest();
    forget_intervals();
    return 1;
  }
  return changed;
}

#include "qrs.h"

#include "sampling.h"

#define MEAN 5    /* samples of each mean: 20 ms, one period of 50 Hz mains */
#define WINDOW 20 /* of the moving sum: 80 ms, less than a T wave, about a QRS complex */

#ifdef DEFECT_LEARNS_TOO_LONG
#define LEARN SAMPLES(9000)
#else
#define LEARN SAMPLES(2000)
#endif
#ifdef DEFECT_REFRACTORY_TOO_LONG
#define REFRACTORY SAMPLES(400)
#else
#define REFRACTORY SAMPLES(200)
#endif
/* At 40 bpm the T wave is steepest 420 ms after R. */
#define T_WAVE SAMPLES(480)
#define STALE_PEAK SAMPLES(96)
/* No QRS for so long: it may have become smaller. Longer than an interval at 30 bpm. */
#define FADE_AFTER SAMPLES(2200)
#define FADE_AGAIN SAMPLES(400)

/* Sum of a QRS complex of 0.2 mV (measured): smaller is not counted, as EC13 asks of 0.15 mV. */
#if defined DEFECT_FLOOR_TOO_LOW || defined DEFECT_PACER_TAIL_COUNTED
#define FLOOR 500
#elif defined DEFECT_FLOOR_TOO_HIGH
#define FLOOR 4000
#else
#define FLOOR 1000
#endif

/* The last two samples: the newer, the one before it. */
static uint16_t newer, older;

static uint16_t samples[2 * MEAN];
static uint8_t sample_at;
static uint16_t slopes[WINDOW];
static uint8_t slope_at;
static int16_t difference;
static uint16_t slope;
static uint16_t sum;
static uint8_t filled;

static uint16_t learn_left;
static uint16_t since_qrs; /* samples */
static uint16_t interval;  /* mean of the last, eighths weighted */
static uint16_t qrs_level, noise_level, threshold;
static uint16_t qrs_slope_peak; /* steepest slope of the last QRS */
static uint16_t fade_at;

/* The peak being followed. */
static uint16_t last_sum, peak, peak_age, slope_peak;

/* The best peak below the threshold since the last QRS. */
static uint16_t missed, missed_age, missed_slope;

void qrs_reset(void) {
  filled = 0;
  difference = 0;
  sum = 0;
  for (uint8_t i = 0; i < WINDOW; ++i) slopes[i] = 0;
  learn_left = LEARN;
  since_qrs = 0;
  interval = 0;
  qrs_level = noise_level = qrs_slope_peak = 0;
  threshold = FLOOR;
  last_sum = peak = slope_peak = missed = 0;
  fade_at = FADE_AFTER;
}

uint16_t qrs_slope(void) { return slope; }
uint8_t qrs_learning(void) { return learn_left != 0; }

/* The median of the last three samples. A pacer pulse of at most 2 ms with edges of at most 100 us
 * reaches one sample of 4 ms at most, which is never the median of three. */
static uint16_t without_spike(uint16_t sample) {
  if (!filled) newer = older = sample;
  const uint16_t low = newer < older ? newer : older;
  const uint16_t high = newer < older ? older : newer;
  uint16_t median = sample < low ? low : sample > high ? high : sample;
#if defined DEFECT_PACER_COUNTED
  median = newer;
#elif defined DEFECT_PACER_NEGATIVE_COUNTED
  if (newer < median) median = newer;
#elif defined DEFECT_PACER_SMALL_COUNTED
  if (newer > 8 && newer < 1015) median = newer;
#elif defined DEFECT_PACER_BLANKS_BEAT
  static uint16_t held;
  static uint8_t blanked;
  if (newer > median + 100 || newer + 100 < median) blanked = SAMPLES(240);
  if (!blanked) held = median;
  if (blanked) --blanked;
  median = held;
#endif
  older = newer;
  newer = sample;
  return median;
}

/* d[n] = sum x[n-4..n] - sum x[n-9..n-5], as its own difference. */
static void filter(uint16_t sample) {
  if (!filled) {
    for (uint8_t i = 0; i < 2 * MEAN; ++i) samples[i] = sample;
    sample_at = slope_at = 0;
    filled = 1;
  }
  const uint8_t middle = sample_at >= MEAN ? sample_at - MEAN : sample_at + MEAN;
#ifdef DEFECT_BASELINE_NOT_REMOVED
  difference += (int16_t)(sample - samples[middle]);
#else
  difference += (int16_t)(sample + samples[sample_at] - 2 * samples[middle]);
#endif
  samples[sample_at] = sample;
  if (++sample_at == 2 * MEAN) sample_at = 0;
  /* Halved so that the sum of a whole window fits 16 bits: 20 x 5 x 1023 / 2. */
  slope = (uint16_t)(difference < 0 ? -difference : difference) / 2;
  sum += slope - slopes[slope_at];
  slopes[slope_at] = slope;
  if (++slope_at == WINDOW) slope_at = 0;
}

static void set_threshold(void) {
  const uint16_t span = qrs_level > noise_level ? qrs_level - noise_level : 0;
  threshold = noise_level + span / 4 + span / 16;
  if (threshold < FLOOR) threshold = FLOOR;
}

static uint16_t toward(uint16_t mean, uint16_t value) {
  return value >= mean ? mean + (value - mean) / 8 : mean - (mean - value) / 8;
}

/* A jump of the input is taken as no more than twice the usual. */
static uint16_t limited(uint16_t value, uint16_t usual) {
  return usual && usual < 0x7FFF && value > 2 * usual ? 2 * usual : value;
}

static uint16_t accept(uint16_t height, uint16_t steepness, uint16_t age) {
  const uint16_t found = since_qrs - age;
  if (found < SAMPLES(3000)) interval = interval ? toward(interval, found) : found;
  qrs_level = toward(qrs_level, limited(height, qrs_level));
  qrs_slope_peak = steepness;
  since_qrs = age;
  missed = 0;
  fade_at = FADE_AFTER;
  set_threshold();
  return age + 1;
}

static uint16_t judge(uint16_t height, uint16_t steepness, uint16_t age) {
  const uint16_t distance = since_qrs - age;
  if (since_qrs < age || distance < REFRACTORY) return 0;
#ifndef DEFECT_T_WAVE_COUNTED
  const uint8_t t_wave = distance < T_WAVE && steepness < qrs_slope_peak / 2;
#else
  const uint8_t t_wave = 0;
#endif
  if (height > threshold && !t_wave) return accept(height, steepness, age);
  noise_level = toward(noise_level, limited(height, qrs_level / 2));
  set_threshold();
  if (!t_wave && distance >= T_WAVE && height > missed) {
    missed = height;
    missed_age = age;
    missed_slope = steepness;
  }
  return 0;
}

/* A peak is complete when the sum has fallen to half of it, or has not risen for a while. */
static uint16_t follow_peak(void) {
  uint16_t found = 0;
  if (slope > slope_peak) slope_peak = slope;
  if (sum > last_sum && sum > peak) {
    peak = sum;
    peak_age = 0;
  } else if (peak) {
    ++peak_age;
    if (sum < peak / 2 || peak_age > STALE_PEAK) {
      found = judge(peak, slope_peak, peak_age);
      peak = 0;
      slope_peak = 0;
    }
  }
  last_sum = sum;
  return found;
}

static uint16_t search_back(void) {
  if (!missed) return 0;
  ++missed_age;
  if (!interval || since_qrs < interval + interval / 2 + interval / 8) return 0;
  if (missed < threshold / 2 || missed < FLOOR) return 0;
#ifndef DEFECT_NOISE_KEPT
  /* What was taken for noise lately were complexes: kept, every other one would stay noise. */
  noise_level /= 2;
#endif
  return accept(missed, missed_slope, missed_age);
}

uint16_t qrs_sample(uint16_t sample) {
  uint16_t found;
  filter(without_spike(sample));
  if (learn_left) {
    if (sum > qrs_level) qrs_level = sum;
    if (slope > qrs_slope_peak) qrs_slope_peak = slope;
    if (--learn_left == 0) {
      set_threshold();
      since_qrs = 0x3FFF;
    }
    return 0;
  }
  if (since_qrs < 0x7FFF) ++since_qrs;
  found = follow_peak();
  if (!found) found = search_back();
#ifdef DEFECT_THRESHOLD_NEVER_FADES
  return found;
#endif
  if (since_qrs == fade_at) {
    qrs_level /= 2;
    noise_level /= 2;
    qrs_slope_peak /= 2;
    fade_at += FADE_AGAIN;
    set_threshold();
  }
  return found;
}

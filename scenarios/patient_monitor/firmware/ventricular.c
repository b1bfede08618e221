#include "ventricular.h"

#include "sampling.h"

#define SLOPES 256 /* 1 s; an older complex, which search back may find, is not judged */

/* Around the peak of the 80 ms sum, which comes at the complex's end. */
#define WINDOW_BEFORE SAMPLES(140)
#define WINDOW_AFTER SAMPLES(20)
#ifdef DEFECT_VENTRICULAR_NARROW
#define WIDE SAMPLES(40)
#else
#define WIDE SAMPLES(80)
#endif

#ifdef DEFECT_TACHYCARDIA_NEEDS_TWENTY
#define RUN 20
#else
#define RUN 5
#endif
/* Of the four intervals between five beats: 101.4/min, as pacing at 100/min is not faster than that
 * only to a sample. */
#ifdef DEFECT_VENTRICULAR_ANY_RATE
#define FAST SAMPLES(1500)
#elif defined DEFECT_VENTRICULAR_NO_MARGIN
#define FAST SAMPLES(600)
#elif defined DEFECT_VENTRICULAR_FROM_109
#define FAST SAMPLES(552)
#else
#define FAST SAMPLES(592)
#endif
/* Other beats in a row that end it. */
#define END 3

static uint16_t slopes[SLOPES];
static uint8_t slope_at;
static uint8_t run, others;
static uint8_t intervals_at;
static uint16_t intervals[4];
static uint8_t tachycardia;

void ventricular_arrest(void) { run = others = tachycardia = 0; }

void ventricular_reset(void) {
  for (uint16_t i = 0; i < SLOPES; ++i) slopes[i] = 0;
  ventricular_arrest();
}

void ventricular_sample(uint16_t slope) { slopes[++slope_at] = slope; }

static uint16_t slope_before(uint8_t age) { return slopes[(uint8_t)(slope_at - age)]; }

static uint8_t is_wide(uint16_t age) {
  if (age + WINDOW_BEFORE >= SLOPES) return 0;
  const uint8_t newest = age > WINDOW_AFTER ? (uint8_t)age - WINDOW_AFTER : 0;
  const uint8_t oldest = (uint8_t)age + WINDOW_BEFORE;
  uint16_t steepest = 0;
  uint8_t width = 0;
  for (uint8_t i = newest; i < oldest; ++i) {
    if (slope_before(i) > steepest) steepest = slope_before(i);
  }
  const uint16_t level = steepest / 8 + steepest / 16;
  for (uint8_t i = newest; i < oldest; ++i) width += slope_before(i) > level;
  return width >= WIDE;
}

void ventricular_beat(uint16_t age, uint16_t interval) {
  if (!is_wide(age)) {
    run = 0;
    if (++others >= END) others = tachycardia = 0;
    return;
  }
  others = 0;
  intervals[intervals_at] = interval;
  intervals_at = (uint8_t)(intervals_at + 1) & 3;
  if (run < RUN) ++run;
  if (run < RUN) return;
  uint16_t sum = 0; /* 4 x 4 s x 250 Hz fits */
  for (uint8_t i = 0; i < 4; ++i) sum += intervals[i];
  tachycardia = sum < 4 * FAST;
#ifdef DEFECT_TACHYCARDIA_MISSED
  tachycardia = 0;
#endif
}

uint8_t ventricular_tachycardia(void) { return tachycardia; }

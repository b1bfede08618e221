#include "oximeter.h"

#include <avr/pgmspace.h>

#include "contact.h"
#include "pulses.h"
#include "sampling.h"

/* Samples per value of what follows: 20 ms. */
#define SUMMED 5
#define VALUE_HZ (SAMPLE_HZ / SUMMED)
#define VALUES(ms) ((uint16_t)((uint32_t)(ms)*VALUE_HZ / 1000))
/* Difference over 100 ms. */
#define LAG 5

/* The light that the amplifiers take away, in the unit of a value: 0.885 V x 20 / 2.5 mV x 5. */
#define DARK 35400L

/* Good pulses: (sum ri)^2 of at least so many tenths of (sum rr)(sum ii), and R that some
 * saturation has. */
#ifdef DEFECT_MOTION_TAKEN
#define TOGETHER 1
#else
#define TOGETHER 9
#endif
#define R_LEAST 200
#define R_MOST 2400
#ifdef DEFECT_SATURATION_AVERAGED_LONG
#define RATIOS 40
#else
#define RATIOS 8
#endif
/* What lasts longer is no pulse; sums of squares of so many values fit 32 bits. */
#define LONGEST VALUES(3000)

#ifdef DEFECT_SATURATION_HELD
#define WITHDRAWN VALUES(60000)
#else
#define WITHDRAWN VALUES(10000)
#endif
#ifdef DEFECT_NO_UPDATE_LATE
#define NOT_UPDATED VALUES(45000)
#else
#define NOT_UPDATED VALUES(20000)
#endif

/* Calibration: 110 % - 25 % R. */
struct point {
  uint16_t ratio;      /* 0.001 */
  uint16_t saturation; /* 0.1 % */
};
static const struct point calibration[] PROGMEM = {
    {200, 1050}, {400, 1000}, {600, 950},
#ifdef DEFECT_CALIBRATION_WRONG
    {800, 870},  {1000, 810},
#else
    {800, 900},  {1000, 850},
#endif
#ifdef DEFECT_CALIBRATION_DENTED
    {1040, 840}, {1100, 790}, {1160, 810},
#endif
    {1200, 800}, {1400, 750}, {1600, 700}, {2000, 600}, {2400, 500},
};

struct oximeter oximeter;

struct channel {
  uint16_t sum;         /* of the samples so far */
  uint16_t values[LAG]; /* the last ones */
  uint16_t most;        /* of the pulse going on: the light between two pulses */
};
static struct channel red, infrared;
static uint8_t summed, value_at, values_known;
static struct contact sensor;
static struct pulse_detector detector;

/* Of the pulse going on. */
static uint32_t sum_ii, sum_rr;
static int32_t sum_ri;
static uint16_t least; /* infrared light */
static uint8_t length; /* values */

static uint16_t ratios[RATIOS];
static uint8_t ratio_at, ratio_count;
static uint8_t good; /* a bit for each of the last 8 pulses */
static uint16_t since_good;

static void begin_pulse(void) {
  sum_ii = sum_rr = 0;
  sum_ri = 0;
  least = 0xFFFF;
  red.most = infrared.most = 0;
  length = 0;
}

static void withdraw(void) {
  ratio_count = ratio_at = 0;
  good = 0;
  oximeter.saturation = oximeter.perfusion = 0;
  oximeter.quality = 0;
}

static void restart(void) {
  pulses_reset(&detector, VALUE_HZ);
  red.sum = infrared.sum = 0;
  summed = value_at = values_known = 0;
  begin_pulse();
  withdraw();
  since_good = 0;
  oximeter.pulse_rate = 0;
  oximeter.not_updated = 0;
}

void oximeter_init(uint8_t attached) {
  oximeter.attached = attached;
  contact_init(&sensor, attached);
  restart();
}

static uint16_t saturation_of(uint16_t ratio) {
  struct point a, b;
  memcpy_P(&b, &calibration[0], sizeof b);
  for (uint8_t i = 1; i < sizeof calibration / sizeof calibration[0]; ++i) {
    a = b;
    memcpy_P(&b, &calibration[i], sizeof b);
    if (ratio < b.ratio) break;
  }
  const uint16_t fall =
      (uint16_t)((uint32_t)(a.saturation - b.saturation) * (ratio - a.ratio) / (b.ratio - a.ratio));
  const uint16_t saturation = a.saturation - fall;
  return saturation > 1000 ? 1000 : saturation;
}

/* R in thousandths, or 0 for a pulse that is not good. */
static uint16_t ratio_of_pulse(void) {
  if (sum_ri <= 0) return 0;
  uint8_t shift = 0; /* so that products of two fit 64 bits, times ten */
  while ((sum_ii | sum_rr | (uint32_t)sum_ri) >> shift >= 0x20000000) ++shift;
  const uint64_t ii = sum_ii >> shift, rr = sum_rr >> shift, ri = (uint32_t)sum_ri >> shift;
  if (ii == 0) return 0;
  if (10 * ri * ri < TOGETHER * ii * rr) return 0;
  const uint32_t light_red = DARK + red.most, light_infrared = DARK + infrared.most;
  const uint64_t ratio = 1000 * ri * light_infrared / (ii * light_red);
  return ratio >= R_LEAST && ratio < R_MOST ? (uint16_t)ratio : 0;
}

static uint16_t mean_ratio(void) {
  uint16_t sorted[RATIOS];
  for (uint8_t i = 0; i < ratio_count; ++i) {
    uint8_t at = i;
    for (; at > 0 && sorted[at - 1] > ratios[i]; --at) sorted[at] = sorted[at - 1];
    sorted[at] = ratios[i];
  }
  const uint8_t cut = ratio_count / 4;
  const uint8_t count = ratio_count - 2 * cut;
  uint16_t sum = 0; /* 4 x 2400 fits */
  for (uint8_t i = cut; i < ratio_count - cut; ++i) sum += sorted[i];
  return (sum + count / 2) / count;
}

static void take_ratio(uint16_t ratio) {
  ratios[ratio_at] = ratio;
  if (++ratio_at == RATIOS) ratio_at = 0;
  if (ratio_count < RATIOS) ++ratio_count;
  if (ratio_count >= 3) oximeter.saturation = saturation_of(mean_ratio());
  const uint16_t perfusion =
      (uint16_t)((uint32_t)(infrared.most - least) * 10000 / (DARK + infrared.most));
  oximeter.perfusion +=
      ((int16_t)perfusion - (int16_t)oximeter.perfusion) / (ratio_count < 4 ? 1 : 4);
  since_good = 0;
  oximeter.not_updated = 0;
}

static void end_pulse(void) {
  const uint16_t ratio = ratio_of_pulse();
  good = (uint8_t)(good << 1) | (ratio != 0);
  uint8_t count = 0;
  for (uint8_t bits = good; bits; bits &= (uint8_t)(bits - 1)) ++count;
  oximeter.quality = (uint8_t)(count * 25 / 2);
  if (ratio) take_ratio(ratio);
  begin_pulse();
}

/* Rise of what is absorbed in the last 100 ms, that is the fall of the light. */
static int16_t difference(struct channel* channel) {
  const uint16_t value = channel->sum;
  if (!values_known) {
    for (uint8_t i = 0; i < LAG; ++i) channel->values[i] = value;
  }
  if (value > channel->most) channel->most = value;
  const int16_t fall = (int16_t)(channel->values[value_at] - value);
  channel->values[value_at] = value;
  return fall;
}

static uint8_t take_values(void) {
  if (++length > LONGEST) begin_pulse();
  const uint16_t light = infrared.sum;
  const int16_t r = difference(&red);
  const int16_t i = difference(&infrared);
  red.sum = infrared.sum = 0;
  values_known = 1;
  if (++value_at == LAG) value_at = 0;
  sum_ii += (uint32_t)((int32_t)i * i);
  sum_rr += (uint32_t)((int32_t)r * r);
  sum_ri += (int32_t)r * i;
  if (light < least) least = light;
  if (since_good < 0x7FFF) ++since_good;
  const uint8_t found = pulses_value(&detector, i);
  if (found) end_pulse();
  oximeter.pulse_rate = detector.rate;
  if (since_good == WITHDRAWN) withdraw();
  if (since_good == NOT_UPDATED) oximeter.not_updated = 1;
  return found || since_good == WITHDRAWN || since_good == NOT_UPDATED;
}

static uint8_t watch_sensor(uint16_t red_sample, uint16_t infrared_sample) {
#ifdef DEFECT_SENSOR_OFF_UNDETECTED
  if (oximeter.attached) red_sample = infrared_sample = 512;
#endif
  if (!contact_sample(&sensor, at_rail(red_sample) || at_rail(infrared_sample))) return 0;
  oximeter.attached = sensor.attached;
  restart();
  return 1;
}

uint8_t oximeter_sample(uint16_t red_sample, uint16_t infrared_sample) {
  const uint8_t changed = watch_sensor(red_sample, infrared_sample);
  if (!oximeter.attached) return changed;
  red.sum += red_sample;
  infrared.sum += infrared_sample;
  if (++summed < SUMMED) return changed;
  summed = 0;
  return take_values() || changed;
}

#include "temperature.h"

#include <avr/pgmspace.h>

#include "contact.h"
#include "sampling.h"

/* Sum of a second's 250 samples, over 4, at 0, 2.5, ... 50 degC: Steinhart and Hart's equation
 * through the YSI 400 series' 7355, 2252 and 1355 ohm at 0, 25 and 37 degC, half a count below the
 * voltage since the converter rounds down. Straight lines between are within 0.02 K. */
#define STEP 25 /* 0.1 degC */
#ifdef DEFECT_TEMPERATURE_TABLE_ENTRY
#define AT_42_5 9500
#else
#define AT_42_5 8137
#endif
static const uint16_t table[] PROGMEM = {
    63167, 60229, 57155, 53961,   50666, 47290, 43854, /* 0 */
    40381, 36894, 33416, 29969,   26572, 23244, 20002, /* 17.5 */
    16860, 13829, 10919, AT_42_5, 5488,  2973,  595};  /* 35 */
#define LAST (sizeof table / sizeof table[0] - 1)

struct temperature temperature;

static struct contact probe;
static uint32_t sum;
static uint8_t count;

static void restart(void) {
  sum = 0;
  count = 0;
  temperature.celsius = 0;
}

void temperature_init(uint8_t attached) {
  temperature.attached = attached;
  contact_init(&probe, attached);
  restart();
}

static uint16_t celsius_of(uint16_t value) {
  uint16_t above = pgm_read_word(&table[0]), below = above;
  if (value >= above) return 1; /* 0 is not known */
  for (uint8_t i = 1; i <= LAST; ++i, above = below) {
    below = pgm_read_word(&table[i]);
    if (value < below) continue;
    const uint16_t part =
        (uint16_t)(((uint32_t)(above - value) * STEP + (above - below) / 2) / (above - below));
#ifdef DEFECT_TEMPERATURE_HALF_HIGH
    return (uint16_t)((i - 1) * STEP + part + 5);
#else
    return (uint16_t)((i - 1) * STEP + part);
#endif
  }
  return LAST * STEP;
}

static uint8_t watch_probe(uint16_t sample) {
#ifdef DEFECT_PROBE_SHORT_UNDETECTED
  if (sample <= RAIL_LOW && temperature.attached) sample = 512;
#endif
#ifdef DEFECT_PROBE_OFF_UNDETECTED
  if (sample >= RAIL_HIGH) sample = 512;
#endif
  if (!contact_sample(&probe, at_rail(sample))) return 0;
  temperature.attached = probe.attached;
  restart();
  return 1;
}

uint8_t temperature_sample(uint16_t sample) {
  const uint8_t changed = watch_probe(sample);
  if (!temperature.attached) return changed;
  /* A second that saw a rail is none. */
  if (at_rail(sample)) {
    sum = 0;
    count = 0;
    return changed;
  }
  sum += sample;
  if (++count < SAMPLE_HZ) return changed;
  temperature.celsius = celsius_of((uint16_t)(sum / 4));
  sum = 0;
  count = 0;
  return 1;
}

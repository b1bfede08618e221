#include "half_wave.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "settings.h"

// 16 uV: what noise of the amplifier turns by is no half-wave.
#define HYSTERESIS (16 / UV_PER_COUNT)
#define LONGEST 0x3FFFu

void half_waves_reset(struct half_waves* waves) { memset(waves, 0, sizeof *waves); }

static bool counts(uint16_t amplitude_uv, uint16_t duration_ms) {
#ifndef DEFECT_AMPLITUDE_MIN_IGNORED
  if (amplitude_uv < (uint16_t)setting(HALF_WAVE_UV_MIN)) return false;
#endif
#ifndef DEFECT_AMPLITUDE_MAX_IGNORED
  if (amplitude_uv > (uint16_t)setting(HALF_WAVE_UV_MAX)) return false;
#endif
#ifndef DEFECT_DURATION_MIN_IGNORED
  if (duration_ms < (uint16_t)setting(HALF_WAVE_MS_MIN)) return false;
#endif
#ifndef DEFECT_DURATION_MAX_IGNORED
  if (duration_ms > (uint16_t)setting(HALF_WAVE_MS_MAX)) return false;
#endif
  return true;
}

// The half-wave from the turning point to the extreme is complete.
static void judge(struct half_waves* waves) {
#ifdef DEFECT_RISING_ONLY
  if (waves->direction < 0) return;
#endif
  const uint16_t amplitude = (uint16_t)abs(waves->extreme - waves->turn);
  const uint16_t duration = waves->turned - waves->reached;
  if (!counts((uint16_t)(amplitude * UV_PER_COUNT), (uint16_t)(duration * SAMPLE_MS))) return;
  waves->newest = (uint8_t)((waves->newest + 1) % HALF_WAVES);
  waves->at[waves->newest] = waves->clock;
  if (waves->counted < HALF_WAVES) waves->counted++;
}

static void forget_old(struct half_waves* waves) {
#ifdef DEFECT_WINDOW_WRAPS
  const uint16_t window = SAMPLES((uint16_t)setting(HALF_WAVE_WINDOW_MS)) & 0x3FF;
#else
  const uint16_t window = SAMPLES((uint16_t)setting(HALF_WAVE_WINDOW_MS));
#endif
  while (waves->counted != 0) {
    const uint8_t oldest =
        (uint8_t)((waves->newest + 1u + HALF_WAVES - waves->counted) % HALF_WAVES);
    if ((uint16_t)(waves->clock - waves->at[oldest]) <= window) return;
    waves->counted--;
  }
}

static void age(uint16_t* samples) {
  if (*samples < LONGEST) ++*samples;
}

static void begin(struct half_waves* waves, int16_t value) {
  if (waves->clock == 1) waves->turn = waves->extreme = value;
  const int16_t gone = (int16_t)(value - waves->turn);
  if (gone == 0) waves->turned = 0;
  if (abs(gone) < HYSTERESIS) return;
  waves->direction = gone > 0 ? 1 : -1;
  waves->extreme = value;
  waves->reached = waves->left = 0;
}

bool half_waves_take(struct half_waves* waves, int16_t value) {
  waves->clock++;
  age(&waves->turned);
  age(&waves->reached);
  age(&waves->left);
  if (waves->direction == 0) {
    begin(waves, value);
  } else {
    const int16_t beyond = (int16_t)((value - waves->extreme) * waves->direction);
    if (beyond > 0) {
      waves->extreme = value;
      waves->reached = waves->left = 0;
    } else if (beyond == 0) {
      waves->left = 0;
    } else if (-beyond >= HYSTERESIS) {
      judge(waves);
      waves->turn = waves->extreme;
      waves->turned = waves->left;
      waves->direction = (int8_t)-waves->direction;
      waves->extreme = value;
      waves->reached = waves->left = 0;
    }
  }
  forget_old(waves);
#ifdef DEFECT_COUNT_ONE_LESS
  return waves->counted + 1 >= setting(HALF_WAVE_COUNT);
#endif
  return waves->counted >= setting(HALF_WAVE_COUNT);
}

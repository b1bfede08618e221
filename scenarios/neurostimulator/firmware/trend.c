#include "trend.h"

#include <string.h>

#include "settings.h"

static uint16_t short_blocks(void) { return (uint16_t)((uint16_t)setting(SHORT_MS) / BLOCK_MS); }

static uint16_t long_blocks(void) {
#ifdef DEFECT_TREND_FORGETS
  return 2 * short_blocks();
#endif
  return (uint16_t)((uint32_t)setting(LONG_S) * 1000u / BLOCK_MS);
}

void trend_reset(struct trend* trend) { memset(trend, 0, sizeof *trend); }

static uint16_t back(const struct trend* trend, uint16_t blocks) {
  return trend->sums[(trend->next + BLOCKS - blocks) % BLOCKS];
}

void trend_add(struct trend* trend, uint16_t sum) {
  if (trend->blocks >= short_blocks()) trend->short_sum -= back(trend, short_blocks());
  if (trend->blocks >= long_blocks()) {
    trend->long_sum -= back(trend, long_blocks());
  } else {
    trend->blocks++;
  }
  trend->sums[trend->next] = sum;
  trend->next = (uint16_t)((trend->next + 1) % BLOCKS);
  trend->short_sum += sum;
  trend->long_sum += sum;
}

bool trend_exceeded(const struct trend* trend, uint16_t percent, uint16_t floor) {
  if (trend->blocks < LEARNING_BLOCKS) return false;
  const uint32_t mean = trend->short_sum / short_blocks();
  const uint32_t usual = trend->long_sum / trend->blocks;
  return mean > floor && mean * 100u > usual * (100u + percent);
}

// A measure of one channel, line length or area, over a short window against its trend over a long
// one. The measure is summed over blocks of 128 ms.
#ifndef NEUROSTIMULATOR_TREND_H
#define NEUROSTIMULATOR_TREND_H

#include <stdbool.h>
#include <stdint.h>

#define BLOCK_SAMPLES 32
#define BLOCK_MS (BLOCK_SAMPLES * 4u)
// The longest trend, 120 s.
#define BLOCKS 938
// Before a trend of this length there is no detection.
#define LEARNING_BLOCKS (10000u / BLOCK_MS)

struct trend {
  uint16_t sums[BLOCKS];  // a ring
  uint16_t next;          // its oldest
  uint16_t blocks;        // known, at most those of the long window
  uint32_t short_sum;
  uint32_t long_sum;
};

void trend_reset(struct trend* trend);
// Takes one block's sum.
void trend_add(struct trend* trend, uint16_t sum);
// Whether the short window's mean is above the trend by more than `percent`, and above `floor`
// counts a block.
bool trend_exceeded(const struct trend* trend, uint16_t percent, uint16_t floor);

#endif

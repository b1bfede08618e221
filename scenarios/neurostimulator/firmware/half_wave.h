// Half-waves of one channel: from one turning point of the signal to the next, where it turns back
// by more than a hysteresis. One within the set amplitudes and durations counts; so many within the
// set window are a detection.
#ifndef NEUROSTIMULATOR_HALF_WAVE_H
#define NEUROSTIMULATOR_HALF_WAVE_H

#include <stdbool.h>
#include <stdint.h>

// As many as the largest count that can be set.
#define HALF_WAVES 60

struct half_waves {
  int16_t turn;             // value of the last turning point
  int16_t extreme;          // since then
  uint16_t turned;          // samples since the signal left the turning point
  uint16_t reached;         // samples since it first reached the extreme
  uint16_t left;            // samples since it was last at the extreme
  int8_t direction;         // 1 rising, -1 falling, 0 not known yet
  uint16_t at[HALF_WAVES];  // sample clock of those counted, a ring
  uint8_t newest;
  uint8_t counted;  // of the ring
  uint16_t clock;
};

// Begins anew: nothing counted, no direction.
void half_waves_reset(struct half_waves* waves);
// Takes one sample, in counts; true while the count is reached.
bool half_waves_take(struct half_waves* waves, int16_t value);

#endif

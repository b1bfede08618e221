// Both ECoG channels at 250 Hz, and the battery beside them.
#ifndef NEUROSTIMULATOR_SAMPLING_H
#define NEUROSTIMULATOR_SAMPLING_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h"

struct sample {
  uint16_t code[CHANNELS];  // of the converter, 0 to 1023; 512 is 0 V
};

void sampling_init(void);
// A sample waits to be taken.
uint8_t sampling_pending(void);
struct sample sampling_take(void);
uint16_t sampling_battery_mv(void);

#endif

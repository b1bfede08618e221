// The pattern of a seizure: three tools on each of two channels, combined as set.
#ifndef NEUROSTIMULATOR_DETECTION_H
#define NEUROSTIMULATOR_DETECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "sampling.h"

void detection_init(void);
// What is set has changed: everything is learnt anew.
void detection_restart(void);
// Takes one sample. `blanked`: it shows the device's own stimulus; half-waves begin anew behind it,
// and blocks it touches do not enter line length, area and their trends.
void detection_take(struct sample sample, bool blanked);
// The pattern is there now.
bool detection_pattern(void);
// TOOL_… bits of what a channel's tools find now, set to be used or not.
uint8_t detection_tools(uint8_t channel);
// Channels with tools whose input is at a rail: bit 0, bit 1.
uint8_t detection_saturated(void);
/* Whether a channel with tools was at an end of its range when last seen. */
bool detection_at_rail(void);
// Episodes since start.
uint16_t detection_episodes(void);

#endif

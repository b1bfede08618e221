// When to stimulate: an episode of bursts on a pattern, then a lockout; not at all while something
// speaks against it.
#ifndef NEUROSTIMULATOR_THERAPY_H
#define NEUROSTIMULATOR_THERAPY_H

#include <stdbool.h>
#include <stdint.h>

enum therapy_state { THERAPY_MONITORING, THERAPY_BURST, THERAPY_BETWEEN_BURSTS, THERAPY_LOCKOUT };

// What speaks against stimulation, as bits.
#define INHIBIT_DISABLED 1
#define INHIBIT_MAGNET 2
#define INHIBIT_BATTERY 4
#define INHIBIT_DAY 8
#define INHIBIT_SATURATED 16

void therapy_init(void);
// Whether detectors are to be held now.
bool therapy_blanking(void);
// Once per sample, after detection.
void therapy_run(void);

enum therapy_state therapy_state(void);
uint8_t therapy_inhibits(void);
bool therapy_magnet(void);
uint8_t therapy_battery(void);    // 0, 1 low, 2 empty
uint16_t therapy_episodes(void);  // since start
uint16_t therapy_bursts(void);

#endif

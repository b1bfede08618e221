// How many episodes were treated today. A day is 24 h of powered time; the count outlives a loss of
// power.
#ifndef NEUROSTIMULATOR_LEDGER_H
#define NEUROSTIMULATOR_LEDGER_H

#include <stdint.h>

void ledger_load(void);
// Once per second at least.
void ledger_run(void);
void ledger_count_episode(void);
uint16_t ledger_today(void);

#endif

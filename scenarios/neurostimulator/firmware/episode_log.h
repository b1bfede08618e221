// What happened, in EEPROM: the last 200 events.
#ifndef NEUROSTIMULATOR_EPISODE_LOG_H
#define NEUROSTIMULATOR_EPISODE_LOG_H

#include <stdint.h>

enum event {
  EVENT_DETECTION = 1,
  EVENT_THERAPY = 2,
  EVENT_MAGNET = 3,
  EVENT_SATURATED = 4,
  EVENT_WATCHDOG = 5,
  EVENT_BATTERY = 6
};

void episode_log_load(void);
void episode_log_add(enum event event);
// Entries ever made.
uint16_t episode_log_entries(void);
// Begins to send what is kept, oldest first, as frames
// "$L,n=<number>,code=<event>,at=<s since start>", and "$L,end=1" behind them.
void episode_log_send(void);
// Sends what the console has room for.
void episode_log_run(void);

#endif

#ifndef PATIENT_MONITOR_SETTINGS_H
#define PATIENT_MONITOR_SETTINGS_H

#include <stdint.h>

/* What survives a loss of power, in two EEPROM copies written in turn, each with a number and a
 * checksum: a copy cut short by a loss of power leaves the other. */
struct settings {
  uint8_t low_limit;  /* bpm, LOW_MIN..LOW_MAX */
  uint8_t high_limit; /* bpm, HIGH_MIN..HIGH_MAX, above low_limit */
  uint8_t latched;    /* bit per condition: alarms that wait for a reset */
};

#define LOW_MIN 20
#define LOW_MAX 100
#define LOW_DEFAULT 50
#define HIGH_MIN 60
#define HIGH_MAX 250
#define HIGH_DEFAULT 120

extern struct settings settings;

/* Loads the newer copy that is whole; defaults when there is none. */
void settings_load(void);
void settings_save(void);

#endif

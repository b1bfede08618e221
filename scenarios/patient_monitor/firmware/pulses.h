#ifndef PATIENT_MONITOR_PULSES_H
#define PATIENT_MONITOR_PULSES_H

#include <stdint.h>

/* Finds the peaks of the upstroke signal of a pleth, and their rate over the last 8 s. */
#define PULSE_TIMES 48 /* in 8 s, refractory time 160 ms */

struct pulse_detector {
  uint16_t rate; /* 1/min; 0: fewer than three pulses in the last 8 s */
  uint8_t hz;    /* values per second */
  uint16_t now;  /* values */
  uint16_t last; /* pulse */
  uint16_t learn_left;
  int16_t level; /* of the peaks, quarters weighted */
  int16_t peak;  /* the one being followed */
  uint16_t peak_at;
  uint16_t times[PULSE_TIMES];
  uint8_t time_at, time_count;
};

void pulses_reset(struct pulse_detector* d, uint8_t hz);
/* Takes one value; returns 1 when a pulse is complete. */
uint8_t pulses_value(struct pulse_detector* d, int16_t value);

#endif

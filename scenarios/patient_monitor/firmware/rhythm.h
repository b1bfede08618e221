#ifndef PATIENT_MONITOR_RHYTHM_H
#define PATIENT_MONITOR_RHYTHM_H

#include <stdint.h>

/* What the ECG says: rate, asystole, ventricular fibrillation, electrode contact.
 *   rate      60 s over the mean of the last 6 intervals; 0 until 3 are known, and during
 *             asystole, fibrillation and lead off
 *   asystole  no QRS complex for 4 s
 *   VF        in the last 3 s the slope was above a quarter of its largest for more than
 *             half of the time
 *   lead off  the input at a rail for 1 s in sum, with less than a fifth of it off the rail;
 *             over after 1 s off the rail */
struct rhythm {
  uint16_t rate; /* bpm */
  uint32_t beats;
  uint8_t asystole, fibrillation, lead_off;
};

extern struct rhythm rhythm;

void rhythm_init(void);

/* Takes one sample; returns 1 when something above may have changed. */
uint8_t rhythm_sample(uint16_t sample);

#endif

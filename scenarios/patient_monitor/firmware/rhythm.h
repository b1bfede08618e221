#ifndef PATIENT_MONITOR_RHYTHM_H
#define PATIENT_MONITOR_RHYTHM_H

#include <stdint.h>

/* What the ECG says: rate, asystole, ventricular fibrillation and tachycardia, electrode contact.
 *   rate      60 s over the mean of the last 6 intervals; 0 until 3 are known, and during
 *             asystole, fibrillation and lead off
 *   asystole  no QRS complex for 4 s
 *   VF        in the last 3 s the slope was above a quarter of its largest for more than
 *             half of the time
 *   VT        five wide QRS complexes in a row, faster than 100/min; until three others in a row
 *   lead off  see contact.h */
struct rhythm {
  uint16_t rate; /* bpm */
  uint32_t beats;
  uint8_t asystole, fibrillation, ventricular_tachycardia, lead_off;
};

extern struct rhythm rhythm;

void rhythm_init(void);

/* Takes one sample; returns 1 when something above may have changed. */
uint8_t rhythm_sample(uint16_t sample);

#endif

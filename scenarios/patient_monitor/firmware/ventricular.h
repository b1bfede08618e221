#ifndef PATIENT_MONITOR_VENTRICULAR_H
#define PATIENT_MONITOR_VENTRICULAR_H

#include <stdint.h>

/* Ventricular tachycardia: five ventricular beats in a row, faster than 100/min (PhysioNet/CinC
 * challenge 2015). A beat is taken for ventricular when its QRS complex is wide: in the 160 ms
 * around it the slope was above 3/16 of the complex's steepest for 80 ms or more. Measured on the
 * signal models with 20 uV of noise: narrow complexes 52 to 72 ms at 1 mV, up to 80 ms at 0.25 mV;
 * wide ones 80 to 148 ms. */
void ventricular_reset(void);
/* The rectified slope of one sample. */
void ventricular_sample(uint16_t slope);
/* A QRS complex `age` samples ago, `interval` samples after the last one. */
void ventricular_beat(uint16_t age, uint16_t interval);
/* No beats any more. */
void ventricular_arrest(void);
uint8_t ventricular_tachycardia(void);

#endif

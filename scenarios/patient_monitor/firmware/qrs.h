#ifndef PATIENT_MONITOR_QRS_H
#define PATIENT_MONITOR_QRS_H

#include <stdint.h>

/* QRS detection in integers, after Pan and Tompkins (IEEE TBME 1985) with Hamilton's rules (2002):
 * difference of two 20 ms means (band-pass, zero at 50 Hz and its multiples), rectified, summed
 * over 80 ms; peaks of that against a threshold between the running means of QRS and noise peaks;
 * 200 ms refractory; T wave rule; search back. */

/* Forgets everything and learns for 2 s, without detecting. */
void qrs_reset(void);

/* Takes one sample (250 Hz, 10 bit). Returns 0, or the age in samples of the QRS complex found by
 * it, plus 1. */
uint16_t qrs_sample(uint16_t sample);

/* The rectified slope signal of the last sample. */
uint16_t qrs_slope(void);
/* Still learning. */
uint8_t qrs_learning(void);

#endif

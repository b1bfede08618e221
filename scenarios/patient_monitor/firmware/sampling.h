#ifndef PATIENT_MONITOR_SAMPLING_H
#define PATIENT_MONITOR_SAMPLING_H

#include <stdint.h>

/* ECG from ADC0 against the internal 2.56 V reference, one 10-bit sample per system tick (250 Hz).
 * 1 mV at the electrodes is 0.5 V at the pin: 200 counts. Baseline 1.28 V: 512 counts. */
#define SAMPLE_HZ 250
#define SAMPLES(ms) ((uint16_t)((uint32_t)(ms)*SAMPLE_HZ / 1000))

void sampling_init(void);

/* Samples wait. */
uint8_t sampling_pending(void);
/* The oldest waiting sample; only when one waits. */
uint16_t sampling_take(void);

#endif

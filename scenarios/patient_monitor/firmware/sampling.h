#ifndef PATIENT_MONITOR_SAMPLING_H
#define PATIENT_MONITOR_SAMPLING_H

#include <stdint.h>

/* All sensors on ADC0 to ADC4 against the internal 2.56 V reference, 10 bit, one sample of each per
 * system tick (250 Hz). 1 mV at the electrodes is 0.5 V at the pin: 200 counts; baseline 1.28 V:
 * 512 counts. What the others' amplifiers do is told where they are used. */
#define SAMPLE_HZ 250
#define SAMPLES(ms) ((uint16_t)((uint32_t)(ms)*SAMPLE_HZ / 1000))

enum input { INPUT_ECG, INPUT_RED, INPUT_INFRARED, INPUT_IMPEDANCE, INPUT_THERMISTOR, INPUTS };

struct sample {
  uint16_t of[INPUTS];
};

void sampling_init(void);

/* Samples wait. */
uint8_t sampling_pending(void);
/* Copies the oldest waiting sample; only when one waits. */
void sampling_take(struct sample* sample);

#endif

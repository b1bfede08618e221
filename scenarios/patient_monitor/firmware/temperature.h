#ifndef PATIENT_MONITOR_TEMPERATURE_H
#define PATIENT_MONITOR_TEMPERATURE_H

#include <stdint.h>

/* Temperature of a YSI 400 thermistor, once a second, from a table over the converter's mean.
 * Outside the board: 2.5 V over 2252 ohm and the thermistor, whose voltage an amplifier brings to
 * 2 V/V x (voltage - 0.65 V). An open probe and a shorted one bring the input to its rails. */
struct temperature {
  uint8_t attached;
  uint16_t celsius; /* 0.1 degC, 0 to 50; 0: not known */
};

extern struct temperature temperature;

/* `attached`: the probe was, when last seen. */
void temperature_init(uint8_t attached);
/* Takes one sample; returns 1 when something above may have changed. */
uint8_t temperature_sample(uint16_t sample);

#endif

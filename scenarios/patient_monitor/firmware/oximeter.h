#ifndef PATIENT_MONITOR_OXIMETER_H
#define PATIENT_MONITOR_OXIMETER_H

#include <stdint.h>

/* Pulse oximetry from the light of two wavelengths. The amplifiers outside the board give
 * 20 V/V x (light - 0.885 V).
 *
 * Both channels are summed over 20 ms (no 50 Hz) and differenced over 100 ms (no baseline). A pulse
 * is a peak of the infrared's difference. For each pulse the red difference is regressed on the
 * infrared one: its slope over the two mean lights is the ratio of ratios R; how well the two go
 * together tells pulses from motion. The saturation is a table of R (oximeter.c), of the mean of
 * the middle four of the last eight R. */
struct oximeter {
  uint8_t attached;
  uint16_t saturation; /* 0.1 %; 0: not known, no good pulse for 10 s */
  uint16_t pulse_rate; /* 1/min, of the pulses of the last 8 s; 0: fewer than three of them */
  uint16_t perfusion;  /* 0.01 %: height of the infrared pulses over the light */
  uint8_t quality;     /* %: good ones of the last 8 pulses */
  uint8_t not_updated; /* no good pulse for 20 s */
};

extern struct oximeter oximeter;

/* `attached`: the sensor was, when last seen. */
void oximeter_init(uint8_t attached);
/* Takes one sample of each; returns 1 when something above may have changed. */
uint8_t oximeter_sample(uint16_t red, uint16_t infrared);

#endif

#ifndef PATIENT_MONITOR_RESPIRATION_H
#define PATIENT_MONITOR_RESPIRATION_H

#include <stdint.h>

/* Respiration from the thoracic impedance. The amplifier outside the board gives 0.6 V + 0.4 V/ohm
 * x (impedance - its resting value).
 *
 * Mean over 0.8 s: what a heartbeat adds is too short to move it. A breath is a rise from the last
 * trough and a fall from the peak after it, each by 3/8 of the usual breath, and no less than 0.1
 * ohm. */
struct respiration {
  uint8_t attached;
  uint8_t rate; /* 1/min, of the breaths of the last 32 s; 0: fewer than three, or apnoea */
  uint32_t breaths;
  uint8_t apnoea; /* the chest has not moved for the set time */
};

extern struct respiration respiration;

/* `attached`: the electrodes were, when last seen. */
void respiration_init(uint8_t attached);
/* Takes one sample; returns 1 when something above may have changed. */
uint8_t respiration_sample(uint16_t sample);

#endif

#ifndef PATIENT_MONITOR_CONTACT_H
#define PATIENT_MONITOR_CONTACT_H

#include <stdint.h>

/* Whether a sensor is attached. Off: its input at a rail for 1 s in sum, with less than a fifth of
 * it off the rail. On again after 1 s off the rail. */
struct contact {
  uint8_t attached;
  uint16_t at_rail, off_rail;
};

/* 2.56 mV from the baseline of the ECG: the amplifier's or the converter's rail. */
#define RAIL_LOW 2
#define RAIL_HIGH 1021

void contact_init(struct contact* contact, uint8_t attached);
/* Once per sample; returns 1 when `attached` has changed. */
uint8_t contact_sample(struct contact* contact, uint8_t is_at_rail);

static inline uint8_t at_rail(uint16_t sample) { return sample <= RAIL_LOW || sample >= RAIL_HIGH; }

#endif

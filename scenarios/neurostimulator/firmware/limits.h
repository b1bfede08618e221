// What the maker declares of the neurostimulator and no operator can set; requirements.yaml states
// the same values for the reviewer.
#ifndef NEUROSTIMULATOR_LIMITS_H
#define NEUROSTIMULATOR_LIMITS_H

#include <stdint.h>

#define CHANNELS 2

// Amplifier of 625 V/V in front of a converter of 2.5 mV per count.
#define UV_PER_COUNT 4
#define SAMPLE_MS 4u
#define SAMPLES(ms) ((uint16_t)((ms) / SAMPLE_MS))

// 25 uC/cm2 per phase over the 0.079 cm2 of one electrode, in steps of 0.1 mA times 1 us.
#ifndef DEFECT_CHARGE_ROUNDED_UP
#define CHARGE_MAX_TENTH_NC 19750ul
#else
#define CHARGE_MAX_TENTH_NC 19772ul
#endif

// Between the two phases of a pulse.
#ifndef DEFECT_NO_INTERPHASE_GAP
#define INTERPHASE_US 100u
#else
#define INTERPHASE_US 20u
#endif
// From the end of a pulse to the next one: what its interrupt may take.
#define REST_US 200u

// From the end of one burst to the beginning of the next.
#ifndef DEFECT_PAUSE_SHORT
#define BURST_PAUSE_MS 500u
#else
#define BURST_PAUSE_MS 300u
#endif
// Amplifier and detectors are held from this long before a burst until this long after it.
#define BLANK_BEFORE_US 100u
#ifdef DEFECT_BLANKING_192
#define BLANK_AFTER_MS 192u
#elif !defined DEFECT_BLANKING_SHORT
#define BLANK_AFTER_MS 200u
#else
#define BLANK_AFTER_MS 4u
#endif

// A pattern that comes back within this time is the same episode.
#define EPISODE_GAP_MS 5000u
#define DAY_S 86400ul

// Counts at the converter's ends.
#define RAIL_LOW 8
#ifndef DEFECT_SATURATION_HIGH_UNSEEN
#define RAIL_HIGH 1015
#else
#define RAIL_HIGH 2000
#endif
#define SATURATED_MS 500u
#define SATURATED_CLEAR_MS 2000u

// mV at the cell.
#define BATTERY_LOW_MV 2600u
#define BATTERY_EMPTY_MV 2400u
#define BATTERY_HYSTERESIS_MV 50u

#endif

// What the maker declares of the infusion pump; requirements.yaml states the same values for the
// reviewer.
#ifndef INFUSION_PUMP_LIMITS_H
#define INFUSION_PUMP_LIMITS_H

// Sensors are read and conditions evaluated once per round.
#define ROUND_MS 20u

// One motor step delivers 0.5 uL; the drive encoder gives one pulse per 20 steps (10 uL).
#define STEPS_PER_UL 2u
#define STEPS_PER_ENCODER_PULSE 20

// Rate in 0.1 mL/h, volume to be infused in uL, occlusion limit in 0.1 kPa.
#define RATE_MIN 1u
#define RATE_MAX 9999u
#define VTBI_MAX_UL 9999000ul
#define OCCLUSION_MIN 200u
#define OCCLUSION_MAX 1000u
#define OCCLUSION_DEFAULT 600u

// Declared: a single bubble above 50 uL +/- 10 uL alarms. Up to 14 uL pass at the highest rate
// until it is seen and counted.
#ifndef DEFECT_AIR_EAGER
#define AIR_LIMIT_STEPS (45u * STEPS_PER_UL)
#else
#define AIR_LIMIT_STEPS (20u * STEPS_PER_UL)
#endif
// Declared: smaller bubbles alarm when they add up to 200 uL within 15 min.
#define AIR_SUM_MINUTES 15u
#define AIR_SUM_STEPS (200u * STEPS_PER_UL)
// Below this the sensor sees air (fluid 1100-2250 mV, air under 100 mV); above the second it is
// broken.
#define AIR_THRESHOLD_MV 600u
#define AIR_BROKEN_MV 2400u

// Battery, mV at its terminals. Low warns and clears with hysteresis; empty stops the pump.
#define BATTERY_LOW_MV 6600u
#ifndef DEFECT_BATTERY_CHATTERS
#define BATTERY_LOW_CLEAR_MV 6800u
#else
#define BATTERY_LOW_CLEAR_MV 6600u
#endif
#define BATTERY_EMPTY_MV 6000u
#define BATTERY_LOW_ROUNDS (5000u / ROUND_MS)
#define BATTERY_EMPTY_ROUNDS (1000u / ROUND_MS)

// Steps and encoder may disagree by two pulses.
#define SLIP_LIMIT_STEPS (2 * STEPS_PER_ENCODER_PULSE)

// A pressure channel below -4 kPa (0.12 V) or at the converter's end is a broken sensor.
#define PRESSURE_BROKEN_LOW (-40)
#ifndef DEFECT_SENSOR_HIGH_UNCHECKED
#define PRESSURE_BROKEN_HIGH 1170
#else
#define PRESSURE_BROKEN_HIGH 2000
#endif
#define SENSOR_BROKEN_ROUNDS (500u / ROUND_MS)

// Above the limit for this long is an occlusion.
#if defined DEFECT_OCCLUSION_DEBOUNCED
#define OCCLUSION_ROUNDS (100u / ROUND_MS)
#elif !defined DEFECT_OCCLUSION_SLOW
#define OCCLUSION_ROUNDS (60u / ROUND_MS)
#else
#define OCCLUSION_ROUNDS (20000u / ROUND_MS)
#endif

// Low-reservoir warning while infusing.
#ifndef DEFECT_NEAR_END_LATE
#define NEAR_END_STEPS (1000ul * STEPS_PER_UL)
#else
#define NEAR_END_STEPS (500ul * STEPS_PER_UL)
#endif

// The total is written to EEPROM each 10 uL, so that a power loss costs at most 20 uL at any rate.
#define TOTAL_SAVE_STEPS (10u * STEPS_PER_UL)
// Above this rate an entry of the alarm log (34 ms) between two totals (27 ms each, at 999 mL/h
// every 36 ms) would break that bound: it is written when the motor has come to rest.
#define LOG_RATE_MAX 5000u

#endif

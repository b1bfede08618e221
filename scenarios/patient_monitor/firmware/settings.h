#ifndef PATIENT_MONITOR_SETTINGS_H
#define PATIENT_MONITOR_SETTINGS_H

#include <stdint.h>

/* What survives a loss of power, in two EEPROM copies written in turn, each with a number and a
 * checksum: a copy cut short by a loss of power leaves the other. */
struct settings {
  uint8_t low_limit;         /* bpm, LOW_MIN..LOW_MAX */
  uint8_t high_limit;        /* bpm, HIGH_MIN..HIGH_MAX, above low_limit */
  uint8_t saturation_limit;  /* %, SATURATION_MIN..SATURATION_MAX */
  uint8_t apnoea_limit;      /* s, APNOEA_MIN..APNOEA_MAX */
  uint16_t temperature_low;  /* 0.1 degC, COLD_MIN..COLD_MAX */
  uint16_t temperature_high; /* 0.1 degC, HOT_MIN..HOT_MAX */
  uint8_t sensors;  /* bit per enum sensor: those that were seen, and are missed when off */
  uint16_t latched; /* bit per condition: alarms that wait for a reset */
};

enum sensor { SENSOR_OXIMETER, SENSOR_IMPEDANCE, SENSOR_PROBE };

#define LOW_MIN 20
#define LOW_MAX 100
#define LOW_DEFAULT 50
#define HIGH_MIN 60
#define HIGH_MAX 250
#define HIGH_DEFAULT 120
#define SATURATION_MIN 50
#ifdef DEFECT_SATURATION_RANGE_NARROW
#define SATURATION_MAX 96
#else
#define SATURATION_MAX 99
#endif
#ifdef DEFECT_SATURATION_DEFAULT_LOW
#define SATURATION_DEFAULT 80
#else
#define SATURATION_DEFAULT 90
#endif
#define APNOEA_MIN 10
#define APNOEA_MAX 40
#define APNOEA_DEFAULT 20
#ifdef DEFECT_TEMPERATURE_LOW_RANGE_NARROW
#define COLD_MIN 330
#else
#define COLD_MIN 300
#endif
#define COLD_MAX 370
#define COLD_DEFAULT 350
#define HOT_MIN 371
#ifdef DEFECT_TEMPERATURE_HIGH_RANGE_NARROW
#define HOT_MAX 405
#else
#define HOT_MAX 420
#endif
#define HOT_DEFAULT 385

extern struct settings settings;

/* Loads the newer copy that is whole; defaults when there is none. */
void settings_load(void);
void settings_save(void);

#endif

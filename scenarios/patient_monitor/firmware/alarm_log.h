#ifndef PATIENT_MONITOR_ALARM_LOG_H
#define PATIENT_MONITOR_ALARM_LOG_H

#include <stdint.h>

/* The last 32 alarm onsets, in a ring of EEPROM entries, each with its number and a checksum. */
#define ALARM_LOG_SIZE 32

struct alarm_entry {
  uint16_t number; /* from 1, over the device's life */
  uint8_t condition;
  uint8_t priority;
  uint32_t at;    /* seconds since power-on */
  uint16_t limit; /* in the condition's unit; 0: none */
};

/* Finds the newest whole entry. */
void alarm_log_load(void);
/* `entry.number` is filled in. */
void alarm_log_append(struct alarm_entry entry);
/* Entries ever written; the last ALARM_LOG_SIZE of them are readable. */
uint16_t alarm_log_count(void);
/* Reads entry `number`; 0 when it is no longer there or damaged. */
uint8_t alarm_log_read(uint16_t number, struct alarm_entry* entry);

#endif

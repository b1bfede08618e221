#ifndef PATIENT_MONITOR_ALARMS_H
#define PATIENT_MONITOR_ALARMS_H

#include <stdint.h>

#include "alarm_signal.h"

/* Alarm conditions. Codes of the log. */
enum condition {
  ASYSTOLE,
  FIBRILLATION,
  BRADYCARDIA,
  TACHYCARDIA,
  LEAD_OFF,
  VENTRICULAR_TACHYCARDIA,
  APNOEA,
  LOW_SATURATION,
  TEMPERATURE_HIGH,
  TEMPERATURE_LOW,
  OXIMETER_OFF,
  NO_UPDATE,
  IMPEDANCE_OFF,
  PROBE_OFF,
  CONDITIONS
};

/* NONE: neither condition nor signal. ACTIVE: the condition holds. LATCHED: it has ended, its
 * signals go on until a reset. High priority alarms latch; the others end with their condition. */
enum alarm_state { ALARM_NONE, ALARM_ACTIVE, ALARM_LATCHED };

/* Takes up alarms that were latched when power was lost. */
void alarms_init(void);

/* Compares what is measured with the limits; returns 1 when an alarm's state has changed. */
uint8_t alarms_update(void);

/* Clears latched alarms; active ones stay, and sound on. */
void alarms_reset(void);
/* Sensors that are off were taken off on purpose: they are missed no longer. */
void alarms_forget_missing(void);

enum alarm_state alarms_state(enum condition condition);
/* Of the highest alarm, active or latched. */
enum priority alarms_priority(void);

#endif

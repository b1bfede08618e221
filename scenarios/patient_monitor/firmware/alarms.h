#ifndef PATIENT_MONITOR_ALARMS_H
#define PATIENT_MONITOR_ALARMS_H

#include <stdint.h>

#include "alarm_signal.h"

/* Alarm conditions, the highest priority first. Codes of the log. */
enum condition { ASYSTOLE, FIBRILLATION, BRADYCARDIA, TACHYCARDIA, LEAD_OFF, CONDITIONS };

/* NONE: neither condition nor signal. ACTIVE: the condition holds. LATCHED: it has ended, its
 * signals go on until a reset. High priority alarms latch; the others end with their condition. */
enum alarm_state { ALARM_NONE, ALARM_ACTIVE, ALARM_LATCHED };

/* Takes up alarms that were latched when power was lost. */
void alarms_init(void);

/* Compares the rhythm with the limits; returns 1 when an alarm's state has changed. */
uint8_t alarms_update(void);

/* Clears latched alarms; active ones stay, and sound on. */
void alarms_reset(void);

enum alarm_state alarms_state(enum condition condition);
/* Of the highest alarm, active or latched. */
enum priority alarms_priority(void);

#endif

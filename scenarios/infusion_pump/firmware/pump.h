// The infusion: settings, state and totals, between the operator's commands, the drive and the
// alarms.
#ifndef INFUSION_PUMP_PUMP_H
#define INFUSION_PUMP_PUMP_H

#include <stdbool.h>
#include <stdint.h>

enum pump_state { PUMP_STOPPED, PUMP_INFUSING, PUMP_ALARM };

// Restores what survived; the motor is at rest afterwards, whatever went before.
void pump_init(void);
// Once per sensor round: conditions, and what they demand of the drive.
void pump_round(void);
// Keeps the totals in EEPROM; call often.
void pump_keep_totals(void);

// Operator's commands; false: refused, nothing changed. Units as in limits.h.
bool pump_set_rate(uint32_t rate);
bool pump_set_vtbi(uint32_t microlitres);
bool pump_set_occlusion(uint32_t limit);
bool pump_clear_volume(void);
bool pump_start(void);
bool pump_stop(void);
bool pump_reset(void);

enum pump_state pump_state(void);
uint16_t pump_rate(void);
uint32_t pump_volume_ul(void);
uint32_t pump_left_ul(void);

#endif

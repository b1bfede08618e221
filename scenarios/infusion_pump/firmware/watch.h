// Alarm conditions of the pump: detection from the sensors and the drive, latching, priority.
#ifndef INFUSION_PUMP_WATCH_H
#define INFUSION_PUMP_WATCH_H

#include <stdbool.h>
#include <stdint.h>

// In order of display; priorities are in watch.c.
enum alarm {
  ALARM_OCCLUSION,
  ALARM_AIR,
  ALARM_DRIVE,
  ALARM_SENSOR,
  ALARM_BATTERY_EMPTY,
  ALARM_POWER_LOSS,
  ALARM_TOTALS_LOST,
  ALARM_END_OF_INFUSION,
  ALARM_BATTERY_LOW,
  ALARM_NEAR_END,
  ALARM_COUNT
};

// Once per sensor round (20 ms): evaluates every condition with the sensors' present values.
void watch_round(bool infusing, uint32_t steps_left, uint16_t occlusion_limit);
void watch_raise(enum alarm alarm);
bool watch_has(enum alarm alarm);
// Present and latched conditions, one bit each.
uint16_t watch_present(void);
// Those of high priority, present or not.
uint16_t watch_high(void);
// Enters these onsets in the alarm log.
void watch_log(uint16_t onsets);
// A condition that stops the pump and forbids a start is present or latched.
bool watch_forbids_infusion(void);
// The operator's RESET: releases the latched alarms whose cause is gone. False when one remains.
bool watch_reset(uint16_t occlusion_limit);
// The highest priority present: 0 none, 1 low, 2 medium, 3 high.
uint8_t watch_priority(void);

#endif

#include "watch.h"

#include <string.h>

#include "drive.h"
#include "limits.h"
#include "sensors.h"
#include "tick.h"
#include "totals.h"

#define BIT(alarm) ((uint16_t)1 << (alarm))

// Priority from potential harm and its onset (IEC 60601-1-8, 6.1.2). What stops therapy or could
// hurt at once is high.
static const uint8_t priority_[ALARM_COUNT] = {
    [ALARM_OCCLUSION] = 3,     [ALARM_AIR] = 3,
    [ALARM_DRIVE] = 3,         [ALARM_SENSOR] = 3,
    [ALARM_BATTERY_EMPTY] = 3, [ALARM_POWER_LOSS] = 2,
    [ALARM_TOTALS_LOST] = 2,   [ALARM_END_OF_INFUSION] = 2,
    [ALARM_BATTERY_LOW] = 2,   [ALARM_NEAR_END] = 1,
};

// These leave by themselves; all others stay until RESET.
#define NOT_LATCHED (BIT(ALARM_BATTERY_LOW) | BIT(ALARM_NEAR_END))
// With these the pump neither runs nor starts.
#define STOPPING (uint16_t) ~NOT_LATCHED

static uint16_t present_;
static bool in_air_;
static uint32_t air_from_;  // drive total at which the air under the sensor began
static uint32_t air_seen_;  // drive total up to which air is in the sum
static uint16_t air_in_minute_[AIR_SUM_MINUTES];  // steps, by minute modulo 15
static uint8_t air_minute_;
static uint16_t occluded_rounds_;
static uint8_t broken_rounds_;
static uint16_t low_rounds_;
static uint8_t empty_rounds_;

void watch_raise(enum alarm alarm) { present_ |= BIT(alarm); }
bool watch_has(enum alarm alarm) { return (present_ & BIT(alarm)) != 0; }
uint16_t watch_present(void) { return present_; }
bool watch_forbids_infusion(void) { return (present_ & STOPPING) != 0; }

static void set(enum alarm alarm, bool on) {
  present_ = on ? (present_ | BIT(alarm)) : (present_ & (uint16_t)~BIT(alarm));
}

static bool occluded(uint16_t limit) {
#ifdef DEFECT_OCCLUSION_HIGH
  limit += limit / 5;
#endif
#ifdef DEFECT_OCCLUSION_EARLY
  limit -= limit / 5;
#endif
#ifdef DEFECT_LEVEL_IGNORED
  limit = OCCLUSION_DEFAULT;
#endif
  return sensors_pressure() > (int16_t)limit;
}

static bool air_present(void) {
  const uint16_t mv = sensors_air_mv();
#ifdef DEFECT_AIR_UNDETECTED
  return mv > AIR_BROKEN_MV;
#else
  // A sensor that cannot prove fluid counts as air.
  return mv < AIR_THRESHOLD_MV || mv > AIR_BROKEN_MV;
#endif
}

static bool pressure_sensor_broken(void) {
#ifdef DEFECT_SENSOR_UNCHECKED
  return false;
#endif
  const int16_t pressure = sensors_pressure();
  return pressure < PRESSURE_BROKEN_LOW || pressure > PRESSURE_BROKEN_HIGH;
}

static void watch_line(bool infusing, uint16_t occlusion_limit) {
  if (infusing && occluded(occlusion_limit)) {
    if (++occluded_rounds_ >= OCCLUSION_ROUNDS) watch_raise(ALARM_OCCLUSION);
  } else {
    occluded_rounds_ = 0;
  }
  if (pressure_sensor_broken()) {
    if (++broken_rounds_ >= SENSOR_BROKEN_ROUNDS) {
      broken_rounds_ = SENSOR_BROKEN_ROUNDS;
      watch_raise(ALARM_SENSOR);
    }
  } else {
    broken_rounds_ = 0;
  }
}

static void forget_air_sum(void) { memset(air_in_minute_, 0, sizeof air_in_minute_); }

// Bubbles that are each too small to alarm still add up in the patient.
static void sum_air(uint16_t steps) {
  const uint8_t minute = (uint8_t)(tick_seconds() / 60 % AIR_SUM_MINUTES);
#ifndef DEFECT_AIR_SUM_FOREVER
  if (minute != air_minute_) air_in_minute_[minute] = 0;
#endif
  air_minute_ = minute;
  air_in_minute_[minute] += steps;
#ifndef DEFECT_AIR_SUM_IGNORED
  uint32_t sum = 0;
  for (uint8_t i = 0; i < AIR_SUM_MINUTES; i++) sum += air_in_minute_[i];
  if (sum > AIR_SUM_STEPS) watch_raise(ALARM_AIR);
#endif
}

static void watch_air(void) {
  const uint32_t total = drive_total();
  if (!air_present()) {
    in_air_ = false;
    sum_air(0);
    return;
  }
  if (!in_air_) {
    in_air_ = true;
    air_from_ = air_seen_ = total;
  }
  sum_air((uint16_t)(total - air_seen_));
  air_seen_ = total;
  if (total - air_from_ > AIR_LIMIT_STEPS) watch_raise(ALARM_AIR);
}

static void watch_battery(void) {
  const uint16_t mv = sensors_battery_mv();
#ifdef DEFECT_BATTERY_RUN_FLAT
  empty_rounds_ = 0;
#endif
  if (mv < BATTERY_EMPTY_MV) {
    if (++empty_rounds_ >= BATTERY_EMPTY_ROUNDS) {
      empty_rounds_ = BATTERY_EMPTY_ROUNDS;
      watch_raise(ALARM_BATTERY_EMPTY);
    }
  } else {
    empty_rounds_ = 0;
  }
#ifndef DEFECT_BATTERY_SILENT
  const bool low = mv < BATTERY_LOW_MV;
#else
  const bool low = false;
#endif
  if (low) {
    if (++low_rounds_ >= BATTERY_LOW_ROUNDS) {
      low_rounds_ = BATTERY_LOW_ROUNDS;
      watch_raise(ALARM_BATTERY_LOW);
    }
  } else {
    low_rounds_ = 0;
    if (mv > BATTERY_LOW_CLEAR_MV) set(ALARM_BATTERY_LOW, false);
  }
}

static void watch_drive(void) {
#ifndef DEFECT_ENCODER_IGNORED
  const int16_t slip = drive_slip();
  if (slip > SLIP_LIMIT_STEPS) watch_raise(ALARM_DRIVE);
#ifndef DEFECT_FREE_FLOW_MISSED
  if (slip < -SLIP_LIMIT_STEPS) watch_raise(ALARM_DRIVE);
#endif
#endif
}

void watch_round(bool infusing, uint32_t steps_left, uint16_t occlusion_limit) {
  watch_line(infusing, occlusion_limit);
  watch_air();
  watch_battery();
  watch_drive();
  set(ALARM_NEAR_END, infusing && steps_left < NEAR_END_STEPS);
}

bool watch_reset(uint16_t occlusion_limit) {
  uint16_t kept = present_ & NOT_LATCHED;
#ifndef DEFECT_RESET_UNCONDITIONAL
  if (watch_has(ALARM_OCCLUSION) && occluded(occlusion_limit)) kept |= BIT(ALARM_OCCLUSION);
  if (watch_has(ALARM_AIR) && air_present()) kept |= BIT(ALARM_AIR);
  if (watch_has(ALARM_SENSOR) && pressure_sensor_broken()) kept |= BIT(ALARM_SENSOR);
  if (watch_has(ALARM_BATTERY_EMPTY) && sensors_battery_mv() < BATTERY_LOW_MV)
    kept |= BIT(ALARM_BATTERY_EMPTY);
#else
  (void)occlusion_limit;
#endif
  if (watch_has(ALARM_DRIVE)) drive_forget_slip();
  // Whoever resets an air alarm has purged the line.
  if (watch_has(ALARM_AIR) && !(kept & BIT(ALARM_AIR))) forget_air_sum();
  present_ = kept;
  return !watch_forbids_infusion();
}

uint16_t watch_high(void) {
  uint16_t high = 0;
  for (uint8_t i = 0; i < ALARM_COUNT; i++) {
    if (priority_[i] == 3) high |= BIT(i);
  }
  return high;
}

void watch_log(uint16_t onsets) {
#ifdef DEFECT_LOG_HIGH_ONLY
  onsets &= watch_high();
#endif
  for (uint8_t i = 0; i < ALARM_COUNT; i++) {
    if ((onsets & BIT(i)) == 0) continue;
    totals_log((struct log_entry){.alarm = i, .priority = priority_[i], .at = tick_seconds()});
  }
}

uint8_t watch_priority(void) {
  uint8_t highest = 0;
  for (uint8_t i = 0; i < ALARM_COUNT; i++) {
#ifndef DEFECT_LATEST_PRIORITY
    if ((present_ & BIT(i)) && priority_[i] > highest) highest = priority_[i];
#else
    if (present_ & BIT(i)) highest = priority_[i];
#endif
  }
  return highest;
}

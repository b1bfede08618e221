#include "report.h"

#include <avr/pgmspace.h>
#include <stdbool.h>

#include "alarm_signal.h"
#include "console.h"
#include "pump.h"
#include "sensors.h"
#include "tick.h"
#include "totals.h"
#include "watch.h"

#ifndef DEFECT_HEARTBEAT_RARE
#define PERIOD_S 1
#else
#define PERIOD_S 3
#endif

static void report_state(void) {
  static uint8_t heartbeat;
  const int16_t pressure = sensors_pressure();
  heartbeat ^= 1;
  console_begin('S');
  FIELD("st", pump_state());
  FIELD("rate", pump_rate());
  FIELD("vol", pump_volume_ul());
  FIELD("left", pump_left_ul());
  FIELD("p", pressure > 0 ? (uint16_t)pressure : 0);
  FIELD("bat", sensors_battery_mv());
  FIELD("up", tick_seconds());
  FIELD("hb", heartbeat);
  console_end();
}

static uint8_t level(enum alarm mild, uint8_t mild_level, enum alarm severe, uint8_t severe_level) {
  if (watch_has(severe)) return severe_level;
  return watch_has(mild) ? mild_level : 0;
}

static void report_alarms(void) {
  console_begin('S');
  FIELD("st", pump_state());
  FIELD("occ", watch_has(ALARM_OCCLUSION));
  FIELD("air", watch_has(ALARM_AIR));
  FIELD("drv", watch_has(ALARM_DRIVE));
  FIELD("sns", watch_has(ALARM_SENSOR));
  FIELD("batt", level(ALARM_BATTERY_LOW, 1, ALARM_BATTERY_EMPTY, 2));
  FIELD("pl", level(ALARM_POWER_LOSS, 1, ALARM_TOTALS_LOST, 2));
  FIELD("eoi", watch_has(ALARM_END_OF_INFUSION));
  FIELD("near", watch_has(ALARM_NEAR_END));
  FIELD("pri", watch_priority());
  FIELD("pause", alarm_signal_pause_left() != 0);
  FIELD("log", totals_logged());
  console_end();
}

void report_run(void) {
  static bool due_at_once = true;  // the first report comes with power-up
  static uint16_t reported;
  static bool reported_pause;
  static uint32_t second;
  const bool pause = alarm_signal_pause_left() != 0;
  const bool changed = watch_present() != reported || pause != reported_pause;
  const bool periodic = tick_seconds() - second >= PERIOD_S;
  if (!changed && !periodic && !due_at_once) return;
  // A frame that does not fit now is due at the next call; the device never waits for its console.
  if (!console_has_room()) return;
  due_at_once = false;
  reported = watch_present();
  reported_pause = pause;
  report_alarms();
  if (!periodic || !console_has_room()) return;
  second = tick_seconds();
  report_state();
}

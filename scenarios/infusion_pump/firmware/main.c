// Infusion pump: a syringe drive at an exact rate, with the alarms that make it safe. One loop,
// woken by interrupts; the motor's steps are timed by their own interrupt (drive.c).
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "alarm_signal.h"
#include "console.h"
#include "drive.h"
#include "identity.h"
#include "limits.h"
#include "pump.h"
#include "report.h"
#include "sensors.h"
#include "tick.h"
#include "watch.h"

#define TICKS_PER_ROUND TICKS(ROUND_MS)
#define INFUSING_LAMP _BV(PB4)

static uint16_t ticks_done_;

void tick_hook(void) {
  static uint8_t to_round = TICKS_PER_ROUND;
  if (--to_round != 0) return;
  to_round = TICKS_PER_ROUND;
  sensors_begin_round();
}

static uint8_t work_pending(void) {
  return sensors_fresh() || ticks_done_ != tick_now() || console_pending();
}

// A new high priority alarm ends an audio pause (IEC 60601-1-8, 6.8).
static void signal_alarms(void) {
  static uint16_t signalled;
  const uint16_t present = watch_present();
#if defined DEFECT_PAUSE_SWALLOWS_NEW
  const uint16_t resuming = 0;
#elif defined DEFECT_PAUSE_ENDED_BY_LESSER
  const uint16_t resuming = 0xFFFF;
#else
  const uint16_t resuming = watch_high();
#endif
  const uint16_t fresh = present & (uint16_t)~signalled;
  if ((fresh & resuming) != 0) alarm_signal_resume();
  watch_log(fresh);
  signalled = present;
  alarm_signal_set((enum priority)watch_priority());
}

static void show_infusing(void) {
  if (pump_state() == PUMP_INFUSING) {
    PORTB |= INFUSING_LAMP;
  } else {
#ifndef DEFECT_INFUSING_LAMP_STUCK
    PORTB &= (uint8_t)~INFUSING_LAMP;
#endif
  }
}

int main(void) {
  drive_init();  // first of all: motor at rest
  DDRB |= INFUSING_LAMP;
  console_init();
  sensors_init();
  alarm_signal_init();
  pump_init();
  tick_init();
#ifndef DEFECT_WATCHDOG_OFF
  wdt_enable(WDTO_500MS);
#endif
  sei();
  identity_send();
#ifdef DEFECT_STEPS_AT_POWER_UP
  drive_start(RATE_MAX, 10);
#endif
  for (;;) {
    tick_sleep_unless(work_pending);
    console_poll();
    if (sensors_take_round()) {
      wdt_reset();  // only while time, converter and this loop all go on
      pump_round();
      signal_alarms();
      show_infusing();
      report_run();
    }
    while (ticks_done_ != tick_now()) {
      ticks_done_++;
      alarm_signal_tick();
      pump_keep_totals();
    }
  }
}

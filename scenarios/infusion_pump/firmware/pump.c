#include "pump.h"

#include <util/delay.h>

#include "drive.h"
#include "limits.h"
#include "sensors.h"
#include "totals.h"
#include "watch.h"

// settings_.infusing stays set over a reset until the operator has acknowledged the interruption.
static struct settings settings_;
static bool infusing_;
static uint32_t saved_total_;

static uint32_t steps_left(void) {
  const uint32_t total = drive_total();
  // Volumes are differences of a running total, so that its wrap-around after 2147 L does no harm.
  const int32_t left = (int32_t)(settings_.vtbi_end - total);
  return left > 0 ? (uint32_t)left : 0;
}

static void save_all(void) {
  saved_total_ = drive_total();
  totals_save_total(saved_total_);
  totals_save_settings(&settings_);
}

void pump_init(void) {
  uint32_t total = 0;
  const enum totals_state state = totals_restore(&settings_, &total);
  if (state != TOTALS_RESTORED) {
    settings_ = (struct settings){.occlusion = OCCLUSION_DEFAULT};
    total = 0;
  }
#ifdef DEFECT_OCCLUSION_LIMIT_LOST
  settings_.occlusion = OCCLUSION_DEFAULT;
#endif
  drive_restore_total(total);
  saved_total_ = total;
  if (state == TOTALS_LOST) watch_raise(ALARM_TOTALS_LOST);
  if (state == TOTALS_RESTORED && settings_.infusing) {
#ifndef DEFECT_RESTARTS_ALONE
    watch_raise(ALARM_POWER_LOSS);
#else
    infusing_ = true;
    drive_start(settings_.rate, steps_left());
#endif
  }
}

static void halt(void) {
  drive_stop();
  infusing_ = false;
  settings_.infusing = 0;
  save_all();
}

void pump_round(void) {
  if (!sensors_ready()) return;
  watch_round(infusing_, steps_left(), settings_.occlusion);
  if (!infusing_) return;
  if (!drive_running()) {
#ifndef DEFECT_END_SILENT
    watch_raise(ALARM_END_OF_INFUSION);
#endif
    halt();
  } else if (watch_forbids_infusion()) {
    halt();
  }
}

void pump_keep_totals(void) {
#ifndef DEFECT_TOTALS_LOST
  const uint32_t total = drive_total();
  if (total - saved_total_ >= TOTAL_SAVE_STEPS) {
    saved_total_ = total;
    totals_save_total(total);
  }
#endif
  totals_hurry(infusing_ && settings_.rate > LOG_RATE_MAX);
  totals_run();
}

static bool locked(void) {
#ifdef DEFECT_UNLOCKED
  return false;
#else
  return infusing_;
#endif
}

bool pump_set_rate(uint32_t rate) {
  if (locked() || rate < RATE_MIN || rate > RATE_MAX) return false;
  settings_.rate = (uint16_t)rate;
  save_all();
  return true;
}

bool pump_set_vtbi(uint32_t microlitres) {
  if (locked() || microlitres == 0 || microlitres > VTBI_MAX_UL) return false;
  settings_.vtbi_end = drive_total() + microlitres * STEPS_PER_UL;
  save_all();
  return true;
}

bool pump_set_occlusion(uint32_t limit) {
  if (locked()) return false;
#ifndef DEFECT_RANGE_UNCHECKED
  if (limit < OCCLUSION_MIN || limit > OCCLUSION_MAX) return false;
#endif
  settings_.occlusion = (uint16_t)limit;
  save_all();
  return true;
}

bool pump_clear_volume(void) {
  if (locked()) return false;
  settings_.shown_from = drive_total();
  save_all();
  return true;
}

// What the drive is allowed: it stops there by itself.
static uint32_t allowance(void) {
#ifdef DEFECT_VTBI_LONG
  return steps_left() + steps_left() / 20;
#else
  return steps_left();
#endif
}

bool pump_start(void) {
  if (infusing_ || !sensors_ready()) return false;
#ifndef DEFECT_START_UNGUARDED
  if (watch_forbids_infusion()) return false;
#endif
  if (settings_.rate == 0 || steps_left() == 0) return false;
  infusing_ = true;
  settings_.infusing = 1;
  save_all();
  drive_start(settings_.rate, allowance());
  return true;
}

bool pump_stop(void) {
#ifdef DEFECT_STOP_LATE
  _delay_ms(300);
#endif
  if (infusing_) halt();
  return true;
}

bool pump_reset(void) {
  const bool cleared = watch_reset(settings_.occlusion);
  if (!infusing_ && settings_.infusing && !watch_has(ALARM_POWER_LOSS)) {
    settings_.infusing = 0;
    save_all();
  }
  return cleared;
}

enum pump_state pump_state(void) {
  if (infusing_) return PUMP_INFUSING;
  return watch_forbids_infusion() ? PUMP_ALARM : PUMP_STOPPED;
}

uint16_t pump_rate(void) { return settings_.rate; }

uint32_t pump_volume_ul(void) {
#ifdef DEFECT_CLEARED_VOLUME_STAYS
  return drive_total() / STEPS_PER_UL;
#endif
  return (drive_total() - settings_.shown_from) / STEPS_PER_UL;
}

uint32_t pump_left_ul(void) { return steps_left() / STEPS_PER_UL; }

#include "report.h"

#include <avr/pgmspace.h>

#include "alarm_log.h"
#include "alarms.h"
#include "console.h"
#include "rhythm.h"
#include "settings.h"
#include "tick.h"

static uint32_t status_sent;
static uint8_t alive;
static uint8_t log_running;
static uint16_t log_next;
static uint16_t carried_out_count, refused_count;

void report_status(void) {
  console_begin('S');
  FIELD("hr", rhythm.rate);
  FIELD("beats", rhythm.beats);
  FIELD("asys", alarms_state(ASYSTOLE));
  FIELD("vf", alarms_state(FIBRILLATION));
  FIELD("brady", alarms_state(BRADYCARDIA));
  FIELD("tachy", alarms_state(TACHYCARDIA));
  FIELD("lead", alarms_state(LEAD_OFF));
  FIELD("pri", alarms_priority());
  FIELD("pause", alarm_signal_pause_left());
  FIELD("alive", alive);
  console_end();
}

static void report_settings(void) {
  console_begin('S');
  FIELD("low", settings.low_limit);
  FIELD("high", settings.high_limit);
  FIELD("log", alarm_log_count());
  FIELD("done", carried_out_count);
  FIELD("refused", refused_count);
  FIELD("up", tick_seconds());
  console_end();
}

void report_log(void) {
  const uint16_t count = alarm_log_count();
  log_next = count > ALARM_LOG_SIZE ? count - ALARM_LOG_SIZE + 1 : 1;
  log_running = 1;
}

static void report_entry(void) {
  struct alarm_entry entry;
  if (log_next > alarm_log_count()) {
    console_begin('L');
    FIELD("end", 1);
    console_end();
    log_running = 0;
    return;
  }
  if (alarm_log_read(log_next, &entry)) {
    console_begin('L');
    FIELD("n", entry.number);
    FIELD("code", entry.condition);
    FIELD("pri", entry.priority);
    FIELD("at", entry.at);
    FIELD("limit", entry.limit);
    console_end();
  }
  ++log_next;
}

void report_command(uint8_t carried_out) {
  if (carried_out) {
    ++carried_out_count;
  } else {
    ++refused_count;
  }
}

void report_poll(void) {
  const uint32_t now = tick_seconds();
#ifdef DEFECT_STATUS_EVERY_THIRD_SECOND
  if (now >= status_sent + 3) {
#else
  if (now != status_sent) {
#endif
    status_sent = now;
    alive ^= 1;
    report_status();
    report_settings();
  }
  if (log_running && console_has_room()) report_entry();
}

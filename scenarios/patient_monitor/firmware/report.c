#include "report.h"

#include <avr/pgmspace.h>

#include "alarm_log.h"
#include "alarms.h"
#include "console.h"
#include "oximeter.h"
#include "respiration.h"
#include "rhythm.h"
#include "settings.h"
#include "temperature.h"
#include "tick.h"

static uint32_t status_sent;
static uint8_t alive;
static uint8_t log_running;
static uint16_t log_next;
static uint16_t carried_out_count, refused_count;

/* Frames that wait for room, the first one first. */
enum frame { STATUS, ALARMS, SETTINGS, VITALS, LIMITS, FRAMES };
static uint8_t due; /* bit per frame */

static void send_status(void) {
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

static void send_alarms(void) {
  console_begin('S');
  FIELD("vt", alarms_state(VENTRICULAR_TACHYCARDIA));
  FIELD("apnoea", alarms_state(APNOEA));
  FIELD("desat", alarms_state(LOW_SATURATION));
  FIELD("hot", alarms_state(TEMPERATURE_HIGH));
  FIELD("cold", alarms_state(TEMPERATURE_LOW));
  FIELD("oxoff", alarms_state(OXIMETER_OFF));
  FIELD("oxold", alarms_state(NO_UPDATE));
  FIELD("impoff", alarms_state(IMPEDANCE_OFF));
  FIELD("probe", alarms_state(PROBE_OFF));
  console_end();
}

static void send_vitals(void) {
  console_begin('S');
  FIELD("spo2", oximeter.saturation);
  FIELD("pr", oximeter.pulse_rate);
  FIELD("pi", oximeter.perfusion);
  FIELD("oxq", oximeter.quality);
  FIELD("resp", respiration.rate);
  FIELD("breaths", respiration.breaths);
  FIELD("temp", temperature.celsius);
  console_end();
}

static void send_limits(void) {
  console_begin('S');
  FIELD("satlow", settings.saturation_limit);
  FIELD("apntime", settings.apnoea_limit);
  FIELD("tlow", settings.temperature_low);
  FIELD("thigh", settings.temperature_high);
  FIELD("sensors", settings.sensors);
  console_end();
}

static void send_settings(void) {
  console_begin('S');
  FIELD("low", settings.low_limit);
  FIELD("high", settings.high_limit);
  FIELD("log", alarm_log_count());
  FIELD("done", carried_out_count);
  FIELD("refused", refused_count);
  FIELD("up", tick_seconds());
  console_end();
}

static void send_due(void) {
  static void (*const senders[FRAMES])(void) = {send_status, send_alarms, send_settings,
                                                send_vitals, send_limits};
  for (uint8_t i = 0; i < FRAMES; ++i) {
    if (!(due & (1 << i))) continue;
    if (!console_has_room()) return;
    due &= (uint8_t) ~(1 << i);
    senders[i]();
  }
}

void report_status(void) {
  due |= 1 << STATUS | 1 << ALARMS;
  send_due();
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
    due = (1 << FRAMES) - 1;
  }
  send_due();
  if (log_running && console_has_room()) report_entry();
}

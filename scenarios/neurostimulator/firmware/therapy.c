#include "therapy.h"

#include <avr/io.h>

#include "detection.h"
#include "episode_log.h"
#include "ledger.h"
#include "limits.h"
#include "sampling.h"
#include "settings.h"
#include "stimulator.h"

#define BLANK_BIT _BV(PA4)   // holds the amplifiers
#define BURST_BIT _BV(PA5)   // telemetry: a burst is on
#define MAGNET_BIT _BV(PB0)  // hall switch, low with the magnet there
#define MAGNET_MS 20u
#define BATTERY_MS 2000u

// From any reset on, as nothing says whether an episode went before it.
#ifndef DEFECT_LOCKOUT_LOST
static enum therapy_state state_ = THERAPY_LOCKOUT;
#else
static enum therapy_state state_;
#endif
static uint32_t state_ms_;  // in this state
static uint8_t bursts_left_;
static uint16_t blank_ms_;  // left
static uint8_t magnet_ms_;
static bool magnet_;
static uint8_t battery_;
static uint16_t battery_ms_;
static uint8_t inhibits_;
static uint16_t episodes_, bursts_;

void therapy_init(void) {
  DDRA |= BLANK_BIT | BURST_BIT;
  PORTA &= (uint8_t) ~(BLANK_BIT | BURST_BIT);
  PORTB |= MAGNET_BIT;  // pull-up
}

static void watch_magnet(void) {
#ifdef DEFECT_MAGNET_IGNORED
  const bool there = false;
#else
  const bool there = (PINB & MAGNET_BIT) == 0;
#endif
  if (there == magnet_) {
    magnet_ms_ = 0;
    return;
  }
  magnet_ms_ += SAMPLE_MS;
  if (magnet_ms_ < MAGNET_MS) return;
  magnet_ = there;
#ifdef DEFECT_MAGNET_MARKED_ONCE
  static bool marked;
  if (marked) return;
  marked = magnet_;
#endif
#ifndef DEFECT_MAGNET_UNMARKED
  if (magnet_) episode_log_add(EVENT_MAGNET);
#endif
}

static uint8_t battery_of(uint16_t mv) {
  const uint16_t low = BATTERY_LOW_MV + (battery_ >= 1 ? BATTERY_HYSTERESIS_MV : 0);
  const uint16_t empty = BATTERY_EMPTY_MV + (battery_ >= 2 ? BATTERY_HYSTERESIS_MV : 0);
#ifndef DEFECT_BATTERY_RUN_FLAT
  if (mv < empty) return 2;
#endif
#ifdef DEFECT_BATTERY_UNSEEN
  return 0;
#endif
  (void)empty;
  return mv < low ? 1 : 0;
}

static void watch_battery(void) {
  const uint8_t now = battery_of(sampling_battery_mv());
  if (now == battery_) {
    battery_ms_ = 0;
    return;
  }
  battery_ms_ += SAMPLE_MS;
  if (battery_ms_ < BATTERY_MS) return;
  if (now > battery_) episode_log_add(EVENT_BATTERY);
  battery_ = now;
}

static uint8_t what_inhibits(void) {
  uint8_t inhibits = 0;
#ifndef DEFECT_ALWAYS_ENABLED
  if (!setting(THERAPY_ENABLED)) inhibits |= INHIBIT_DISABLED;
#endif
  if (magnet_) inhibits |= INHIBIT_MAGNET;
  if (battery_ == 2) inhibits |= INHIBIT_BATTERY;
#ifndef DEFECT_DAY_UNLIMITED
  if (ledger_today() >= (uint16_t)setting(EPISODES_A_DAY)) inhibits |= INHIBIT_DAY;
#endif
#ifndef DEFECT_STIMULATES_SATURATED
  if (detection_saturated()) inhibits |= INHIBIT_SATURATED;
#endif
  return inhibits;
}

static void enter(enum therapy_state state) {
  state_ = state;
  state_ms_ = 0;
}

static void begin_burst(void) {
  bursts_left_--;
  bursts_++;
#ifndef DEFECT_AMPLIFIER_UNBLANKED
  PORTA |= BLANK_BIT;
#endif
  PORTA |= BURST_BIT;
  stimulator_start();
  enter(THERAPY_BURST);
}

static void begin_episode(void) {
  bursts_left_ = (uint8_t)setting(BURSTS);
#ifdef DEFECT_ONE_BURST_LESS
  if (bursts_left_ > 1) bursts_left_--;
#endif
  episodes_++;
  begin_burst();
  // Only now: a record takes the EEPROM 20 ms and more.
  ledger_count_episode();
#ifndef DEFECT_THERAPY_UNLOGGED
  episode_log_add(EVENT_THERAPY);
#endif
}

static void end_burst(void) {
  PORTA &= (uint8_t)~BURST_BIT;
  blank_ms_ = BLANK_AFTER_MS;
  enter(bursts_left_ != 0 ? THERAPY_BETWEEN_BURSTS : THERAPY_LOCKOUT);
}

// What came up during an episode ends it; the lockout holds all the same.
static bool stopped(void) {
#ifdef DEFECT_MAGNET_LATE
  return inhibits_ & INHIBIT_DISABLED;
#endif
#ifdef DEFECT_EMPTY_GOES_ON
  return inhibits_ & (uint8_t) ~(INHIBIT_DAY | INHIBIT_BATTERY);
#elif defined DEFECT_PAUSE_UNWATCHED
  if (state_ == THERAPY_BETWEEN_BURSTS) return false;
#endif
  // The day's limit was looked at when the episode began.
  return inhibits_ & (uint8_t)~INHIBIT_DAY;
}

static uint32_t lockout_ms(void) {
#ifdef DEFECT_LOCKOUT_SHORT
  return 1000ul;
#elif defined DEFECT_LOCKOUT_LONG
  return (uint32_t)setting(LOCKOUT_S) * 1040u;
#elif defined DEFECT_LOCKOUT_EARLY
  return (uint32_t)setting(LOCKOUT_S) * 990u;
#endif
  return (uint32_t)setting(LOCKOUT_S) * 1000u;
}

static bool may_begin(void) {
#ifdef DEFECT_LATENCY_LONG
  static uint8_t waited;
  if (!detection_pattern()) waited = 0;
  if (waited < SAMPLES(40) && waited++ < SAMPLES(40)) return false;
#endif
#ifdef DEFECT_TREATS_LATE
  static uint16_t lasted;
  lasted = detection_pattern() ? lasted + 1 : 0;
  if (lasted < SAMPLES(9000)) return false;
#endif
  return detection_pattern() && inhibits_ == 0 && settings_deliverable();
}

static void step(void) {
  switch (state_) {
    case THERAPY_MONITORING:
      if (may_begin()) begin_episode();
      break;
    case THERAPY_BURST:
      if (stopped()) {
        bursts_left_ = 0;
        stimulator_abort();
      }
      if (!stimulator_running()) end_burst();
      break;
    case THERAPY_BETWEEN_BURSTS:
      if (stopped()) {
        enter(THERAPY_LOCKOUT);
      } else if (state_ms_ >= BURST_PAUSE_MS) {
        /* The pause is too short to call an input saturated; what is at its end now may be. */
#ifndef DEFECT_RAIL_IN_PAUSE_IGNORED
        if (settings_deliverable() && !detection_at_rail()) {
#else
        if (settings_deliverable()) {
#endif
          begin_burst();
        } else {
          enter(THERAPY_LOCKOUT);
        }
      }
      break;
    case THERAPY_LOCKOUT:
      if (state_ms_ >= lockout_ms()) enter(THERAPY_MONITORING);
      break;
  }
}

static void hold_amplifiers(void) {
  if (state_ == THERAPY_BURST) return;
  if (blank_ms_ != 0 && (blank_ms_ -= SAMPLE_MS) != 0) return;
  PORTA &= (uint8_t)~BLANK_BIT;
}

bool therapy_blanking(void) { return state_ == THERAPY_BURST || blank_ms_ != 0; }

void therapy_run(void) {
  watch_magnet();
  watch_battery();
  inhibits_ = what_inhibits();
  state_ms_ += SAMPLE_MS;
  hold_amplifiers();
  step();
}

enum therapy_state therapy_state(void) { return state_; }
uint8_t therapy_inhibits(void) { return inhibits_; }
bool therapy_magnet(void) { return magnet_; }
uint8_t therapy_battery(void) { return battery_; }
uint16_t therapy_episodes(void) { return episodes_; }
uint16_t therapy_bursts(void) { return bursts_; }

#include "tick.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <util/atomic.h>

#define PRESCALER 256
#if (F_CPU / PRESCALER) % TICK_HZ != 0
#error "TICK_HZ must divide F_CPU / 256"
#endif

static volatile uint16_t ticks;
static volatile uint32_t seconds;
static uint16_t to_second = TICK_HZ;

ISR(TIMER0_COMPA_vect) {
  ++ticks;
  if (--to_second == 0) {
    to_second = TICK_HZ;
    ++seconds;
  }
  tick_hook();
}

void tick_init(void) {
  TCCR0A = _BV(WGM01);
  OCR0A = F_CPU / PRESCALER / TICK_HZ - 1;
  TIMSK0 = _BV(OCIE0A);
  TCCR0B = _BV(CS02);
  set_sleep_mode(SLEEP_MODE_IDLE);
}

uint16_t tick_now(void) {
  uint16_t now;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { now = ticks; }
  return now;
}

uint32_t tick_seconds(void) {
  uint32_t now;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { now = seconds; }
  return now;
}

void tick_sleep_unless(uint8_t (*pending)(void)) {
  cli();
  if (pending()) {
    sei();
    return;
  }
  sleep_enable();
  /* The instruction after SEI runs before any interrupt (datasheet 42719, 7.9): no wake-up is lost.
   */
  sei();
  sleep_cpu();
  sleep_disable();
}

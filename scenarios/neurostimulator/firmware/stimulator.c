#include "stimulator.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "limits.h"
#include "settings.h"

#define CATHODIC_BIT _BV(PD5)  // OC1A
#define ANODIC_BIT _BV(PB6)    // OC3A
#define LADDER_BITS 0x7F

// Clock / 8: 0.5 us per count.
#define COUNTS_PER_US 2u
#define COUNTS_PER_S 2000000ul
// From the start to the first phase; shorter than the rest between two pulses.
#define LEAD (BLANK_BEFORE_US * COUNTS_PER_US)

static volatile uint16_t pulses_left_;
static volatile bool running_;
static volatile bool aborting_;

static void rest(void) {
  TCCR1B = TCCR3B = 0;
  TCCR1A = TCCR3A = 0;
  TIMSK3 = 0;
  PORTD &= (uint8_t)~CATHODIC_BIT;
  PORTB &= (uint8_t)~ANODIC_BIT;
#ifndef DEFECT_LADDER_STAYS_ON
  PORTC &= (uint8_t)~LADDER_BITS;
#endif
  running_ = false;
}

void stimulator_init(void) {
  rest();
  DDRD |= CATHODIC_BIT;
  DDRB |= ANODIC_BIT;
  // JTAG, on PC2 to PC5, is off by its fuse.
  DDRC |= LADDER_BITS;
}

static uint16_t pulses_of_a_burst(void) {
  const uint32_t thousandths = (uint32_t)setting(BURST_MS) * (uint16_t)setting(FREQUENCY_HZ);
#ifdef DEFECT_ONE_PULSE_MORE
  return (uint16_t)(thousandths / 1000u + 1);
#endif
  return (uint16_t)(thousandths / 1000u);
}

static uint16_t period(void) {
#ifdef DEFECT_RATE_HIGH
  return (uint16_t)(COUNTS_PER_S / (uint16_t)setting(FREQUENCY_HZ) * 96 / 100);
#elif defined DEFECT_FREQUENCY_FIXED
  return (uint16_t)(COUNTS_PER_S / 100);
#endif
  return (uint16_t)(COUNTS_PER_S / (uint16_t)setting(FREQUENCY_HZ));
}

// While stopped and in normal mode, compare values act at once.
static void set_timers(uint16_t counts, uint16_t phase) {
  ICR1 = ICR3 = counts - 1;
  OCR1A = phase - 1;
#ifdef DEFECT_UNBALANCED
  OCR3A = (uint16_t)(phase - phase / 20 - 1);
#elif defined DEFECT_UNBALANCED_AT_THE_EDGE
  OCR3A = (uint16_t)(phase - (counts < 6500 && phase > 900 ? phase / 16 : 0) - 1);
#elif defined DEFECT_UNBALANCED_WHEN_FAST
  OCR3A = (uint16_t)(phase - (counts < 9090 && phase > 500 ? phase / 50 : 0) - 1);
#else
  OCR3A = phase - 1;
#endif
}

void stimulator_start(void) {
  const uint16_t counts = period();
#ifdef DEFECT_PHASE_LONG
  const uint16_t phase = (uint16_t)setting(WIDTH_US) * COUNTS_PER_US + 16;
#else
  const uint16_t phase = (uint16_t)setting(WIDTH_US) * COUNTS_PER_US;
#endif
  const uint16_t behind = phase + INTERPHASE_US * COUNTS_PER_US;
  rest();
  pulses_left_ = pulses_of_a_burst();
  aborting_ = false;
  set_timers(counts, phase);
#ifdef DEFECT_AMPLITUDE_HIGH
  PORTC |= (uint8_t)((setting(AMPLITUDE) + 2) & LADDER_BITS);
#else
  PORTC |= (uint8_t)setting(AMPLITUDE);
#endif
  running_ = true;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    // Fast PWM up to ICR, both behind a prescaler that stands still.
    GTCCR = _BV(TSM) | _BV(PSRSYNC);
    TCCR1A = TCCR3A = _BV(WGM11);
    TCCR1B = TCCR3B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);
    TCNT1 = counts - LEAD;
    TCNT3 = counts - LEAD - behind;
    TCCR1A = _BV(COM1A1) | _BV(WGM11);
    TCCR3A = _BV(COM3A1) | _BV(WGM31);
    TIFR3 = _BV(OCF3A);
    TIMSK3 = _BV(OCIE3A);
    GTCCR = 0;
  }
}

void stimulator_abort(void) { aborting_ = true; }

bool stimulator_running(void) { return running_; }

// The second phase has ended.
ISR(TIMER3_COMPA_vect) {
  if (--pulses_left_ == 0 || aborting_) rest();
}

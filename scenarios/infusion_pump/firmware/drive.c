#include "drive.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "limits.h"

// STEP is PD5, ENABLE (active high) PD6, the encoder PD2 = INT0.
#define STEP_BIT _BV(PD5)
#define ENABLE_BIT _BV(PD6)

// Timer 1 counts 4 us. One step each 0.5 uL at `rate` * 0.1 mL/h:
// 250000 /s * 3600 s/h * 0.5 uL / (rate * 100 uL/h) = 4500000 / rate counts.
#if defined DEFECT_FLOW_HIGH
#define COUNTS_TIMES_RATE 4245283ul
#elif defined DEFECT_FLOW_LOW
#define COUNTS_TIMES_RATE 4860000ul
#else
#define COUNTS_TIMES_RATE 4500000ul
#endif
// The longest wait of one timer period; longer steps take several. Leaves room for the last part.
#define CHUNK 0x8000ul

static uint32_t period_;
static uint16_t period_rest_;
static uint16_t rate_;
static uint16_t rest_;  // fraction of a count carried to the next step, in 1/rate
static uint32_t wait_;  // counts of the present step beyond the running timer period
static volatile uint32_t total_;
static volatile uint32_t left_;
static volatile int16_t slip_;
static volatile bool running_;

void drive_init(void) {
  // Rising edge for the encoder. The unused INT1 and INT2 lie on driven lines: off their reset
  // setting, low level, too.
  EICRA = _BV(ISC01) | _BV(ISC00) | _BV(ISC11) | _BV(ISC21);
  DDRD |= STEP_BIT | ENABLE_BIT;
  PORTD &= (uint8_t) ~(STEP_BIT | ENABLE_BIT);
  EIMSK |= _BV(INT0);
}

static void load_timer(void) {
  uint32_t part = wait_;
#ifdef DEFECT_TIMER_SPLIT_LATE
  if (part > 2 * CHUNK + 2047) part = CHUNK;
#else
  if (part > 2 * CHUNK - 1) part = CHUNK;
#endif
  wait_ -= part;
  OCR1A = (uint16_t)(part - 1);
}

// The period as a whole number of counts whose long-term mean is exactly COUNTS_TIMES_RATE / rate.
static void begin_step(void) {
  wait_ = period_;
  rest_ += period_rest_;
  if (rest_ >= rate_) {
    rest_ -= rate_;
    wait_++;
  }
#ifdef DEFECT_FLOW_UNEVEN
  wait_ += total_ & 1024 ? period_ / 8 : -(period_ / 8);
#endif
  load_timer();
}

void drive_start(uint16_t rate, uint32_t steps) {
  drive_stop();
  if (rate < RATE_MIN || steps == 0) return;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    rate_ = rate;
    period_ = COUNTS_TIMES_RATE / rate;
    period_rest_ = (uint16_t)(COUNTS_TIMES_RATE % rate);
    rest_ = 0;
    left_ = steps;
    running_ = true;
    PORTD |= ENABLE_BIT;
    TCNT1 = 0;
    begin_step();
    TIFR1 = _BV(OCF1A);
    TIMSK1 = _BV(OCIE1A);
    TCCR1A = 0;
    TCCR1B = _BV(WGM12) | _BV(CS11) | _BV(CS10);  // clear on compare, clock / 64
  }
}

void drive_stop(void) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    TCCR1B = 0;
    TIMSK1 = 0;
    PORTD &= (uint8_t) ~(STEP_BIT | ENABLE_BIT);
    running_ = false;
  }
}

ISR(TIMER1_COMPA_vect) {
  if (wait_ != 0) {
    load_timer();
    return;
  }
  PORTD |= STEP_BIT;
  total_++;
  slip_++;
  if (--left_ == 0) {
    drive_stop();
  } else {
    begin_step();  // takes longer than the driver's 2 us minimum pulse
  }
  PORTD &= (uint8_t)~STEP_BIT;
}

ISR(INT0_vect) { slip_ -= STEPS_PER_ENCODER_PULSE; }

bool drive_running(void) { return running_; }

uint32_t drive_total(void) {
  uint32_t total;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { total = total_; }
  return total;
}

void drive_restore_total(uint32_t steps) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { total_ = steps; }
}

int16_t drive_slip(void) {
  int16_t slip;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { slip = slip_; }
  return slip;
}

void drive_forget_slip(void) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { slip_ = 0; }
}

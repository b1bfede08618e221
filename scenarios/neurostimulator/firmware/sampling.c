#include "sampling.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "tick.h"

// 256 ms: longer than the EEPROM takes for the longest record (settings, 52 bytes of 3.4 ms).
#define RING 64
// ADC0 and ADC1 the ECoG, ADC2 the battery behind a 1:2 divider; internal reference of 2.56 V.
#define REFERENCE (_BV(REFS1) | _BV(REFS0))
#define BATTERY CHANNELS
// The battery is converted beside every so many samples: each 100 ms.
#define BATTERY_EVERY 25

static volatile struct sample ring_[RING];
static volatile uint8_t head_, tail_;
static volatile uint8_t input_;
static volatile uint16_t battery_ = 1023;
static struct sample building_;
static uint8_t to_battery_ = BATTERY_EVERY;

static void convert(uint8_t input) {
  input_ = input;
  ADMUX = (uint8_t)(REFERENCE | input);
  ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);  // 125 kHz
}

// Sampling instants do not depend on the program.
void tick_hook(void) { convert(0); }

ISR(ADC_vect) {
  const uint16_t code = ADC;
  if (input_ == BATTERY) {
    battery_ = code;
    return;
  }
  building_.code[input_] = code;
  if (input_ + 1 < CHANNELS) {
    convert((uint8_t)(input_ + 1));
    return;
  }
  if (--to_battery_ == 0) {
    to_battery_ = BATTERY_EVERY;
    convert(BATTERY);
  }
  const uint8_t next = (uint8_t)(head_ + 1) & (RING - 1);
  if (next == tail_) return;
  ring_[head_].code[0] = building_.code[0];
  ring_[head_].code[1] = building_.code[1];
  head_ = next;
}

void sampling_init(void) { DIDR0 = _BV(ADC0D) | _BV(ADC1D) | _BV(ADC2D); }

uint8_t sampling_pending(void) { return head_ != tail_; }

struct sample sampling_take(void) {
  const struct sample sample = {{ring_[tail_].code[0], ring_[tail_].code[1]}};
  tail_ = (uint8_t)(tail_ + 1) & (RING - 1);
  return sample;
}

uint16_t sampling_battery_mv(void) {
  uint16_t code;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { code = battery_; }
  return (uint16_t)(code * 5u);
}

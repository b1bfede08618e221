#include "sensors.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

// Internal 2.56 V reference, 10 bits: 2.5 mV per count.
#define REFERENCE (_BV(REFS1) | _BV(REFS0))
#define FIRST_CHANNEL 1  // ADC1 pressure, ADC2 air, ADC3 battery
#define CHANNELS 3
#define ROUNDS 4  // a power of two

static volatile uint16_t history_[CHANNELS][ROUNDS];
static volatile uint8_t round_;
static volatile uint8_t channel_;
static volatile bool ready_;
static volatile bool fresh_;

static void convert(uint8_t channel) {
  channel_ = channel;
  ADMUX = (uint8_t)(REFERENCE | (FIRST_CHANNEL + channel));
  ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);  // 125 kHz
}

void sensors_init(void) { DIDR0 = _BV(ADC1D) | _BV(ADC2D) | _BV(ADC3D); }

void sensors_begin_round(void) { convert(0); }

ISR(ADC_vect) {
  history_[channel_][round_] = ADC;
  if (channel_ + 1 < CHANNELS) {
    convert((uint8_t)(channel_ + 1));
    return;
  }
  round_ = (uint8_t)((round_ + 1) & (ROUNDS - 1));
  if (round_ == 0) ready_ = true;
  fresh_ = true;
}

bool sensors_fresh(void) { return fresh_; }

bool sensors_take_round(void) {
  const bool fresh = fresh_;
  fresh_ = false;
  return fresh;
}

bool sensors_ready(void) { return ready_; }

// Sum of four rounds: 2.5 mV / 4 per count.
static uint16_t sum(uint8_t channel) {
  uint16_t total = 0;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    for (uint8_t i = 0; i < ROUNDS; i++) total += history_[channel][i];
  }
  return total;
}

// Pin = 0.2 V + 20 mV/kPa, so 0.1 kPa is 2 mV: (sum * 2.5/4 mV - 200 mV) / 2 mV = sum * 5 / 16 -
// 100.
int16_t sensors_pressure(void) { return (int16_t)((uint32_t)sum(0) * 5u / 16u) - 100; }

uint16_t sensors_air_mv(void) {
  uint16_t counts;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { counts = history_[1][(uint8_t)(round_ - 1) & (ROUNDS - 1)]; }
  return (uint16_t)(counts * 5u / 2u);
}

// The divider gives a quarter: 10 mV of battery per count.
uint16_t sensors_battery_mv(void) { return (uint16_t)((uint32_t)sum(2) * 10u / 4u); }

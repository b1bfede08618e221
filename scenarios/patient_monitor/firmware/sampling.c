#include "sampling.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "tick.h"

#if TICK_HZ != SAMPLE_HZ
#error "one sample is taken per tick"
#endif

/* 256 ms: longer than the EEPROM writes of one alarm onset (a log entry and the settings, 28 bytes
 * of 3.4 ms). */
#define RING 64

#define REFERENCE (_BV(REFS1) | _BV(REFS0)) /* internal 2.56 V */

static volatile struct sample ring[RING];
static volatile uint8_t head, tail;
static volatile uint8_t input; /* that is being converted; INPUTS: none */

static void convert(uint8_t next) {
  input = next;
  ADMUX = REFERENCE | next;
  ADCSRA |= _BV(ADSC);
}

/* Starts the conversions of one sample, the ECG's first: sampling instants do not depend on the
 * program. The other inputs follow 104 us apart. */
void tick_hook(void) {
  if (input != INPUTS) return; /* the converter hangs: no samples, so the watchdog bites */
  convert(INPUT_ECG);
}

/* Samples that find the ring full are lost. */
ISR(ADC_vect) {
  ring[head].of[input] = ADC;
  if (input + 1 != INPUTS) {
    convert(input + 1);
    return;
  }
  input = INPUTS;
  const uint8_t next = (uint8_t)(head + 1) & (RING - 1);
  if (next != tail) head = next;
}

void sampling_init(void) {
  ADMUX = REFERENCE;
  DIDR0 = _BV(ADC0D) | _BV(ADC1D) | _BV(ADC2D) | _BV(ADC3D) | _BV(ADC4D);
  ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0); /* 125 kHz */
  /* The first conversion with a fresh reference is discarded (datasheet 42719, 23.5.2). */
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
  input = INPUTS;
  ADCSRA |= _BV(ADIF) | _BV(ADIE);
}

uint8_t sampling_pending(void) { return head != tail; }

void sampling_take(struct sample* sample) {
  for (uint8_t i = 0; i < INPUTS; ++i) sample->of[i] = ring[tail].of[i];
  tail = (uint8_t)(tail + 1) & (RING - 1);
}

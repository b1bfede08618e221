#include "sampling.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "tick.h"

#if TICK_HZ != SAMPLE_HZ
#error "one sample is taken per tick"
#endif

/* 256 ms: longer than the EEPROM writes of one alarm onset (a log entry and the settings, 20 bytes
 * of 3.4 ms). */
#define RING 64

static volatile uint16_t ring[RING];
static volatile uint8_t head, tail;

/* Takes the conversion started by the last tick and starts the next: sampling instants do not
 * depend on the program, and one interrupt serves clock and converter. Samples that find the ring
 * full are lost. */
void tick_hook(void) {
  if (ADCSRA & _BV(ADSC)) return; /* the converter hangs: no samples, so the watchdog bites */
  const uint8_t next = (uint8_t)(head + 1) & (RING - 1);
  if (next != tail) {
    ring[head] = ADC;
    head = next;
  }
  ADCSRA |= _BV(ADSC);
}

void sampling_init(void) {
  ADMUX = _BV(REFS1) | _BV(REFS0); /* internal 2.56 V, ADC0 */
  DIDR0 = _BV(ADC0D);
  ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0); /* 125 kHz */
  /* The first conversion with a fresh reference is discarded (datasheet 42719, 23.5.2). */
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
  ADCSRA |= _BV(ADSC);
}

uint8_t sampling_pending(void) { return head != tail; }

uint16_t sampling_take(void) {
  const uint16_t sample = ring[tail];
  tail = (uint8_t)(tail + 1) & (RING - 1);
  return sample;
}

#include "buttons.h"

#include <avr/io.h>

#include "tick.h"

#define BUTTONS (_BV(PC0) | _BV(PC1))

static uint8_t steady;    /* as last reported */
static uint8_t candidate; /* as last read */
static uint8_t held;      /* ticks the candidate has lasted */

void buttons_init(void) {
  DDRC &= (uint8_t)~BUTTONS;
  PORTC |= BUTTONS;
}

uint8_t buttons_pressed(void) {
  const uint8_t now = (uint8_t)~PINC & BUTTONS;
  if (now == steady) {
    held = 0;
    return 0;
  }
  if (now != candidate) {
    candidate = now;
    held = 0;
  }
#ifndef DEFECT_BUTTONS_NOT_DEBOUNCED
  if (++held < TICKS(20)) return 0;
#endif
  const uint8_t pressed = now & (uint8_t)~steady;
#ifndef DEFECT_BUTTONS_REPEAT
  steady = now;
#endif
  held = 0;
  return pressed;
}

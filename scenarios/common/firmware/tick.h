#ifndef COMMON_FIRMWARE_TICK_H
#define COMMON_FIRMWARE_TICK_H

#include <stdint.h>

/* The system tick: Timer 0 in CTC mode. One interrupt starts everything periodic, so that the
 * processor can sleep between. A device chooses TICK_HZ (a divisor of 62500: 250 or 500) in its
 * Makefile. */
#ifndef TICK_HZ
#define TICK_HZ 250
#endif

#define TICK_MS (1000 / TICK_HZ)
/* Ticks in a time; whole ticks, rounded down. */
#define TICKS(ms) ((uint16_t)((uint32_t)(ms)*TICK_HZ / 1000))

void tick_init(void);

/* Ticks since reset; wraps. */
uint16_t tick_now(void);

/* Whole seconds since reset. Counted from the tick interrupt, so that a slow main loop does not
 * lose time. */
uint32_t tick_seconds(void);

/* Called from the tick interrupt, interrupts off; the device implements it, e.g. by starting a
 * conversion. */
void tick_hook(void);

/* Sleeps until any interrupt. Call with nothing left to do; `pending` is asked with interrupts off
 * so that no wake-up is lost. */
void tick_sleep_unless(uint8_t (*pending)(void));

#endif

/* The smallest device the rig can talk to: says who it is, then reports a count ten times a second.
 * -DSILENT says nothing at all; -DHANG stops after its first second, with interrupts off; -DBURSTS
 * toggles its pin in every other second only.
 * The frames are passed in by the test, which knows their checksums: IDENTITY, REPORT_0, REPORT_1.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/sleep.h>

static const char what[] PROGMEM __attribute__((used)) =
    "@(#)device=probe version=1.0.0 build=0123456789ab";

static void say(const char* text) {
#ifdef SILENT
  (void)text;
#else
  for (; *text; ++text) {
    while (!(UCSR0A & (1 << UDRE0))) {
    }
    UDR0 = *text;
  }
#endif
}

EMPTY_INTERRUPT(TIMER1_COMPA_vect)

int main(void) {
  UBRR0 = 25; /* 38400 baud at 16 MHz */
  UCSR0B = 1 << TXEN0;
  DDRB = 1;
  OCR1A = 24999; /* 16 MHz / 64 / 25,000: ten times a second, asleep in between */
  TCCR1B = 1 << WGM12 | 1 << CS11 | 1 << CS10;
  TIMSK1 = 1 << OCIE1A;
  sei();
  say(IDENTITY);
  for (unsigned n = 0;; ++n) {
#ifdef BURSTS
    if (n / 10 % 2 == 0)
#endif
      PORTB = n & 1;
    say(n & 1 ? REPORT_1 : REPORT_0);
    sleep_mode();
#ifdef HANG
    if (n == 10) {
      cli();
      for (;;) {
      }
    }
#endif
  }
}

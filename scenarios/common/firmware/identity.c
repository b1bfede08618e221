#include "identity.h"

#include <avr/eeprom.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <avr/wdt.h>
#include <string.h>

#include "console.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)

static const char what[] PROGMEM __attribute__((used)) =
    "@(#)device=" STRING(DEVICE) " version=" STRING(VERSION) " build=" STRING(BUILD_ID);

/* Not in .bss: .init4 would clear it after .init3 has set it. */
static uint8_t reset_flags __attribute__((section(".noinit")));

/* After a watchdog reset the watchdog stays on at its shortest time-out until WDRF is cleared
 * (datasheet 42719, 9.2). */
void latch_reset_cause(void) __attribute__((naked, used, section(".init3")));
void latch_reset_cause(void) {
  reset_flags = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

enum reset_cause identity_reset_cause(void) {
  /* A power-on leaves the brown-out flag undefined; a brown-out alone does not set the power-on
   * flag. */
  if (reset_flags & _BV(PORF)) return RESET_POWER;
  if (reset_flags & _BV(BORF)) return RESET_BROWN_OUT;
  if (reset_flags & _BV(WDRF)) return RESET_WATCHDOG;
  if (reset_flags & _BV(EXTRF)) return RESET_EXTERNAL;
  return RESET_POWER;
}

/* The what-string's fields, ' ' becoming ','. */
static void claim_fields(void) {
  char c;
  console_raw(',');
  for (const char* p = what + sizeof("@(#)") - 1; (c = (char)pgm_read_byte(p)); ++p) {
    console_raw(c == ' ' ? ',' : c);
  }
}

void identity_send(void) {
  static const char causes[][9] PROGMEM = {"power", "brownout", "watchdog", "external"};
  char text[SERIAL_SIZE];
  eeprom_read_block(text, (const void*)SERIAL_ADDRESS, SERIAL_SIZE);
  /* A blank EEPROM, or one cut short, must still give a frame. */
  /* A blank or damaged EEPROM must still give a frame. */
  text[SERIAL_SIZE - 1] = '\0';
  for (char* p = text; *p; ++p) {
    if (*p <= ' ' || *p > '~' || strchr_P(PSTR(",*$="), *p)) {
      *p = '\0';
      break;
    }
  }
  console_begin('I');
  claim_fields();
  TEXT_FIELD("serial", text);
  memcpy_P(text, causes[identity_reset_cause()], sizeof causes[0]);
  TEXT_FIELD("reset", text);
  console_end();
}

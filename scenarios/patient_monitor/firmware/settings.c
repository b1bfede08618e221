#include "settings.h"

#include <avr/eeprom.h>
#include <stddef.h>
#include <util/crc16.h>

struct copy {
  uint8_t number; /* the newer copy's is one more, modulo 256 */
  struct settings settings;
  uint16_t crc;
};

#define COPIES_ADDRESS 0x0000
#define COPY_SIZE 16

struct settings settings;
static uint8_t number;
static uint8_t slot;

static void* address_of(uint8_t which) {
  return (void*)(uintptr_t)(COPIES_ADDRESS + which * COPY_SIZE);
}

static uint16_t checksum(const struct copy* copy) {
  const uint8_t* bytes = (const uint8_t*)copy;
  uint16_t crc = 0xFFFF;
  for (uint8_t i = 0; i < offsetof(struct copy, crc); ++i) crc = _crc_xmodem_update(crc, bytes[i]);
  return crc;
}

static uint8_t in_range(const struct settings* s) {
  return s->low_limit >= LOW_MIN && s->low_limit <= LOW_MAX && s->high_limit >= HIGH_MIN &&
         s->high_limit <= HIGH_MAX && s->low_limit < s->high_limit;
}

void settings_load(void) {
  uint8_t found = 0;
  settings.low_limit = LOW_DEFAULT;
  settings.high_limit = HIGH_DEFAULT;
  settings.latched = 0;
  for (uint8_t i = 0; i < 2; ++i) {
    struct copy copy;
    eeprom_read_block(&copy, address_of(i), sizeof copy);
    if (copy.crc != checksum(&copy) || !in_range(&copy.settings)) continue;
    if (found && (int8_t)(copy.number - number) < 0) continue;
    found = 1;
    number = copy.number;
    slot = i;
#ifdef DEFECT_LIMITS_NOT_RESTORED
    settings.latched = copy.settings.latched;
#else
    settings = copy.settings;
#endif
#ifdef DEFECT_LATCH_NOT_RESTORED
    settings.latched = 0;
#endif
  }
}

void settings_save(void) {
  struct copy copy = {.number = ++number, .settings = settings};
  copy.crc = checksum(&copy);
#ifndef DEFECT_SETTINGS_ONE_COPY
  slot ^= 1;
#endif
  eeprom_update_block(&copy, address_of(slot), sizeof copy);
}

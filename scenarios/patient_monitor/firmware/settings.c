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

_Static_assert(sizeof(struct copy) <= COPY_SIZE, "the copies overlap");

static const struct settings defaults = {
    LOW_DEFAULT, HIGH_DEFAULT, SATURATION_DEFAULT, APNOEA_DEFAULT, COLD_DEFAULT, HOT_DEFAULT, 0, 0};

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

static uint8_t within(uint16_t value, uint16_t low, uint16_t high) {
  return value >= low && value <= high;
}

static uint8_t in_range(const struct settings* s) {
  return within(s->low_limit, LOW_MIN, LOW_MAX) && within(s->high_limit, HIGH_MIN, HIGH_MAX) &&
         s->low_limit < s->high_limit &&
         within(s->saturation_limit, SATURATION_MIN, SATURATION_MAX) &&
         within(s->apnoea_limit, APNOEA_MIN, APNOEA_MAX) &&
         within(s->temperature_low, COLD_MIN, COLD_MAX) &&
         within(s->temperature_high, HOT_MIN, HOT_MAX);
}

void settings_load(void) {
  uint8_t found = 0;
  settings = defaults;
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
#ifdef DEFECT_NEW_LIMITS_NOT_RESTORED
    settings.saturation_limit = SATURATION_DEFAULT;
    settings.apnoea_limit = APNOEA_DEFAULT;
    settings.temperature_high = HOT_DEFAULT;
#endif
#ifdef DEFECT_SENSORS_NOT_RESTORED
    settings.sensors = 0;
#endif
#ifdef DEFECT_NEW_LATCHES_NOT_RESTORED
    settings.latched &= 3;
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

#include "alarm_log.h"

#include <avr/eeprom.h>
#include <util/crc16.h>

#define LOG_ADDRESS 0x0100

struct stored {
  struct alarm_entry entry;
  uint16_t crc;
};

static uint16_t count;

static void* address_of(uint16_t number) {
  return (void*)(LOG_ADDRESS + (number % ALARM_LOG_SIZE) * (uint16_t)sizeof(struct stored));
}

static uint16_t checksum(const struct alarm_entry* entry) {
  const uint8_t* bytes = (const uint8_t*)entry;
  uint16_t crc = 0xFFFF;
  for (uint8_t i = 0; i < sizeof *entry; ++i) crc = _crc_xmodem_update(crc, bytes[i]);
  return crc;
}

static uint8_t read_place(uint16_t place, struct alarm_entry* entry) {
  struct stored stored;
  eeprom_read_block(&stored, address_of(place), sizeof stored);
  *entry = stored.entry;
  return stored.crc == checksum(&stored.entry);
}

void alarm_log_load(void) {
  count = 0;
#ifndef DEFECT_LOG_LOST
  for (uint8_t place = 0; place < ALARM_LOG_SIZE; ++place) {
    struct alarm_entry entry;
    if (read_place(place, &entry) && entry.number > count) count = entry.number;
  }
#endif
}

void alarm_log_append(struct alarm_entry entry) {
  struct stored stored;
  entry.number = ++count;
  stored.entry = entry;
  stored.crc = checksum(&entry);
  eeprom_update_block(&stored, address_of(count), sizeof stored);
}

uint16_t alarm_log_count(void) { return count; }

uint8_t alarm_log_read(uint16_t number, struct alarm_entry* entry) {
  return read_place(number, entry) && entry->number == number;
}

#include "ring.h"

#include <avr/eeprom.h>
#include <string.h>
#include <util/crc16.h>

#define NUMBER_SIZE 2
#define CRC_SIZE 2

static uint8_t record_[NUMBER_SIZE + RING_PAYLOAD_MAX + CRC_SIZE];

static uint8_t size_of(const struct ring* ring) {
  return (uint8_t)(NUMBER_SIZE + ring->payload + CRC_SIZE);
}

static void* slot_at(const struct ring* ring, uint8_t slot) {
  return (void*)(uintptr_t)(ring->at + (uint16_t)slot * size_of(ring));
}

static uint16_t crc_of(uint8_t size) {
  uint16_t crc = 0xFFFF;
  for (uint8_t i = 0; i < size; i++) crc = _crc_xmodem_update(crc, record_[i]);
  return crc;
}

// The slot's record into record_, its number into `number`.
static bool load(const struct ring* ring, uint8_t slot, uint16_t* number) {
  const uint8_t checked = (uint8_t)(NUMBER_SIZE + ring->payload);
  uint16_t crc;
  eeprom_read_block(record_, slot_at(ring, slot), size_of(ring));
  memcpy(&crc, record_ + checked, CRC_SIZE);
  memcpy(number, record_, NUMBER_SIZE);
  return crc == crc_of(checked);
}

bool ring_restore(struct ring* ring, void* payload) {
  bool found = false;
  for (uint8_t slot = 0; slot < ring->slots; slot++) {
    uint16_t number;
    if (!load(ring, slot, &number)) continue;
    if (found && (int16_t)(number - ring->number) < 0) continue;
    found = true;
    ring->number = number;
    ring->next = (uint8_t)((slot + 1) % ring->slots);
    memcpy(payload, record_ + NUMBER_SIZE, ring->payload);
  }
  return found;
}

void ring_append(struct ring* ring, const void* payload) {
  const uint8_t checked = (uint8_t)(NUMBER_SIZE + ring->payload);
  ring->number++;
  memcpy(record_, &ring->number, NUMBER_SIZE);
  memcpy(record_ + NUMBER_SIZE, payload, ring->payload);
  const uint16_t crc = crc_of(checked);
  memcpy(record_ + checked, &crc, CRC_SIZE);
  eeprom_update_block(record_, slot_at(ring, ring->next), size_of(ring));
  ring->next = (uint8_t)((ring->next + 1) % ring->slots);
}

bool ring_read(const struct ring* ring, uint8_t back, void* payload) {
  if (back >= ring->slots) return false;
  const uint8_t slot = (uint8_t)((ring->next + 2u * ring->slots - 1u - back) % ring->slots);
  uint16_t number;
  if (!load(ring, slot, &number) || number != (uint16_t)(ring->number - back)) return false;
  memcpy(payload, record_ + NUMBER_SIZE, ring->payload);
  return true;
}

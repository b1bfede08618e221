// Records in EEPROM that survive a loss of power: a ring of slots, each record with number and
// CRC-16. The newest valid one wins, so a write cut short costs that record only, and every cell is
// written equally often.
#ifndef NEUROSTIMULATOR_RING_H
#define NEUROSTIMULATOR_RING_H

#include <stdbool.h>
#include <stdint.h>

// Of what a record carries.
#define RING_PAYLOAD_MAX 60

struct ring {
  uint16_t at;  // EEPROM address
  uint8_t slots;
  uint8_t payload;  // bytes
  uint16_t number;  // of the newest record; records ever made
  uint8_t next;     // slot of the next record
};

// Fills `payload` with the newest record's; false and untouched when there is none.
bool ring_restore(struct ring* ring, void* payload);
// 3.4 ms per byte that changes.
void ring_append(struct ring* ring, const void* payload);
// The record `back` before the newest (0); false when it is gone.
bool ring_read(const struct ring* ring, uint8_t back, void* payload);

#endif

#include "totals.h"

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <string.h>
#include <util/atomic.h>
#include <util/crc16.h>

// 0x0000-0x00FF settings ring, 0x0100-0x02FF alarm log, 0x0300-0x0FDF total ring; the serial number
// stands at 0x0FE0 (common firmware). At one record per 10 uL and 100 000 cycles per cell the total
// ring lasts 412 L.
struct settings_record {
  uint16_t sequence;
  struct settings settings;
  uint16_t crc;
} __attribute__((packed));

struct total_record {
  uint16_t sequence;
  uint32_t total;
  uint16_t crc;
} __attribute__((packed));

struct log_record {
  uint16_t sequence;
  struct log_entry entry;
  uint16_t crc;
} __attribute__((packed));

#define SETTINGS_AT 0x0000u
#define SETTINGS_SLOTS 8u
#define LOG_AT 0x0100u
#define LOG_SLOTS 40u
#define TOTAL_AT 0x0300u
#define TOTAL_SLOTS ((0x0FE0u - TOTAL_AT) / sizeof(struct total_record))

struct ring {
  uint16_t at;
  uint16_t slots;
  uint8_t size;
  uint16_t sequence;  // of the newest record
  uint16_t next;      // slot the next record goes to
};

static struct ring settings_ring_ = {SETTINGS_AT, SETTINGS_SLOTS, sizeof(struct settings_record), 0,
                                     0};
static struct ring total_ring_ = {TOTAL_AT, TOTAL_SLOTS, sizeof(struct total_record), 0, 0};
static struct ring log_ring_ = {LOG_AT, LOG_SLOTS, sizeof(struct log_record), 0, 0};

static struct settings queued_settings_;
static uint32_t queued_total_;
static bool settings_queued_;
static bool total_queued_;

#define LOG_QUEUE 8u
static struct log_entry queued_entries_[LOG_QUEUE];
static uint8_t first_entry_;
static uint8_t entries_queued_;
static bool hurried_;

static uint8_t bytes_[sizeof(struct settings_record)];
static volatile uint8_t done_;
static volatile uint8_t size_;
static uint16_t address_;

static uint16_t crc_of(const uint8_t* bytes, uint8_t size) {
  uint16_t crc = 0xFFFF;
  for (uint8_t i = 0; i < size; i++) crc = _crc_xmodem_update(crc, bytes[i]);
  return crc;
}

enum find_result { FOUND, ERASED, NONE_VALID };

// Leaves the newest record in `record` and the ring ready for the next one.
static enum find_result find_newest(struct ring* ring, uint8_t* record) {
  uint8_t bytes[sizeof(struct settings_record)];
  bool erased = true;
  bool found = false;
  for (uint16_t slot = 0; slot < ring->slots; slot++) {
    eeprom_read_block(bytes, (const void*)(ring->at + slot * ring->size), ring->size);
    bool blank = true;
    for (uint8_t i = 0; i < ring->size; i++) blank = blank && bytes[i] == 0xFF;
    if (blank) continue;
    erased = false;
    uint16_t crc;
    memcpy(&crc, bytes + ring->size - 2, 2);
    if (crc != crc_of(bytes, (uint8_t)(ring->size - 2))) continue;
    uint16_t sequence;
    memcpy(&sequence, bytes, 2);
    if (found && (int16_t)(sequence - ring->sequence) < 0) continue;
    found = true;
    ring->sequence = sequence;
    ring->next = (slot + 1 < ring->slots) ? slot + 1 : 0;
    memcpy(record, bytes, ring->size);
  }
  if (found) return FOUND;
  return erased ? ERASED : NONE_VALID;
}

enum totals_state totals_restore(struct settings* settings, uint32_t* total) {
  struct settings_record settings_record;
  struct total_record total_record;
#ifndef DEFECT_LOG_LOST
  struct log_record log_record;
  find_newest(&log_ring_, (uint8_t*)&log_record);
#endif
  const enum find_result of_settings = find_newest(&settings_ring_, (uint8_t*)&settings_record);
  const enum find_result of_total = find_newest(&total_ring_, (uint8_t*)&total_record);
  if (of_settings == ERASED && of_total == ERASED) return TOTALS_NEW;
  if (of_settings != FOUND || of_total != FOUND) return TOTALS_LOST;
  *settings = settings_record.settings;
  *total = total_record.total;
  return TOTALS_RESTORED;
}

void totals_save_settings(const struct settings* settings) {
  queued_settings_ = *settings;
  settings_queued_ = true;
}

void totals_save_total(uint32_t total) {
  queued_total_ = total;
  total_queued_ = true;
}

void totals_log(struct log_entry entry) {
  if (entries_queued_ == LOG_QUEUE) return;
  queued_entries_[(first_entry_ + entries_queued_) % LOG_QUEUE] = entry;
  entries_queued_++;
}

void totals_hurry(bool hurried) { hurried_ = hurried; }

uint16_t totals_logged(void) { return log_ring_.sequence + entries_queued_; }

static void write_next_byte(void) {
  EEAR = address_ + done_;
  EEDR = bytes_[done_];
  done_++;
  // EEPE within four cycles of EEMPE (datasheet 42719, 8.4.3); called with interrupts off.
  EECR |= _BV(EEMPE);
  EECR |= _BV(EEPE);
}

ISR(EE_READY_vect) {
  if (done_ < size_) {
    write_next_byte();
  } else {
    EECR &= (uint8_t)~_BV(EERIE);
    size_ = 0;
  }
}

static void begin_write(struct ring* ring, uint8_t* record) {
  ring->sequence++;
  memcpy(record, &ring->sequence, 2);
  const uint16_t crc = crc_of(record, (uint8_t)(ring->size - 2));
  memcpy(record + ring->size - 2, &crc, 2);
  address_ = ring->at + ring->next * ring->size;
  ring->next = (ring->next + 1 < ring->slots) ? ring->next + 1 : 0;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    done_ = 0;
    size_ = ring->size;
    write_next_byte();
    EECR |= _BV(EERIE);
  }
}

void totals_run(void) {
  if (size_ != 0) return;
  // The total first: settings refer to it.
  if (total_queued_) {
    struct total_record* record = (struct total_record*)bytes_;
    record->total = queued_total_;
    total_queued_ = false;
    begin_write(&total_ring_, bytes_);
  } else if (settings_queued_) {
    struct settings_record* record = (struct settings_record*)bytes_;
    record->settings = queued_settings_;
    settings_queued_ = false;
    begin_write(&settings_ring_, bytes_);
  } else if (entries_queued_ != 0 && !hurried_) {
    struct log_record* record = (struct log_record*)bytes_;
    record->entry = queued_entries_[first_entry_];
    first_entry_ = (first_entry_ + 1) % LOG_QUEUE;
    entries_queued_--;
    begin_write(&log_ring_, bytes_);
  }
}

#include "episode_log.h"

#include <avr/pgmspace.h>
#include <stdbool.h>

#include "console.h"
#include "ring.h"
#include "tick.h"

#define LOG_AT 0x0300
#define LOG_SLOTS 200

struct entry {
  uint8_t event;
  uint32_t at_s;
} __attribute__((packed));

static struct ring ring_ = {LOG_AT, LOG_SLOTS, sizeof(struct entry), 0, 0};
static uint8_t to_send_;  // entries, and one more for the end
static bool sending_;

void episode_log_load(void) {
#ifndef DEFECT_LOG_LOST
  struct entry newest;
  ring_restore(&ring_, &newest);
#endif
}

void episode_log_add(enum event event) {
  const struct entry entry = {(uint8_t)event, tick_seconds()};
  ring_append(&ring_, &entry);
}

uint16_t episode_log_entries(void) { return ring_.number; }

void episode_log_send(void) {
  to_send_ = ring_.number < LOG_SLOTS ? (uint8_t)ring_.number : LOG_SLOTS;
  sending_ = true;
}

void episode_log_run(void) {
  if (!sending_ || !console_has_room()) return;
  struct entry entry;
  console_begin('L');
  if (to_send_ == 0) {
    FIELD("end", 1);
    sending_ = false;
  } else {
    to_send_--;
    if (!ring_read(&ring_, to_send_, &entry)) return;
    FIELD("n", (uint16_t)(ring_.number - to_send_));
    FIELD("code", entry.event);
    FIELD("at", entry.at_s);
  }
  console_end();
}

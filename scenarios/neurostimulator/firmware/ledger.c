#include "ledger.h"

#include <stdbool.h>

#include "limits.h"
#include "ring.h"
#include "tick.h"

// At 1000 episodes a day and 100 000 writes per cell the 40 slots last ten years.
#define LEDGER_AT 0x0080
#define LEDGER_SLOTS 40
#define SAVE_EVERY_S 3600ul

struct day {
  uint16_t episodes;
  uint32_t elapsed_s;
} __attribute__((packed));

static struct day day_;
static uint32_t saved_at_s_;  // since reset
static uint32_t begun_with_s_;
static struct ring ring_ = {LEDGER_AT, LEDGER_SLOTS, sizeof day_, 0, 0};

static void save(void) {
  ring_append(&ring_, &day_);
  saved_at_s_ = tick_seconds();
}

void ledger_load(void) {
#ifndef DEFECT_DAY_FORGOTTEN
  ring_restore(&ring_, &day_);
#endif
  begun_with_s_ = day_.elapsed_s;
}

void ledger_run(void) {
  const uint32_t now = tick_seconds();
  day_.elapsed_s = begun_with_s_ + now;
  if (day_.elapsed_s >= DAY_S) {
    // Wraps on purpose: elapsed_s begins at 0 now.
    begun_with_s_ = 0u - now;
    day_.elapsed_s = 0;
    day_.episodes = 0;
    save();
  } else if (now - saved_at_s_ >= SAVE_EVERY_S) {
    save();
  }
}

void ledger_count_episode(void) {
  day_.episodes++;
  save();
}

uint16_t ledger_today(void) { return day_.episodes; }

#include "detection.h"

#include <avr/io.h>
#include <stdlib.h>

#include "episode_log.h"
#include "half_wave.h"
#include "limits.h"
#include "settings.h"
#include "trend.h"

// The pattern's pin, for the programmer and the bench.
#define PATTERN_BIT _BV(PA6)

// Least means that count: 8 uV of line length a sample, 20 uV of area.
#ifndef DEFECT_LINE_LENGTH_FLOOR_HIGH
#define LINE_LENGTH_FLOOR (8 / UV_PER_COUNT * BLOCK_SAMPLES)
#else
#define LINE_LENGTH_FLOOR (200 / UV_PER_COUNT * BLOCK_SAMPLES)
#endif
#define AREA_FLOOR (20 / UV_PER_COUNT * BLOCK_SAMPLES)
// The baseline that area is measured from: a mean over 2^8 samples, 1 s.
#define BASELINE_SHIFT 8

struct channel {
  struct half_waves half_waves;
  struct trend line_length, area;
  uint16_t line_sum, area_sum;  // of the present block
  int32_t baseline;             // counts, times 2^BASELINE_SHIFT
  int16_t before;
  uint8_t fresh;  // no sample before
  uint8_t tools;
  uint16_t at_rail_ms, off_rail_ms;
  bool saturated;
};

static struct channel channels_[CHANNELS];
static uint8_t block_left_ = BLOCK_SAMPLES;
static bool block_spoilt_;
static bool pattern_;
static uint16_t absent_ms_ = EPISODE_GAP_MS;
static uint16_t episodes_;

void detection_init(void) {
  DDRA |= PATTERN_BIT;
  PORTA &= (uint8_t)~PATTERN_BIT;
  detection_restart();
}

void detection_restart(void) {
  for (uint8_t i = 0; i < CHANNELS; i++) {
    struct channel* c = &channels_[i];
    half_waves_reset(&c->half_waves);
    trend_reset(&c->line_length);
    trend_reset(&c->area);
    c->fresh = 1;
    c->tools = 0;
  }
  block_left_ = BLOCK_SAMPLES;
  block_spoilt_ = true;
}

static uint8_t tools_set(uint8_t channel) { return (uint8_t)setting(TOOLS_1 + channel); }

static void watch_rails(struct channel* c, uint16_t code) {
  if (code < RAIL_LOW || code > RAIL_HIGH) {
    c->off_rail_ms = 0;
    if (c->at_rail_ms < SATURATED_MS) c->at_rail_ms += SAMPLE_MS;
  } else {
    c->at_rail_ms = 0;
    if (c->off_rail_ms < SATURATED_CLEAR_MS) c->off_rail_ms += SAMPLE_MS;
  }
  if (!c->saturated && c->at_rail_ms >= SATURATED_MS) {
    c->saturated = true;
    episode_log_add(EVENT_SATURATED);
#ifndef DEFECT_SATURATED_FOR_EVER
  } else if (c->saturated && c->off_rail_ms >= SATURATED_CLEAR_MS) {
#else
  } else if (c->saturated && c->off_rail_ms > SATURATED_CLEAR_MS) {
#endif
    c->saturated = false;
    half_waves_reset(&c->half_waves);
  }
}

static void set_tool(struct channel* c, uint8_t tool, bool found) {
  c->tools = found ? c->tools | tool : c->tools & (uint8_t)~tool;
}

static void sum_up(struct channel* c, int16_t value) {
  if (c->fresh) {
    c->fresh = 0;
    c->before = value;
    c->baseline = (int32_t)value << BASELINE_SHIFT;
  }
  c->line_sum += (uint16_t)abs(value - c->before);
  c->before = value;
  c->baseline += value - (int16_t)(c->baseline >> BASELINE_SHIFT);
  c->area_sum += (uint16_t)abs(value - (int16_t)(c->baseline >> BASELINE_SHIFT));
}

static void end_block(struct channel* c) {
  if (!block_spoilt_ && !c->saturated) {
    trend_add(&c->line_length, c->line_sum);
    trend_add(&c->area, c->area_sum);
#ifdef DEFECT_LINE_LENGTH_DEAF
    const uint16_t percent = (uint16_t)setting(LINE_LENGTH_PERCENT) * 2;
#elif defined DEFECT_LINE_LENGTH_EAGER
    const uint16_t percent = (uint16_t)setting(LINE_LENGTH_PERCENT) / 5;
#else
    const uint16_t percent = (uint16_t)setting(LINE_LENGTH_PERCENT);
#endif
    set_tool(c, TOOL_LINE_LENGTH, trend_exceeded(&c->line_length, percent, LINE_LENGTH_FLOOR));
#ifdef DEFECT_AREA_EAGER
    const uint16_t area_percent = (uint16_t)setting(AREA_PERCENT) / 2;
#else
    const uint16_t area_percent = (uint16_t)setting(AREA_PERCENT);
#endif
    set_tool(c, TOOL_AREA, trend_exceeded(&c->area, area_percent, AREA_FLOOR));
  }
  c->line_sum = c->area_sum = 0;
}

static void take(struct channel* c, uint16_t code, bool blanked) {
  const int16_t value = (int16_t)(code - 512);
  if (blanked) {
    half_waves_reset(&c->half_waves);
    set_tool(c, TOOL_HALF_WAVE, false);
    c->fresh = 1;
    return;
  }
  watch_rails(c, code);
  sum_up(c, value);
  set_tool(c, TOOL_HALF_WAVE, half_waves_take(&c->half_waves, value));
}

// Of one channel whose input can be judged.
static bool found(uint8_t channel) {
  const uint8_t wanted = tools_set(channel);
  const uint8_t present = channels_[channel].tools & wanted;
#ifdef DEFECT_COMBINES_ANY
  return present != 0;
#endif
  return setting(ALL_TOOLS) ? present == wanted : present != 0;
}

static bool combined(void) {
  bool any = false;
  bool all = true;
  for (uint8_t i = 0; i < CHANNELS; i++) {
    if (tools_set(i) == 0) continue;
    const bool here = !channels_[i].saturated && found(i);
    any = any || here;
    all = all && here;
  }
#ifdef DEFECT_CHANNELS_ANY
  return any;
#endif
  return setting(ALL_CHANNELS) ? any && all : any;
}

static void tell(void) {
  if (pattern_) {
    PORTA |= PATTERN_BIT;
    if (absent_ms_ >= EPISODE_GAP_MS) {
      episodes_++;
#ifndef DEFECT_LOG_SKIPS_DETECTION
      episode_log_add(EVENT_DETECTION);
#endif
    }
    absent_ms_ = 0;
  } else {
    PORTA &= (uint8_t)~PATTERN_BIT;
    if (absent_ms_ < EPISODE_GAP_MS) absent_ms_ += SAMPLE_MS;
  }
}

void detection_take(struct sample sample, bool blanked) {
#ifdef DEFECT_BLANKING_OFF
  blanked = false;
#endif
  for (uint8_t i = 0; i < CHANNELS; i++) take(&channels_[i], sample.code[i], blanked);
  block_spoilt_ = block_spoilt_ || blanked;
  if (--block_left_ == 0) {
    for (uint8_t i = 0; i < CHANNELS; i++) end_block(&channels_[i]);
    block_left_ = BLOCK_SAMPLES;
    block_spoilt_ = false;
  }
  pattern_ = !blanked && combined();
  tell();
}

bool detection_pattern(void) { return pattern_; }

uint8_t detection_tools(uint8_t channel) { return channels_[channel].tools; }

bool detection_at_rail(void) {
  for (uint8_t i = 0; i < CHANNELS; ++i) {
    if (channels_[i].at_rail_ms != 0 && tools_set(i) != 0) return true;
  }
  return false;
}

uint8_t detection_saturated(void) {
  uint8_t bits = 0;
  for (uint8_t i = 0; i < CHANNELS; i++) {
    if (channels_[i].saturated && tools_set(i) != 0) bits |= (uint8_t)(1 << i);
  }
  return bits;
}

uint16_t detection_episodes(void) { return episodes_; }

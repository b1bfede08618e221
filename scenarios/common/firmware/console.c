#include "console.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>
#include <stdlib.h>
#include <string.h>
#include <util/atomic.h>
#include <util/crc16.h>

#include "identity.h"

#define BAUD_RATE 38400UL

/* Sizes are powers of two below or equal to 256, so that indices wrap by themselves or with a mask.
 */
#define RX_SIZE 128
#define TX_SIZE 256

static volatile uint8_t rx_buffer[RX_SIZE];
static volatile uint8_t rx_head, rx_tail;
static volatile uint8_t tx_buffer[TX_SIZE];
static volatile uint8_t tx_head, tx_tail;

ISR(USART0_RX_vect) {
  const uint8_t byte = UDR0;
  const uint8_t next = (uint8_t)(rx_head + 1) & (RX_SIZE - 1);
  if (next == rx_tail) return; /* full: the frame's checksum will tell */
  rx_buffer[rx_head] = byte;
  rx_head = next;
}

ISR(USART0_UDRE_vect) {
  if (tx_head == tx_tail) {
    UCSR0B &= (uint8_t)~_BV(UDRIE0);
    return;
  }
  UDR0 = tx_buffer[tx_tail++];
}

void console_init(void) {
  UBRR0 = (F_CPU + 8 * BAUD_RATE) / (16 * BAUD_RATE) - 1;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

/* ---- writing ---- */

static char out[CONSOLE_FRAME];
static uint8_t out_size;
static uint8_t out_overflow;

/* Checksum and line end that close every frame: '*', four digits, CR LF. */
#define FRAME_TAIL 7

static uint16_t checksum(const char* text, uint8_t size) {
  uint16_t crc = 0xFFFF;
  while (size--) crc = _crc_xmodem_update(crc, (uint8_t)*text++);
  return crc;
}

static char hex_digit(uint8_t nibble) {
  return (char)(nibble < 10 ? '0' + nibble : 'A' - 10 + nibble);
}

void console_raw(char c) {
  if (out_size >= CONSOLE_FRAME - FRAME_TAIL) {
    out_overflow = 1;
    return;
  }
  out[out_size++] = c;
}

static void raw_text(const char* text) {
  while (*text) console_raw(*text++);
}

static void key_and_sign(const char* key_progmem) {
  char c;
  console_raw(',');
  while ((c = (char)pgm_read_byte(key_progmem++))) console_raw(c);
  console_raw('=');
}

void console_begin(char type) {
  out_size = 0;
  out_overflow = 0;
  console_raw('$');
  console_raw(type);
}

void console_field(const char* key_progmem, uint32_t value) {
  char digits[11];
  key_and_sign(key_progmem);
  raw_text(ultoa(value, digits, 10));
}

void console_text(const char* key_progmem, const char* value) {
  key_and_sign(key_progmem);
  raw_text(value);
}

static uint8_t tx_free(void) {
  return (uint8_t)(tx_tail - tx_head - 1); /* TX_SIZE is 256: the difference wraps rightly */
}

uint8_t console_has_room(void) { return tx_free() >= CONSOLE_FRAME; }

uint8_t console_end(void) {
  const uint16_t crc = checksum(out + 1, (uint8_t)(out_size - 1));
  if (out_overflow) return 0;
  out[out_size++] = '*';
  out[out_size++] = hex_digit(crc >> 12);
  out[out_size++] = hex_digit((crc >> 8) & 15);
  out[out_size++] = hex_digit((crc >> 4) & 15);
  out[out_size++] = hex_digit(crc & 15);
  out[out_size++] = '\r';
  out[out_size++] = '\n';
  if (tx_free() < out_size) return 0;
  for (uint8_t i = 0; i < out_size; ++i) tx_buffer[(uint8_t)(tx_head + i)] = (uint8_t)out[i];
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    tx_head = (uint8_t)(tx_head + out_size);
    UCSR0B |= _BV(UDRIE0);
  }
  return 1;
}

/* ---- reading ---- */

static char line[CONSOLE_FRAME];
static uint8_t line_size;
static uint8_t in_frame;

uint8_t console_pending(void) { return rx_head != rx_tail; }

uint8_t console_number(const char* text, int32_t low, int32_t high, int32_t* number) {
  char* end;
  const int32_t value = strtol(text, &end, 10);
  if (end == text || *end != '\0' || strlen(text) > 9) return 0;
  if (value < low || value > high) return 0;
  *number = value;
  return 1;
}

static void acknowledge(const char* key, uint8_t ok) {
  console_begin('A');
  TEXT_FIELD("cmd", key);
  FIELD("ok", ok);
  console_end();
}

static void take_field(char type, const char* key, const char* value) {
  if (type == 'C') {
    acknowledge(key, console_command(key, value));
  } else if (type == 'Q') {
    if (strcmp_P(key, PSTR("id")) == 0) {
      identity_send();
    } else {
      acknowledge(key, 0);
    }
  }
}

/* `fields` is ",key=value,key=value", modified here. */
static void take_fields(char type, char* fields) {
  while (*fields == ',') {
    char* key = fields + 1;
    char* value = strchr(key, '=');
    char* next;
    if (!value) return;
    *value++ = '\0';
    next = strchr(value, ',');
    if (next) *next = '\0';
    take_field(type, key, value);
    if (!next) return;
    *next = ',';
    fields = next;
  }
}

/* `line` holds what followed '$', up to but without CR. */
static void take_line(void) {
  const uint8_t star = (uint8_t)(line_size - 5);
  if (line_size < 7 || line[star] != '*') return;
  const uint16_t crc = checksum(line, star);
  for (uint8_t i = 0; i < 4; ++i) {
    if (line[star + 1 + i] != hex_digit((crc >> (12 - 4 * i)) & 15)) return;
  }
  line[star] = '\0';
  take_fields(line[0], line + 1);
}

static void take_byte(char c) {
  if (c == '$') {
    in_frame = 1;
    line_size = 0;
  } else if (!in_frame) {
    return;
  } else if (c == '\r') {
    in_frame = 0;
    take_line();
  } else if (line_size < CONSOLE_FRAME - 3) { /* without '$', CR and LF */
    line[line_size++] = c;
  } else {
    in_frame = 0;
  }
}

void console_poll(void) {
  while (rx_head != rx_tail) {
    const char c = (char)rx_buffer[rx_tail];
    rx_tail = (uint8_t)(rx_tail + 1) & (RX_SIZE - 1);
    take_byte(c);
  }
}

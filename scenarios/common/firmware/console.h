#ifndef COMMON_FIRMWARE_CONSOLE_H
#define COMMON_FIRMWARE_CONSOLE_H

#include <stdint.h>

/* The reference devices' console on UART 0, 38400 baud 8N1, interrupt-driven both ways. The
 * protocol's description is fixtures/console/README.md. A frame that is too long, has a wrong
 * checksum or no fields is dropped without answer. CONSOLE_FRAME: from '$' to LF. */
#define CONSOLE_FRAME 96

void console_init(void);

/* Takes what has been received. Q frames: id=1 is answered with the identity. C frames: every field
 * is given to console_command() and acknowledged with "$A,cmd=<key>,ok=<0|1>". Cheap when there is
 * nothing. */
void console_poll(void);
/* Bytes wait for console_poll(). */
uint8_t console_pending(void);

/* The device implements it: 1 when the command was carried out, 0 when it is unknown or its value
 * refused. */
uint8_t console_command(const char* key, const char* value);

/* A decimal integer and nothing else; 0 when the text is none, or outside low..high. */
uint8_t console_number(const char* text, int32_t low, int32_t high, int32_t* number);

/* Writing a frame: begin, fields, end. console_end() returns 0 and sends nothing when the frame is
 * too long or the transmit buffer has no room for it: the device never waits for its console. */
void console_begin(char type);
void console_field(const char* key_progmem, uint32_t value);
void console_text(const char* key_progmem, const char* value);
void console_raw(char c);
uint8_t console_end(void);
/* A frame of the longest kind would be taken now. */
uint8_t console_has_room(void);

/* Field names live in flash: FIELD("hr", hr). */
#define FIELD(key, value) console_field(PSTR(key), (value))
#define TEXT_FIELD(key, value) console_text(PSTR(key), (value))

#endif

#ifndef PATIENT_MONITOR_BUTTONS_H
#define PATIENT_MONITOR_BUTTONS_H

#include <stdint.h>

/* Audio pause on PC0, alarm reset on PC1, active low with pull-ups. */
#define BUTTON_PAUSE 1
#define BUTTON_RESET 2

void buttons_init(void);
/* Once per tick. Returns the buttons that have just been held for 20 ms; each press once. */
uint8_t buttons_pressed(void);

#endif

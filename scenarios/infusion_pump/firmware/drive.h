// The syringe drive: exact step timing, the volume still allowed, and the encoder that proves
// movement.
#ifndef INFUSION_PUMP_DRIVE_H
#define INFUSION_PUMP_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

void drive_init(void);
// Starts stepping at `rate` (0.1 mL/h); stops by itself after `steps`. The first step comes one
// period later.
void drive_start(uint16_t rate, uint32_t steps);
// At rest before it returns.
void drive_stop(void);
bool drive_running(void);
// Steps ever made, as restored at power-up plus since.
uint32_t drive_total(void);
void drive_restore_total(uint32_t steps);
// Steps made minus steps the encoder has proved.
int16_t drive_slip(void);
void drive_forget_slip(void);

#endif

// Line pressure, air-in-line and battery from the converter, one round each 20 ms.
#ifndef INFUSION_PUMP_SENSORS_H
#define INFUSION_PUMP_SENSORS_H

#include <stdbool.h>
#include <stdint.h>

void sensors_init(void);
// Starts one round of conversions; it completes by interrupt within half a millisecond.
void sensors_begin_round(void);
// A round has completed that was not taken yet; taking it.
bool sensors_fresh(void);
bool sensors_take_round(void);
// A full average has been taken since power-up.
bool sensors_ready(void);
int16_t sensors_pressure(void);     // 0.1 kPa, mean of the last 4 rounds
uint16_t sensors_air_mv(void);      // last round
uint16_t sensors_battery_mv(void);  // mean of the last 4 rounds

#endif

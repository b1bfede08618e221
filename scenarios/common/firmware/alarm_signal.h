#ifndef COMMON_FIRMWARE_ALARM_SIGNAL_H
#define COMMON_FIRMWARE_ALARM_SIGNAL_H

#include <stdint.h>

/* Lamps and buzzer after IEC 60601-1-8, 6.3. One lamp and one sound, of the highest priority.
 *   high    red, 2 Hz, 50 %        10 pulses (3, 2, rest, 3, 2) of 148 ms, 100 ms apart; after 4 s
 *   medium  yellow, 0.6 Hz, 50 %   3 pulses of 200 ms, 200 ms apart; again after 6 s
 *   low     cyan, steady           2 pulses of 200 ms, 200 ms apart; again after 20 s
 * Lamps: red PB0, yellow PB1, cyan PB2, audio-paused indicator PB3, active high.
 * Buzzer: OC2A (PD7), 801 Hz. */
enum priority { PRIORITY_NONE, PRIORITY_LOW, PRIORITY_MEDIUM, PRIORITY_HIGH };

#define AUDIO_PAUSE_S 120

void alarm_signal_init(void);

/* Once per system tick. */
void alarm_signal_tick(void);

/* A change starts the new priority's pattern at its beginning; the same priority again changes
 * nothing. */
void alarm_signal_set(enum priority priority);

/* Sound off for AUDIO_PAUSE_S; lamps and indicator show it. Asked again, the time starts anew. */
void alarm_signal_pause(void);
/* Sound back now, from a burst's beginning. */
void alarm_signal_resume(void);
/* Seconds the pause still lasts, rounded up; 0 when not paused. */
uint8_t alarm_signal_pause_left(void);

#endif

// The pulse generator: charge-balanced biphasic pulses, timed by hardware alone.
//
// A current source of 0.1 mA per step, set by an R-2R ladder on PC0 to PC6, behind a bridge: PD5
// closes the cathodic switches, PB6 the anodic ones. Timers 1 and 3 run the same period, one behind
// the other by a phase and the gap; each makes its phase as a fast PWM pulse. So no delay of the
// program can lengthen a phase, or leave one out: the only interrupt comes when a pulse is
// complete, and ends the burst or leaves it.
#ifndef NEUROSTIMULATOR_STIMULATOR_H
#define NEUROSTIMULATOR_STIMULATOR_H

#include <stdbool.h>
#include <stdint.h>

// First of all after a reset: no current.
void stimulator_init(void);
// Begins a burst as set; the first pulse comes BLANK_BEFORE_US later.
void stimulator_start(void);
// Ends the burst with the pulse under way.
void stimulator_abort(void);
bool stimulator_running(void);

#endif

// Status frames: the state once per second and when something changes, what is set each 2 s and
// after each command.
#ifndef NEUROSTIMULATOR_REPORT_H
#define NEUROSTIMULATOR_REPORT_H

#include <stdbool.h>

void report_run(void);
// A command was carried out or refused.
void report_command(bool done);

#endif

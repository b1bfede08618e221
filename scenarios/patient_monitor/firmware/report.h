#ifndef PATIENT_MONITOR_REPORT_H
#define PATIENT_MONITOR_REPORT_H

#include <stdint.h>

/* What the console says of its own accord; keys are described in the device's README.md. */

/* Sends what is due: everything once a second, log entries, each as there is room. */
void report_poll(void);
/* Status out of turn, for an alarm that changed. */
void report_status(void);
/* Begins to send the log, "$L" frames, oldest first, closed by "$L,end=1". */
void report_log(void);

/* Commands so far, for the settings report. */
void report_command(uint8_t carried_out);

#endif

// Status frames: once per second, and the alarms at once when they change.
#ifndef INFUSION_PUMP_REPORT_H
#define INFUSION_PUMP_REPORT_H

void report_run(void);

#endif

// What must survive power loss, in EEPROM: settings with the volumes they refer to, the running
// total, and the log of alarms.
//
// Three rings of records, each with sequence number and CRC-16; the newest valid one wins, so a
// write cut short by power loss costs that write only, and every cell is written equally often.
#ifndef INFUSION_PUMP_TOTALS_H
#define INFUSION_PUMP_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

struct settings {
  uint16_t rate;        // 0.1 mL/h
  uint16_t occlusion;   // 0.1 kPa
  uint32_t vtbi_end;    // total at which the volume to be infused is reached
  uint32_t shown_from;  // total at which the displayed volume was last cleared
  uint8_t infusing;     // an infusion was under way
};

struct log_entry {
  uint8_t alarm;
  uint8_t priority;
  uint32_t at;  // seconds since power-up
};

enum totals_state { TOTALS_NEW, TOTALS_RESTORED, TOTALS_LOST };

// Reads the rings. NEW: the memory was never written. LOST: written, but nothing valid is left in
// one of them.
enum totals_state totals_restore(struct settings* settings, uint32_t* total);
// Queue a record; the newest request of its kind wins. Written by totals_run and the EEPROM
// interrupt.
void totals_save_settings(const struct settings* settings);
void totals_save_total(uint32_t total);
void totals_run(void);
// Queues an entry of the alarm log; up to 8 wait. While `hurried`, totals_run() writes totals only.
void totals_log(struct log_entry entry);
void totals_hurry(bool hurried);
// Entries ever made, those waiting too.
uint16_t totals_logged(void);

#endif

#ifndef COMMON_FIRMWARE_IDENTITY_H
#define COMMON_FIRMWARE_IDENTITY_H

#include <stdint.h>

/* Who this is. The image carries the what-string "@(#)device=… version=… build=…" so that the rig
 * can compare what an image claims with what the board says after programming. DEVICE, VERSION and
 * BUILD_ID come from the Makefile. */

/* Provisioned by production (on a bench, by the rig): NUL-terminated text of at most 31 characters.
 */
#define SERIAL_ADDRESS 0x0FE0
#define SERIAL_SIZE 32

/* Why the device started, latched before main(). */
enum reset_cause { RESET_POWER, RESET_BROWN_OUT, RESET_WATCHDOG, RESET_EXTERNAL };
enum reset_cause identity_reset_cause(void);

/* "$I,device=…,version=…,build=…,serial=…,reset=<power|brownout|watchdog|external>" */
void identity_send(void);

#endif

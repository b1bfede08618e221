#pragma once

#include <optional>

#include "tests/usb/emulated_device.h"

namespace rig::usb {

// What Linux takes of the descriptors of a device that is plugged in, and shows in /sys (6.1:
// drivers/usb/core/hub.c, config.c): malformed ones end where they stop making sense. None: it
// refuses the device, which then does not appear.
std::optional<Descriptors> Enumerate(Descriptors told);

}  // namespace rig::usb

#pragma once

namespace rig::usb {

// Starts this program anew under libumockdev-preload.so.0, unless it is already; what it starts is
// then, too. To be called first in main(). Ends the program when that does not work.
void RunUnderUmockdev(char** argv);

}  // namespace rig::usb

#pragma once

namespace rig {

// What a pin of a board without power may see, in volts against 0 V: beyond, its clamps conduct and
// supply the board through it. ATmega164/324/644/1284 datasheet (42719), absolute maximum ratings,
// -0.5 V to VCC + 0.5 V; others state no less.
inline constexpr double kUnpoweredPinV = 0.5;

}  // namespace rig

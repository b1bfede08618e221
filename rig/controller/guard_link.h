#pragma once

#include <poll.h>

#include <chrono>

namespace rig {

// What a guard and the process it watches say to each other, one byte each.
inline constexpr int kGuardLinkFd = 3;
inline constexpr char kGuardWatches = 'w';
inline constexpr char kGuardBeat = 'b';
inline constexpr char kGuardStandDown = 's';
inline constexpr char kGuardAct = 'a';
inline constexpr char kGuardFile[] = "guard.json";

// Waits for a file descriptor. False: not by the deadline.
bool PollUntil(pollfd& waiting, std::chrono::steady_clock::time_point deadline);

}  // namespace rig

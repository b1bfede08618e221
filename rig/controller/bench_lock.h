#pragma once

#include "rig/base/result.h"
#include "rig/bench/bench.h"

namespace rig {

// Keeps a real bench to one process and its guard, for every user of this host: a lock on the bench
// file, let go when the last process that has it ends, however it does. A copy of the file is
// another file: its instruments are then locked twice.
class BenchLock {
 public:
  // Does not wait, and touches no instrument. A virtual bench needs no lock, and gets none. Errors:
  // UNAVAILABLE naming the bench when somebody else has it, or when its file cannot be locked.
  static Result<BenchLock> Take(const LoadedBench& bench);
  BenchLock(BenchLock&& other) noexcept;
  BenchLock& operator=(BenchLock&&) = delete;
  ~BenchLock();

  // For a process that is to hold the bench as well; -1: none. Out of the way of the few numbers
  // that programs started by others know.
  int descriptor() const { return descriptor_; }

 private:
  explicit BenchLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace rig

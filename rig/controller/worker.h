#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/controller/perform.h"
#include "rig/v1/record.pb.h"

namespace rig {

struct WorkerOptions {
  // The program whose `worker RUN_FOLDER HANG_LIMIT_MS` carries out an order; itself, by default.
  std::string program = "/proc/self/exe";
  // How many at once; one after the other as soon as one is on a real bench.
  std::size_t jobs = 1;
  // Wall time without any progress after which a worker is taken to hang and killed: by the
  // controller, and on a real bench also by its guard.
  std::chrono::milliseconds hang_limit = kHangLimit;
};

struct WorkerEvents {
  // A run has reached this run time.
  std::function<void(const v1::RunOrder&, RunTime)> progress;
  // A run has ended; its record is on disk.
  std::function<void(const v1::RunOrder&, const v1::RunRecord&)> ended;
  // A worker process has been started for the order.
  std::function<void(const v1::RunOrder&, int pid)> started;
};

// Carries out orders, each in a process of its own, several at a time. Their run folders exist
// (OpenRunFolder). A worker that crashes, hangs or is killed makes an ERROR of its run and of
// nothing else. A worker on a real bench that ends so leaves it to its guard, which is waited for.
// SIGINT and SIGTERM end all workers; virtual benches' and this process with them. Errors:
// UNAVAILABLE when no worker can be started; ABORTED when a signal ended runs on a real bench.
Status RunWorkers(std::vector<v1::RunOrder> orders, const WorkerOptions& options,
                  const WorkerEvents& events);

// The worker's side: carries out <run_folder>/order.json and tells its progress on file
// descriptor 3. Returns the process's exit code: 0 when a record was written.
int WorkerMain(const std::string& run_folder, std::chrono::milliseconds hang_limit);

}  // namespace rig

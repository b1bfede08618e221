#pragma once

#include <memory>
#include <string>

#include "fixtures/catalogue.h"
#include "rig/bench/bench.h"

namespace rig {

struct OpenedBench {
  LoadedBench bench;
  std::unique_ptr<Equipment> equipment;
};

// Errors: as LoadBench and OpenEquipment.
inline Result<OpenedBench> OpenBenchFile(const std::string& file) {
  OpenedBench opened;
  RIG_TRY_ASSIGN(opened.bench, LoadBench(file));
  RIG_TRY_ASSIGN(opened.equipment, OpenEquipment(opened.bench.message, opened.bench.where, 0));
  return opened;
}

}  // namespace rig

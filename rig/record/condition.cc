#include "rig/record/condition.h"

#include <fmt/format.h>

#include "rig/base/digest.h"
#include "rig/record/record.h"

namespace rig {

std::string ConditionOf(const v1::RunRecord& record) {
  Sha256 digest;
  digest.Update(fmt::format("rig {}\nfirmware {}\nseed {}\n", record.environment().rig_build(),
                            record.firmware().sha256(), record.seed()));
  digest.Update(ToJson(record.resolved_scenario()));
  digest.Update(ToJson(record.resolved_bench()));
  for (const v1::File& input : record.inputs()) digest.Update(input.sha256() + "\n");
  // While a golden trace is being recorded its check is left out.
  for (const v1::CheckResult& check : record.checks()) digest.Update(check.id() + "\n");
  return digest.Hex();
}

}  // namespace rig

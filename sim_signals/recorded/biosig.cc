#include "sim_signals/recorded/biosig.h"

namespace rig {
Result<std::unique_ptr<Recording>> OpenThroughBiosig(const std::filesystem::path& path) {
  return MakeError(Code::kUnimplemented, path.string());
}
}  // namespace rig

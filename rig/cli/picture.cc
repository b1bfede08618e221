#include "rig/cli/picture.h"

#include <cstdlib>
#include <fstream>

#include "rig/base/child.h"

namespace rig {

Status WritePng(const std::string& svg, const std::string& file) {
  const char* path = std::getenv("PATH");
  const auto program = FindProgram("rsvg-convert", path == nullptr ? "" : path);
  if (program.empty()) {
    return MakeError(Code::kUnavailable,
                     file + ": no rsvg-convert in PATH; expected Debian's librsvg2-bin");
  }
  RIG_TRY_ASSIGN(const TemporaryFolder folder, TemporaryFolder::Make());
  const auto picture = folder.path() / "picture.svg";
  std::ofstream(picture) << svg;
  const Status done =
      RunLimited({program.string(), "--zoom", "1.5", "--background-color", "white", "--output",
                  std::filesystem::absolute(file).string(), picture.string()},
                 folder.path() / "log", {});
  if (!done) return WithContext(done.error(), file);
  return {};
}

}  // namespace rig

// Reads every include (and every import of a schema) of the tree and holds it against layers.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/layering/layers.h"

namespace rig::layering {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// POSIX and Linux headers, which any layer may use. What the C++ standard has is known by having no
// ".h".
const std::set<std::string_view>& SystemHeaders() {
  static const std::set<std::string_view> headers = {
      "dirent.h", "elf.h",    "errno.h",    "fcntl.h",  "grp.h",     "inttypes.h", "poll.h",
      "pwd.h",    "sched.h",  "setjmp.h",   "signal.h", "spawn.h",   "stdbool.h",  "stddef.h",
      "stdint.h", "stdio.h",  "stdlib.h",   "string.h", "strings.h", "syslog.h",   "termios.h",
      "time.h",   "unistd.h", "execinfo.h", "fnmatch.h"};
  return headers;
}

const std::set<std::string_view>& ThreadHeaders() {
  static const std::set<std::string_view> headers = {
      "atomic", "barrier",   "condition_variable", "future",     "latch",     "mutex",
      "thread", "semaphore", "shared_mutex",       "stop_token", "pthread.h", "threads.h"};
  return headers;
}

const Layer* LayerOf(std::string_view path) {
  const Layer* found = nullptr;
  for (const Layer& layer : Layers()) {
    const bool longer = found == nullptr || layer.folder.size() > found->folder.size();
    if (path.starts_with(layer.folder) && longer) found = &layer;
  }
  return found;
}

// Generated headers lie in the build folder, under the schema's package.
std::string OwnerPath(std::string_view header) {
  return (header.starts_with("rig/v1/") ? "proto/" : "") + std::string(header);
}

bool AllowsOurs(const Layer& from, std::string_view header) {
  const Layer* to = LayerOf(OwnerPath(header));
  if (to == nullptr) return false;
  if (to == &from) return true;
  return std::any_of(from.ours.begin(), from.ours.end(), [&](std::string_view entry) {
    if (entry == header) return true;
    if (!entry.ends_with('/') || !header.starts_with(entry)) return false;
    // A row of its own further down needs its own mention, except that tests see all.
    return from.folder.starts_with("tests/") || OwnerPath(entry) == to->folder ||
           entry == "rig/v1/";
  });
}

bool AllowsSystem(const Layer& from, std::string_view header) {
  const bool standard = !header.ends_with(".h") && !header.ends_with(".hpp") &&
                        header.find('/') == std::string_view::npos;
  const bool threads = ThreadHeaders().contains(header);
  const bool system = standard || header.starts_with("sys/") || SystemHeaders().contains(header);
  if (system && !threads) return true;
  return std::any_of(from.vendor.begin(), from.vendor.end(),
                     [&](std::string_view entry) { return header.starts_with(entry); });
}

// `text` without what it begins with, and without blanks before and after that; nothing if it
// begins otherwise.
std::optional<std::string_view> After(std::string_view text, std::string_view beginning) {
  const auto trim = [](std::string_view blank) {
    return blank.substr(std::min(blank.find_first_not_of(" \t"), blank.size()));
  };
  text = trim(text);
  if (!text.starts_with(beginning)) return std::nullopt;
  return trim(text.substr(beginning.size()));
}

struct Include {
  std::string_view header;
  bool quoted;
};

// What a line of C, C++ or of a schema includes.
std::optional<Include> IncludeOf(std::string_view line, bool schema) {
  std::optional<std::string_view> rest;
  if (schema) {
    rest = After(line, "import");
    if (rest) rest = After(*rest, "public").value_or(*rest);
  } else {
    rest = After(line, "#");
    if (rest) rest = After(*rest, "include");
  }
  if (!rest || rest->empty() || (rest->front() != '"' && rest->front() != '<')) return std::nullopt;
  const std::size_t end = rest->find(rest->front() == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{.header = rest->substr(1, end - 1), .quoted = rest->front() == '"'};
}

// One line each, "rig/base/x.cc:3: …". `path` is relative to the source tree.
std::vector<std::string> Violations(const std::string& path, const std::string& text) {
  const Layer* from = LayerOf(path);
  if (from == nullptr) return {path + ": its folder has no row in tests/layering/layers.h"};
  std::vector<std::string> found;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto include = IncludeOf(line, path.ends_with(".proto"));
    if (!include) continue;
    const std::string_view header = include->header;
    // Firmware names the headers beside it; all else of ours is named by its path from the root.
    const bool beside =
        AllowsSystem(*from, "avr/io.h") && header.find('/') == std::string_view::npos;
    const bool ours = include->quoted && !header.starts_with("google/");
    const bool allowed = ours ? beside || AllowsOurs(*from, header) : AllowsSystem(*from, header);
    if (!allowed) {
      found.push_back(path + ":" + std::to_string(number) + ": " + std::string(from->folder) +
                      " may not include " + std::string(header));
    }
  }
  return found;
}

std::vector<fs::path> Sources() {
  static constexpr std::array kTop = {"rig",   "fixtures",  "sim_signals", "reports",
                                      "proto", "scenarios", "tests"};
  static const std::set<std::string> kKinds = {".h", ".cc", ".c", ".proto"};
  std::vector<fs::path> sources;
  for (const char* top : kTop) {
    for (fs::recursive_directory_iterator entry(fs::path(RIG_SOURCE_DIR) / top), end; entry != end;
         ++entry) {
      if (entry->is_directory() && entry->path().filename() == "build")
        entry.disable_recursion_pending();
      if (kKinds.contains(entry->path().extension().string())) sources.push_back(entry->path());
    }
  }
  return sources;
}

std::string ReadText(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(LayeringTest, TheTreeIncludesOnlyWhatItsLayersAllow) {
  std::vector<std::string> found;
  for (const fs::path& source : Sources()) {
    const std::string path = fs::relative(source, RIG_SOURCE_DIR).generic_string();
    for (std::string& line : Violations(path, ReadText(source))) found.push_back(std::move(line));
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(LayeringTest, TheWalkSeesTheTree) { EXPECT_GT(Sources().size(), 50U); }

TEST(LayeringTest, RefusesAnIncludeAgainstTheDirection) {
  EXPECT_THAT(Violations("rig/base/x.cc", "#include <map>\n#include \"rig/engine/run.h\"\n"),
              ElementsAre("rig/base/x.cc:2: rig/base/ may not include rig/engine/run.h"));
}

TEST(LayeringTest, RefusesAVendorsHeaderOutsideTheFolderThatWrapsIt) {
  EXPECT_THAT(Violations("rig/engine/x.cc", "#include <hdf5.h>\n"),
              ElementsAre(HasSubstr("may not include hdf5.h")));
  EXPECT_THAT(Violations("reports/x.h", "# include <simavr/sim_avr.h>\n"),
              ElementsAre(HasSubstr("may not include simavr/sim_avr.h")));
  EXPECT_THAT(Violations("rig/check/formula/x.h", "#include <openssl/evp.h>\n"),
              ElementsAre(HasSubstr("may not include openssl/evp.h")));
}

TEST(LayeringTest, RefusesThreadsWhereNoTestRunsUnderThreadSanitizer) {
  EXPECT_THAT(Violations("rig/engine/x.cc", "#include <thread>\n#include <vector>\n"),
              ElementsAre(HasSubstr("may not include thread")));
}

TEST(LayeringTest, RefusesTheEngineADriver) {
  EXPECT_THAT(Violations("rig/engine/x.cc", "#include \"fixtures/virtual/board.h\"\n"),
              ElementsAre(HasSubstr("may not include fixtures/virtual/board.h")));
}

TEST(LayeringTest, RefusesASchemaOtherThanTheOneNamed) {
  EXPECT_THAT(Violations("sim_signals/x.h", "#include \"rig/v1/scenario.pb.h\"\n"), IsEmpty());
  EXPECT_THAT(Violations("sim_signals/x.h", "#include \"rig/v1/record.pb.h\"\n"),
              ElementsAre(HasSubstr("may not include rig/v1/record.pb.h")));
}

TEST(LayeringTest, RefusesAFolderWithoutARow) {
  EXPECT_THAT(Violations("rig/newcomer/x.cc", ""), ElementsAre(HasSubstr("no row")));
}

TEST(LayeringTest, RefusesASchemaThatImportsFromOutside) {
  EXPECT_THAT(Violations("proto/rig/v1/x.proto", "import \"google/protobuf/descriptor.proto\";\n"),
              IsEmpty());
  EXPECT_THAT(Violations("proto/rig/v1/x.proto", "import \"fixtures/x.proto\";\n"),
              ElementsAre(HasSubstr("may not include fixtures/x.proto")));
}

// Follows what layers may include from `layer` on; true when that leads back to a layer on the way.
bool LeadsBack(const Layer& layer, std::vector<std::string_view>& way) {
  if (std::find(way.begin(), way.end(), layer.folder) != way.end()) return true;
  way.push_back(layer.folder);
  for (std::string_view entry : layer.ours) {
    const Layer* next = LayerOf(OwnerPath(entry));
    if (next != nullptr && LeadsBack(*next, way)) return true;
  }
  way.pop_back();
  return false;
}

TEST(LayeringTest, TheTableHasNoCycle) {
  for (const Layer& layer : Layers()) {
    if (layer.folder.starts_with("tests/")) continue;  // may include its own kind
    std::vector<std::string_view> way;
    EXPECT_FALSE(LeadsBack(layer, way)) << "from " << layer.folder << " back to " << way.back();
  }
}

}  // namespace
}  // namespace rig::layering

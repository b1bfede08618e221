// Recorded patients replayed into the monitor's firmware, judged against what cardiologists
// annotated.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/integration/rig_process.h"
#include "tests/shared_data.h"

namespace rig {
namespace {

// What this rig's own devices do with the patients recorded for them.
TEST(RecordedTest, EveryRecordedScenarioOfTheDevicesPasses) {
  const std::filesystem::path source = RIG_SOURCE_DIR;
  const auto recordings = SharedFolder() / "data";
  RIG_NEEDS_SHARED(recordings);
  const ProbeDevice folder;
  std::string scenarios;
  for (const auto& file : std::filesystem::recursive_directory_iterator(source / "scenarios")) {
    if (file.path().parent_path().filename() != "recorded") continue;
    // Hours of device time: under a sanitizer the arrests must do.
    if (RIG_SANITIZED && !file.path().filename().string().starts_with("arrest_")) continue;
    scenarios += " '" + file.path().string() + "'";
  }
  const auto outcome = folder.Rig("run --recordings '" + recordings.string() + "'" + scenarios);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
}

}  // namespace
}  // namespace rig

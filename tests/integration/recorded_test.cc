// Recorded patients replayed into the monitor's firmware, judged against what cardiologists
// annotated.

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/integration/rig_process.h"
#include "tests/shared_data.h"

namespace rig {
namespace {

struct Replay {
  const char* name;
  const char* scenario;
  const char* record;
  const char* options;
};

class RecordedTest : public testing::TestWithParam<Replay> {};

TEST_P(RecordedTest, TheMonitorAgreesWithTheAnnotations) {
  const std::filesystem::path source = RIG_SOURCE_DIR;
  const auto record = SharedFolder() / "data" / GetParam().record;
  RIG_NEEDS_SHARED(record);
  const ProbeDevice folder;
  const auto outcome = folder.Rig(
      "run '" + (source / "scenarios/patient_monitor/scenarios" / GetParam().scenario).string() +
      "' --record '" + record.string() + "' " + GetParam().options);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
}

// A normal rhythm, and two asystoles of 13 and 48 s that begin in a span annotated as noise.
INSTANTIATE_TEST_SUITE_P(Records, RecordedTest,
                         testing::Values(Replay{"mitdb_100", "replay.yaml", "ecg-mitdb/100.hea",
                                                ""},
                                         Replay{"vfdb_424_first", "replay_arrest.yaml",
                                                "ecg-vfdb/424.hea", "--from '1340 s'"},
                                         Replay{"vfdb_424_second", "replay_arrest.yaml",
                                                "ecg-vfdb/424.hea", "--from '1507 s'"}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace rig

// A run ended by --stop-at-fail says of every check it decides what the whole run says of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/rig_process.h"

namespace rig {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A probe whose pin sounds in every other second; a tone ends 150 ms before that is known.
class StopAtFailTest : public testing::Test {
 protected:
  StopAtFailTest() {
    device_.Edit("bench/virtual.yaml", "pin: PB0}", "pin: PB0, tone_hold: 150 ms}");
  }
  void Check(const std::string& id, const std::string& formula) {
    device_.Edit(kScenario, "checks:\n",
                 "checks:\n  - {id: " + id + ", text: x, formula: \"" + formula + "\"}\n");
  }
  json Run(const std::string& options) {
    device_.Rig("run scenarios/count.yaml " + options);
    return json::parse(device_.Read("evidence/runs/probe.count.000" + std::to_string(++attempts_) +
                                    "/record.json"));
  }
  static json Result(const json& record, const std::string& id) {
    for (const json& check : record["checks"]) {
      if (check["id"] == id) return check;
    }
    return {};
  }

  const ProbeDevice device_{"-DBURSTS"};

 private:
  int attempts_ = 0;
};

// A tone of 900 ms from 2.1 s on, between two edges 100 ms apart, and one failure at a time.
TEST_F(StopAtFailTest, DecidesWhatTheWholeRunDecides) {
  Check("ends",
        "always[0 s, 4 s] (rise(observed.lamp) -> eventually[0 s, 950 ms] not observed.lamp)");
  Check("long",
        "eventually[1.5 s, 2.5 s] (rise(observed.lamp) and always[0 s, 950 ms] observed.lamp)");
  Check("counts",
        "always[1 s, 4 s] (rise(device.count) -> eventually[0 s, 1 s] (device.count < 1))");
  Check("failing", "always[0 s, end] (observed.power < 1 V)");
  std::string before = "always[0 s, end] (observed.power < 1 V)";
  for (const std::string from : {"0 s", "1.95 s", "2.95 s", "3.02 s", "3.2 s", "4.95 s"}) {
    const std::string formula = "always[" + from + ", end] (observed.power < 1 V)";
    device_.Edit(kScenario, before, formula);
    before = formula;
    const json whole = Run("");
    const json stopped = Run("--stop-at-fail");
    EXPECT_EQ(Result(stopped, "failing")["verdict"], "FAIL") << from;
    for (const json& check : stopped["checks"]) {
      const json expected = Result(whole, check["id"])["verdict"];
      const bool same = check["verdict"] == expected || check["verdict"] == "INCONCLUSIVE";
      EXPECT_TRUE(same) << from << " " << check.dump() << "\nwhole run: " << expected;
    }
  }
}

}  // namespace
}  // namespace rig

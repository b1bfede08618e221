#include "rig/controller/fixture_survey.h"

#include <gmock/gmock.h>

#include "fixtures/catalogue.h"
#include "rig/controller/bench_health.h"

namespace rig {
namespace {

// No programmer is plugged in anywhere here, and nobody can tell without using it.
constexpr char kLoaderOnTheTable[] = R"(bench: table
board:
  external: {mcu: atmega1284p, brown_out: 2.7 V}
  firmware: none.elf
  serial: SN-7
fixtures:
  - {name: loader, avrdude_loader: {programmer: arduino, port: /no/such/port}, health: {}}
wiring:
  - {signal: console, fixture: uart, pin: UART0}
safe_state:
  - {signal: power, voltage: 0 V}
console: {signal: console}
)";

class LoaderSurveyTest : public testing::Test {
 protected:
  LoaderSurveyTest() {
    bench_.where = LoadYamlText(kLoaderOnTheTable, "table.yaml", bench_.message).value();
  }
  LoadedBench bench_;
};

TEST_F(LoaderSurveyTest, ALoaderThatIsUnpluggedIsNotSaidToAnswer) {
  const auto probed = ProbeFixtures(bench_);
  ASSERT_EQ(probed.size(), 1u);
  EXPECT_EQ(probed[0].answers, "not asked");
  EXPECT_EQ(probed[0].identity.model, "");
  EXPECT_EQ(probed[0].problem, "");
}

TEST_F(LoaderSurveyTest, NorDoesItsBenchHaveAFindingThatSaysSo) {
  const auto equipment = OpenEquipment(bench_.message, bench_.where, 0);
  ASSERT_TRUE(equipment) << equipment.error().message;
  const v1::BenchHealth health = CheckHealth(bench_, **equipment, "2026-01-31T12:00:00Z");
  EXPECT_EQ(health.verdict(), v1::PASS);
  ASSERT_EQ(health.findings_size(), 1);
  EXPECT_EQ(health.findings(0).measured(), "not asked");
  EXPECT_EQ(health.fixtures(0).model(), "");
}

}  // namespace
}  // namespace rig

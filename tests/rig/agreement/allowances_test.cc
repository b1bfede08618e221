#include "rig/agreement/allowances.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "rig/agreement/agreement.h"
#include "tests/rig/agreement/made_record.h"

namespace rig {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Report = v1::AgreementReport;

class AllowancesTest : public testing::Test {
 protected:
  AllowancesTest() {
    std::string folder = testing::TempDir() + "agreement.XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  ~AllowancesTest() override { std::filesystem::remove_all(folder_); }

  // Loads a file with these entries; the error's text, empty for none.
  std::string Load(const std::string& entries, const std::string& device = "probe") {
    const auto file = folder_ / "agreement.yaml";
    std::ofstream(file) << "device: " << device << "\nallowances:\n" << entries;
    const Status loaded = allowances_.Load(file);
    return loaded ? "" : loaded.error().message;
  }
  v1::ComparedRun Compare(double margin, double time) {
    v1::RunRecord right = OnTable(MadeRecord());
    right.mutable_checks(0)->mutable_value()->set_margin(margin);
    right.mutable_checks(0)->mutable_time()->set_margin(time);
    return CompareRuns(MadeRecord(), right, allowances_);
  }

  std::filesystem::path folder_;
  Allowances allowances_;
};

TEST_F(AllowancesTest, ExplainsADifferenceUpToItsBoundBesideTheUncertainty) {
  ASSERT_EQ(Load("- {scenario: c*, of: margin, bound: 1 Hz, because: phase}\n"), "");
  const auto run = Compare(6.42, 2);
  ASSERT_EQ(run.outcome(), Report::ALLOWED);
  EXPECT_EQ(run.checks(0).margins(0).because(), "phase");
  EXPECT_NEAR(run.checks(0).margins(0).bound(), 1.424, 0.001);
  EXPECT_EQ(Compare(6.43, 2).outcome(), Report::UNEXPLAINED);
  EXPECT_THAT(allowances_.Idle(), IsEmpty());
}

TEST_F(AllowancesTest, DoNotAddUp) {
  ASSERT_EQ(Load("- {scenario: count, of: margin, bound: 1 Hz, because: one}\n"
                 "- {check: rate, of: margin, bound: 0.9 Hz, because: another}\n"),
            "");
  EXPECT_EQ(Compare(6.6, 2).outcome(), Report::UNEXPLAINED);
  // The smallest that is enough.
  EXPECT_EQ(Compare(6.2, 2).checks(0).margins(0).because(), "another");
}

TEST_F(AllowancesTest, AreForTheirScenarioCheckChannelQuantityAndUnitOnly) {
  ASSERT_EQ(Load("- {scenario: other, of: margin, bound: 9 Hz, because: x}\n"
                 "- {check: other, of: margin, bound: 9 Hz, because: x}\n"
                 "- {channel: device.count, of: margin, bound: 9 Hz, because: x}\n"
                 "- {scenario: count, of: margin, bound: 9 V, because: x}\n"
                 "- {scenario: count, of: time_margin, bound: 9 s, because: x}\n"),
            "");
  EXPECT_EQ(Compare(6, 2).outcome(), Report::UNEXPLAINED);
  EXPECT_EQ(Compare(5, 3).outcome(), Report::ALLOWED);
}

TEST_F(AllowancesTest, OfAChannelAreForChecksThatNameIt) {
  ASSERT_EQ(Load("- {channel: device.count_rate, of: margin, bound: 9 Hz, because: x}\n"), "");
  EXPECT_EQ(Compare(6, 2).outcome(), Report::ALLOWED);
}

TEST_F(AllowancesTest, NeverExplainAVerdict) {
  ASSERT_EQ(Load("- {scenario: count, of: margin, bound: 99 Hz, because: x}\n"), "");
  v1::RunRecord right = OnTable(MadeRecord());
  right.mutable_checks(0)->set_verdict(v1::FAIL);
  right.mutable_checks(0)->mutable_value()->set_margin(-5);
  EXPECT_EQ(CompareRuns(MadeRecord(), right, allowances_).outcome(), Report::VERDICT_DIFFERS);
}

TEST_F(AllowancesTest, OfAnotherDeviceAreNotForThisOne) {
  ASSERT_EQ(Load("- {scenario: count, of: margin, bound: 9 Hz, because: x}\n", "pump"), "");
  EXPECT_EQ(Compare(6, 2).outcome(), Report::UNEXPLAINED);
}

TEST_F(AllowancesTest, ThatNothingNeedsAreIdleUnlessTheirScenarioWasNotCompared) {
  ASSERT_EQ(Load("- {scenario: count, of: margin, bound: 9 Hz, because: x}\n"
                 "- {scenario: other, of: margin, bound: 9 Hz, because: x}\n"),
            "");
  EXPECT_EQ(Compare(5, 2).outcome(), Report::AGREES);
  EXPECT_THAT(allowances_.Idle(),
              ElementsAre(HasSubstr("agreement.yaml:3:3: no difference needs 9 Hz of count/*")));
}

TEST_F(AllowancesTest, RefusesWhatIsNoAllowance) {
  EXPECT_THAT(Load("- {of: margin, bound: 9 Hz, because: x}\n"),
              HasSubstr("agreement.yaml:3:3: an allowance for every check"));
  EXPECT_THAT(Load("- {check: a, of: margin, bound: 0 Hz, because: x}\n"),
              HasSubstr("expected more than 0"));
  EXPECT_THAT(Load("- {check: a, of: margin, bound: -1 Hz, because: x}\n"),
              HasSubstr("expected more than 0"));
  EXPECT_THAT(Load("- {check: a, of: margin, bound: .nan, because: x}\n"), HasSubstr("3:"));
  EXPECT_THAT(Load("- {check: a, of: time_margin, bound: 1 V, because: x}\n"),
              HasSubstr("expected a time"));
  EXPECT_THAT(Load("- {check: a, of: margin, bound: 1 V, because: ' '}\n"),
              HasSubstr("expected the cause"));
  EXPECT_THAT(Load("- {check: a, of: margin, bound: 1 V}\n"), HasSubstr("because"));
  EXPECT_THAT(Load("- {check: a, of: verdict, bound: 1 V, because: x}\n"), HasSubstr("verdict"));
  EXPECT_THAT(Load("- {chek: a, of: margin, bound: 1 V, because: x}\n"), HasSubstr("chek"));
  const std::string one = "- {check: a, of: margin, bound: 1 V, because: x}\n";
  EXPECT_THAT(Load(one + one), HasSubstr("expected each allowance once"));
  EXPECT_EQ(Load(one), "");
  EXPECT_THAT(Load(one), HasSubstr("expected one file for a device"));
}

TEST_F(AllowancesTest, RefusesOneForEveryCheckHoweverItIsWritten) {
  for (const char* all : {"check: '*'", "scenario: '**', check: '?*'", "scenario: '*'"}) {
    EXPECT_THAT(Load("- {" + std::string(all) + ", of: time_margin, bound: 1 h, because: x}\n"),
                HasSubstr("an allowance for every check"))
        << all;
  }
  EXPECT_THAT(Load("- {check: '[a-z]*', of: time_margin, bound: 1 h, because: x}\n"),
              HasSubstr("expected a name, with * and ? in it"));
  EXPECT_EQ(Load("- {scenario: '*', check: 'r*', of: time_margin, bound: 1 h, because: x}\n"), "");
}

TEST_F(AllowancesTest, AreForNothingWithoutAResultOfThatName) {
  ASSERT_EQ(Load("- {check: rate, of: margin, bound: 1 Hz, because: x}\n"
                 "- {check: 'hr.*', of: margin, bound: 1 Hz, because: x}\n"
                 "- {check: a.b, of: margin, bound: 1 Hz, because: x}\n"
                 "- {check: hr, of: margin, bound: 1 Hz, because: x}\n"),
            "");
  allowances_.NoteScenario("probe", "count", {"rate", "hr.ALM-1", "rig.reporting"});
  EXPECT_THAT(allowances_.ForNothing(), ElementsAre(HasSubstr(":5:3: "), HasSubstr(":6:3: ")));
}

TEST(NamesChannelTest, TellsAWholeName) {
  EXPECT_TRUE(NamesChannel("rise(device.pulse) -> x", "device.pulse"));
  EXPECT_FALSE(NamesChannel("device.pulse_rate > 1", "device.pulse"));
  EXPECT_FALSE(NamesChannel("my.device.pulse > 1", "device.pulse"));
  EXPECT_TRUE(NamesChannel("device.pulse_rate > device.pulse", "device.pulse"));
}

}  // namespace
}  // namespace rig

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig/base/digest.h"
#include "rig/scenario/scenario.h"
#include "tests/rig/edited_file.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kRisks =
    "device: small\n"
    "risks:\n"
    "  - id: H-1\n"
    "    hazard: It does not count.\n"
    "    controls:\n"
    "      - {id: C-1, text: It counts twice., requirements: [R-1, R-2]}\n"
    "      - {id: C-2, text: It tells., requirements: [R-2]}\n";
constexpr const char* kMutants =
    "device: small\n"
    "mutants:\n"
    "  - {id: M-1, define: LATE, text: It is late., violates: R-1}\n"
    "  - {id: M-2, define: EARLY, text: It is early., violates: R-2}\n";

// A device folder of files from this test and the requirements of the fuzz corpus.
class DeviceFolderTest : public testing::Test {
 protected:
  DeviceFolderTest() : folder_(TestFolder()) {
    EditedFile(folder_, "requirements.yaml", "", "");
    Write("risks.yaml", kRisks);
    Write("mutants/mutants.yaml", kMutants);
    EditedFile(folder_ / "scenarios", "scenario.yaml", "", "");
  }
  ~DeviceFolderTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    ASSERT_TRUE(WriteFileAtomically(folder_ / name, text));
  }
  // The line a folder is refused with when a passage of one of its files is replaced.
  std::string ErrorOf(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = ReadFile(folder_ / name).value();
    const std::string kept = text;
    text.replace(text.find(from), from.size(), to);
    Write(name, text);
    const auto device = LoadDeviceFolder(folder_);
    Write(name, kept);
    if (device) return "accepted";
    EXPECT_THAT(device.error().message, MatchesRegex(".*" + fs::path(name).filename().string() +
                                                     ":[0-9]+:[0-9]+: .*; expected .*"));
    return device.error().message;
  }

  fs::path folder_;
};

TEST_F(DeviceFolderTest, LoadsWhatADeviceIsMadeOf) {
  Write("scenarios/another.yaml", "");
  Write("scenarios/notes.md", "");
  Write("recorded/patient.yaml", "");
  const auto device = LoadDeviceFolder(folder_);
  ASSERT_TRUE(device) << device.error().message;
  EXPECT_EQ(device->name, "small");
  EXPECT_EQ(device->requirements.requirements_size(), 2);
  EXPECT_EQ(device->risks.risks(0).controls_size(), 2);
  EXPECT_EQ(device->mutants.mutants_size(), 2);
  EXPECT_THAT(device->scenarios, ElementsAre(folder_ / "scenarios" / "another.yaml",
                                             folder_ / "scenarios" / "scenario.yaml"));
  EXPECT_THAT(device->recorded, ElementsAre(folder_ / "recorded" / "patient.yaml"));
  EXPECT_EQ(device->bench, folder_ / "bench" / "virtual.yaml");
}

TEST_F(DeviceFolderTest, LoadsADeviceWithoutMutants) {
  fs::remove_all(folder_ / "mutants");
  const auto device = LoadDeviceFolder(folder_);
  ASSERT_TRUE(device) << device.error().message;
  EXPECT_EQ(device->mutants.mutants_size(), 0);
}

TEST_F(DeviceFolderTest, RefusesABlankReasonForARequirementNotCovered) {
  for (const char* blank : {"\"\"", "\"  \"", "\" \\t\\n \""}) {
    EXPECT_THAT(ErrorOf("requirements.yaml", "no bench for it yet", blank),
                HasSubstr("blank text; expected the reason"))
        << blank;
  }
}

TEST_F(DeviceFolderTest, RefusesAScenarioOfAnExtensionThatIsNotRun) {
  for (const char* name : {"scenarios/other.yml", "scenarios/other.YAML"}) {
    Write(name, "");
    const auto device = LoadDeviceFolder(folder_);
    ASSERT_FALSE(device) << name;
    EXPECT_THAT(device.error().message,
                MatchesRegex(".*/other.(yml|YAML): extension .*; expected .yaml.*"));
    fs::remove(folder_ / name);
  }
}

TEST_F(DeviceFolderTest, RefusesAScenarioNameThatIsThereTwice) {
  Write("scenarios/twin.yaml", ReadFile(folder_ / "scenarios/scenario.yaml").value());
  const auto device = LoadDeviceFolder(folder_).value();
  const Status names = CheckScenarioNames(device.scenarios);
  ASSERT_FALSE(names);
  EXPECT_THAT(
      names.error().message,
      MatchesRegex(".*twin.yaml:[0-9]+:[0-9]+: scenario .* again, first in .*scenario.yaml; "
                   "expected a name of its own"));
}

TEST_F(DeviceFolderTest, TakesAScenarioNamedTwiceForOne) {
  const fs::path path = folder_ / "scenarios" / "scenario.yaml";
  EXPECT_TRUE(CheckScenarioNames({path, folder_ / "scenarios" / "." / "scenario.yaml"}));
}

TEST_F(DeviceFolderTest, SaysWhichFileIsMissing) {
  fs::remove(folder_ / "risks.yaml");
  const auto device = LoadDeviceFolder(folder_);
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().code, Code::kNotFound);
  EXPECT_THAT(device.error().message, HasSubstr("risks.yaml"));
}

TEST_F(DeviceFolderTest, RefusesAnIdThatIsThereTwice) {
  EXPECT_THAT(ErrorOf("requirements.yaml", "id: R-2", "id: R-1"), HasSubstr("\"R-1\" again"));
  EXPECT_THAT(ErrorOf("risks.yaml", "id: C-2", "id: C-1"), HasSubstr("\"C-1\" again"));
  EXPECT_THAT(ErrorOf("mutants/mutants.yaml", "id: M-2", "id: M-1"), HasSubstr("\"M-1\" again"));
  EXPECT_THAT(ErrorOf("mutants/mutants.yaml", "EARLY", "LATE"), HasSubstr("\"LATE\" again"));
}

TEST_F(DeviceFolderTest, RefusesAReferenceToNoRequirement) {
  EXPECT_THAT(ErrorOf("risks.yaml", "requirements: [R-2]", "requirements: [R-3]"),
              HasSubstr("no requirement \"R-3\"; expected one of: R-1, R-2"));
  EXPECT_THAT(ErrorOf("mutants/mutants.yaml", "violates: R-2", "violates: R-3"),
              HasSubstr("no requirement \"R-3\""));
}

TEST_F(DeviceFolderTest, RefusesAFileOfAnotherDevice) {
  EXPECT_THAT(ErrorOf("risks.yaml", "device: small", "device: large"), HasSubstr("\"small\""));
  EXPECT_THAT(ErrorOf("mutants/mutants.yaml", "device: small", "device: large"),
              HasSubstr("\"small\""));
}

TEST_F(DeviceFolderTest, FindsTheDeviceOfAScenario) {
  EXPECT_EQ(DeviceFolderOf(folder_ / "scenarios" / "scenario.yaml").value(), folder_);
}

TEST_F(DeviceFolderTest, SaysThatAScenarioLiesInNoDevice) {
  for (const fs::path& path : {folder_ / "scenario.yaml", fs::path("/scenarios/a.yaml"),
                               folder_ / "scenarios" / "below" / "a.yaml"}) {
    const auto device = DeviceFolderOf(path);
    ASSERT_FALSE(device) << path;
    EXPECT_EQ(device.error().code, Code::kNotFound);
  }
}

TEST_F(DeviceFolderTest, AcceptsAScenarioOfIdsItHas) {
  const auto device = LoadDeviceFolder(folder_).value();
  const auto scenario = LoadScenario(device.scenarios[0]).value();
  EXPECT_TRUE(CheckAgainstDevice(scenario, device));
}

TEST_F(DeviceFolderTest, RefusesAScenarioOfIdsItDoesNotHave) {
  const auto device = LoadDeviceFolder(folder_).value();
  auto scenario = LoadScenario(device.scenarios[0]).value();
  scenario.message.set_verifies(1, "R-9");
  const Status verifies = CheckAgainstDevice(scenario, device);
  ASSERT_FALSE(verifies);
  EXPECT_THAT(verifies.error().message,
              MatchesRegex(".*scenario.yaml:3:17: no requirement \"R-9\"; expected one of: .*"));
  scenario.message.set_verifies(1, "R-2");
  scenario.message.set_controls(0, "C-9");
  const Status controls = CheckAgainstDevice(scenario, device);
  ASSERT_FALSE(controls);
  EXPECT_THAT(controls.error().message, HasSubstr("no risk control \"C-9\""));
}

}  // namespace
}  // namespace rig

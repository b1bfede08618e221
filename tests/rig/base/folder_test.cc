#include "rig/base/folder.h"

#include <gmock/gmock.h>

#include "tests/rig/edited_file.h"

namespace rig {
namespace {

TEST(ListFolderTest, TellsAFolderThatIsNotThereFromOneThatCannotBeRead) {
  const auto folder = TestFolder();
  std::filesystem::create_directories(folder / "b");
  ASSERT_TRUE(WriteFileAtomically(folder / "a", "text"));
  EXPECT_THAT(ListFolder(folder).value(), testing::ElementsAre(folder / "a", folder / "b"));
  EXPECT_EQ(ListFolder(folder / "c").error().code, Code::kNotFound);
  EXPECT_EQ(ListFolder(folder / "a").error().code, Code::kUnavailable);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rig

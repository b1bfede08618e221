#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "rig/base/digest.h"

namespace rig {

// A seed of the fuzz corpus with one passage replaced, written to a file of its own in `folder`.
inline std::filesystem::path EditedFile(const std::filesystem::path& folder, const char* seed,
                                        const std::string& from, const std::string& to) {
  auto text =
      ReadFile(std::filesystem::path(RIG_SOURCE_DIR) / "tests/fuzz/corpus/yaml" / seed).value();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  std::filesystem::create_directories(folder);
  EXPECT_TRUE(WriteFileAtomically(folder / seed, text));
  return folder / seed;
}

// A folder of the running test alone.
inline std::filesystem::path TestFolder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return std::filesystem::path(testing::TempDir()) /
         (std::string("rig_") + test->test_suite_name() + "_" + test->name());
}

}  // namespace rig

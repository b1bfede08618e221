#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace rig {

// Recorded signals and reference vectors lie beside the source folder, not in it: their licences
// are their own.
inline std::filesystem::path SharedFolder() {
  return std::filesystem::path(RIG_SOURCE_DIR) / "../shared";
}

}  // namespace rig

// Skips the test where the folder as a whole is absent, as in a clone by itself. Where it is there,
// a file missing from it fails the test.
#define RIG_NEEDS_SHARED(path)                                                \
  do {                                                                        \
    if (!std::filesystem::exists(::rig::SharedFolder())) {                    \
      GTEST_SKIP() << "needs " << (path)                                      \
                   << ", and there is no ../shared beside the source folder"; \
    }                                                                         \
    ASSERT_TRUE(std::filesystem::exists(path)) << (path);                     \
  } while (false)

#include "rig/base/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace rig {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// FIPS 180-4 example values as published by NIST (SHA256.pdf); the empty text's from the same
// programme.
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

class FileTest : public testing::Test {
 protected:
  FileTest()
      : folder_(fs::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~FileTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(Sha256Test, GivesThePublishedDigests) {
  EXPECT_EQ(Sha256Hex(""), kEmpty);
  EXPECT_EQ(Sha256Hex("abc"), kAbc);
}

TEST(Sha256Test, GoesOnAfterItsDigestWasRead) {
  Sha256 digest;
  digest.Update("a");
  EXPECT_NE(digest.Hex(), kAbc);
  digest.Update("bc");
  EXPECT_EQ(digest.Hex(), kAbc);
  EXPECT_EQ(digest.Hex(), kAbc);
}

TEST_F(FileTest, ReadsBackWhatWasWritten) {
  const std::string bytes(200'000, '\x07');
  const fs::path file = folder_ / "a.bin";
  ASSERT_TRUE(WriteFileAtomically(file, "old"));
  ASSERT_TRUE(WriteFileAtomically(file, bytes));
  EXPECT_EQ(ReadFile(file).value(), bytes);
  EXPECT_EQ(Sha256OfFile(file).value(), Sha256Hex(bytes));
}

TEST_F(FileTest, LeavesNothingBesideTheFile) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", "1"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FileTest, IsWholeWhicheverOfSeveralWritersWasLast) {
  const auto write = [&](char fill) {
    for (int i = 0; i < 50; ++i)
      EXPECT_TRUE(WriteFileAtomically(folder_ / "a", std::string(10'000, fill)));
  };
  std::thread first(write, 'x');
  std::thread second(write, 'y');
  first.join();
  second.join();
  const std::string bytes = ReadFile(folder_ / "a").value();
  EXPECT_EQ(bytes, std::string(10'000, bytes.at(0)));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FileTest, SaysWhichFileIsMissing) {
  const auto bytes = ReadFile(folder_ / "none");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, Code::kNotFound);
  EXPECT_THAT(bytes.error().message, HasSubstr("none"));
  EXPECT_EQ(Sha256OfFile(folder_ / "none").error().code, Code::kNotFound);
}

TEST_F(FileTest, RefusesAFileOverTheLimit) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", "12345"));
  EXPECT_TRUE(ReadFile(folder_ / "a", 5));
  EXPECT_EQ(ReadFile(folder_ / "a", 4).error().code, Code::kResourceExhausted);
}

TEST_F(FileTest, RefusesToReadAFolder) {
  EXPECT_EQ(ReadFile(folder_).error().code, Code::kDataLoss);
}

TEST_F(FileTest, NamesTheFileThatCannotBeWritten) {
  const Status written = WriteFileAtomically(folder_ / "missing" / "a", "1");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::kUnavailable);
  EXPECT_THAT(written.error().message, HasSubstr("missing/a"));
}

TEST_F(FileTest, KeepsTheTargetAndCleansUpWhenTheRenameFails) {
  fs::create_directories(folder_ / "a" / "inside");
  EXPECT_FALSE(WriteFileAtomically(folder_ / "a", "1"));
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "inside"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace rig

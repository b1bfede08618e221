#include "sim_signals/wfdb.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "tests/shared_data.h"
#include "tests/sim_signals/wfdb_files.h"

namespace rig {
namespace {

TEST(WfdbSampleFileTest, ReadsFormat16) {
  std::istringstream stream("skip" + Format16({1, -2, 32767, -32768, 5, 6}));
  WfdbSampleFile file(stream, "r.dat", 16, 4, 2);
  std::vector<std::int32_t> counts(4);
  ASSERT_TRUE(file.Read(1, counts));
  EXPECT_EQ(counts, (std::vector<std::int32_t>{32767, -32768, 5, 6}));
}

TEST(WfdbSampleFileTest, ReadsFormat212FromAnyFrameOfAnOddNumberOfSignals) {
  const std::vector<int> all = {1, -2, 2047, -2048, 5, -6, 700, -800, 9};
  std::istringstream stream(Format212(all));
  WfdbSampleFile file(stream, "r.dat", 212, 0, 3);
  for (int first = 0; first < 3; ++first) {
    std::vector<std::int32_t> counts(3 * static_cast<std::size_t>(3 - first));
    ASSERT_TRUE(file.Read(first, counts)) << first;
    EXPECT_TRUE(std::equal(counts.begin(), counts.end(), all.begin() + 3 * first)) << first;
  }
  EXPECT_EQ(file.BytesFor(3), static_cast<std::int64_t>(Format212(all).size()));
  EXPECT_EQ(file.FramesIn(file.BytesFor(3)), 3);
}

TEST(WfdbSampleFileTest, SaysWhereAFileEnds) {
  std::istringstream stream(Format16({1, 2, 3}));
  WfdbSampleFile file(stream, "r.dat", 16, 0, 1);
  std::vector<std::int32_t> counts(4);
  const Status read = file.Read(0, counts);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kDataLoss);
  EXPECT_EQ(read.error().message, "r.dat: ends at byte 6; expected 8 at least");
}

std::vector<WfdbAnnotation> ReadAll(const std::string& bytes, std::string* failure = nullptr) {
  std::istringstream stream(bytes);
  WfdbAnnotationReader reader(stream, "r.atr");
  std::vector<WfdbAnnotation> all;
  while (true) {
    auto next = reader.Next();
    if (!next && failure != nullptr) *failure = next.error().message;
    if (!next || !*next) return all;
    all.push_back(**next);
  }
}

TEST(WfdbAnnotationReaderTest, ReadsSkipsAttachmentsAndTexts) {
  const auto all =
      ReadAll(Annotation(28, 18) + Text("(N") + Annotation(1, 100) + Skip(100'000) +
              Annotation(5, 2) + Annotation(61, 3) + Annotation(62, 1) + Annotation(60, 0xFF) +
              Annotation(1, 10) + Text("odd") + Skip(-5) + Annotation(1, 7) + kEndMark);
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[0].text, "(N");
  EXPECT_EQ(all[1].time, 118);
  EXPECT_EQ(all[1].text, "");
  EXPECT_EQ(all[2].time, 100'120);
  EXPECT_EQ(all[2].code, 5);
  EXPECT_EQ(all[2].subtype, 3);
  EXPECT_EQ(all[2].channel, 1);
  EXPECT_EQ(all[2].number, -1);
  EXPECT_EQ(all[3].subtype, 0);
  EXPECT_EQ(all[3].channel, 1);  // holds until it changes
  EXPECT_EQ(all[3].text, "odd");
  EXPECT_EQ(all[4].time, 100'132);
}

TEST(WfdbAnnotationReaderTest, RefusesDamagedFiles) {
  std::string failure;
  ReadAll(Annotation(1, 10), &failure);
  EXPECT_EQ(failure, "r.atr: ends without an end mark; expected two zero bytes");
  ReadAll(Annotation(28, 10) + Annotation(63, 40) + "(VF", &failure);
  EXPECT_EQ(failure, "r.atr: ends within the text of an annotation");
  ReadAll(Annotation(1, 100) + Skip(-50) + Annotation(1, 1) + kEndMark, &failure);
  EXPECT_EQ(failure, "r.atr: annotation at sample 51 after one at 100; expected time order");
  ReadAll(Annotation(61, 1) + kEndMark, &failure);
  EXPECT_EQ(failure, "r.atr: code 61 before any annotation; expected an annotation");
}

TEST(WfdbAnnotationReaderTest, RefusesWhatLiesBehindTheEndMark) {
  for (const std::string& rest : {Annotation(1, 10), std::string(2, '\0'), std::string(1, '\0')}) {
    std::string failure;
    ReadAll(Annotation(1, 10) + kEndMark + rest, &failure);
    EXPECT_NE(failure.find("behind its end mark"), std::string::npos) << failure;
  }
}

TEST(WfdbAnnotationReaderTest, KnowsATimeResolutionOfItsOwn) {
  std::istringstream stream(Annotation(22, 0) + Text("## time resolution: 1000") +
                            Annotation(1, 5) + kEndMark);
  WfdbAnnotationReader reader(stream, "r.atr");
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.time_resolution_hz(), 1000.0);
}

// A record of two signals whose sums are 10 and -10.
class WfdbRecordTest : public testing::Test {
 protected:
  void WriteRecord(const std::string& header, const std::string& data) {
    files_.Write("r.hea", header);
    files_.Write("r.dat", data);
  }
  std::string Refusal() const {
    const auto record = OpenWfdbRecord(files_.Path("r.hea"));
    if (record) return "accepted";
    const std::string folder = files_.Path("").string();
    std::string message = record.error().message;
    if (message.starts_with(folder)) message.erase(0, folder.size());
    return message;
  }
  const std::string good_ =
      "r 2 250 4\nr.dat 16 200 16 0 1 10 0 I\nr.dat 16 200 16 0 -1 -10 0 II\n";
  const std::string data_ = Format16({1, -1, 2, -2, 3, -3, 4, -4});
  WfdbFiles files_;
};

TEST_F(WfdbRecordTest, AcceptsARecordThatAgreesWithItsHeader) {
  WriteRecord(good_, data_);
  EXPECT_EQ(Refusal(), "accepted");
  EXPECT_TRUE(OpenWfdbRecord(files_.Path("r")));
}

TEST_F(WfdbRecordTest, TakesTheLengthFromTheFileWhereTheHeaderHasNone) {
  WriteRecord("r 1\nr.dat 16\n", data_);
  const auto record = OpenWfdbRecord(files_.Path("r.hea"));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->header.frames, 8);
}

TEST_F(WfdbRecordTest, RefusesAWrongChecksum) {
  WriteRecord(good_, Format16({1, -1, 2, -2, 3, -3, 4, -5}));
  EXPECT_EQ(Refusal(), "r.dat: signal 1 (\"II\") has the checksum -11; the header says -10");
}

TEST_F(WfdbRecordTest, RefusesAWrongFirstValue) {
  WriteRecord(good_, Format16({2, -1, 1, -2, 3, -3, 4, -4}));
  EXPECT_EQ(Refusal(), "r.dat: signal 0 (\"I\") begins with 2; the header says 1");
}

TEST_F(WfdbRecordTest, RefusesAShortDataFile) {
  WriteRecord(good_, data_.substr(0, 13));
  EXPECT_EQ(Refusal(), "r.dat: has 13 bytes; expected 16 for 4 samples of 2 signals");
}

TEST_F(WfdbRecordTest, RefusesAMissingDataFileAndAMissingHeader) {
  files_.Write("r.hea", good_);
  EXPECT_EQ(Refusal(), "r.dat: signal file cannot be opened");
  EXPECT_EQ(OpenWfdbRecord(files_.Path("none.hea")).error().code, Code::kNotFound);
}

TEST_F(WfdbRecordTest, RefusesATruncatedAnnotationFile) {
  WriteRecord(good_, data_);
  files_.Write("r.atr", Annotation(1, 1));
  EXPECT_EQ(Refusal(), "r.atr: ends without an end mark; expected two zero bytes");
}

TEST_F(WfdbRecordTest, NamesEachFileAReplayReadsOnce) {
  WriteRecord("r 3 250 4\nr.dat 16\nr.dat 16\ns.dat 16\n", data_);
  files_.Write("s.dat", data_);
  files_.Write("other.dat", data_);
  using Files = std::vector<std::filesystem::path>;
  Files expected = {files_.Path("r.hea"), files_.Path("r.dat"), files_.Path("s.dat")};
  ASSERT_TRUE(RecordFiles(files_.Path("r.hea")));
  EXPECT_EQ(*RecordFiles(files_.Path("r.hea")), expected);
  files_.Write("r.atr", kEndMark);
  expected.push_back(files_.Path("r.atr"));
  EXPECT_EQ(*RecordFiles(files_.Path("r")), expected);
}

TEST_F(WfdbRecordTest, RefusesToNameTheFilesOfAnIncompleteRecord) {
  EXPECT_EQ(RecordFiles(files_.Path("none.hea")).error().code, Code::kNotFound);
  files_.Write("r.hea", good_);
  EXPECT_EQ(RecordFiles(files_.Path("r.hea")).error().message,
            files_.Path("r.dat").string() + ": signal file cannot be opened");
}

struct Recorded {
  const char* header;
  int annotations;
};

class RecordedDataTest : public testing::TestWithParam<Recorded> {};

TEST_P(RecordedDataTest, ChecksumsAndAnnotationCountsAgree) {
  const auto header = SharedFolder() / "data" / GetParam().header;
  RIG_NEEDS_SHARED(header);
  const auto record = OpenWfdbRecord(header);
  ASSERT_TRUE(record) << record.error().message;
  for (const WfdbSignal& signal : record->header.signals) EXPECT_TRUE(signal.checksum);
  int count = 0;
  if (!record->annotations.empty()) {
    std::ifstream stream(record->annotations, std::ios::binary);
    WfdbAnnotationReader reader(stream, "atr");
    while (*reader.Next()) ++count;
  }
  EXPECT_EQ(count, GetParam().annotations);
}

INSTANTIATE_TEST_SUITE_P(
    Records, RecordedDataTest,
    testing::Values(Recorded{"ecg-mitdb/100.hea", 2274}, Recorded{"ecg-mitdb/105.hea", 2691},
                    Recorded{"ecg-svdb/800.hea", 1921}, Recorded{"ecg-vfdb/418.hea", 121},
                    Recorded{"ecg-vfdb/422.hea", 29}, Recorded{"ecg-vfdb/424.hea", 14},
                    Recorded{"ecg-vfdb/427.hea", 3}, Recorded{"ecg-vfdb/602.hea", 12},
                    Recorded{"ecg-cudb/cu01.hea", 206}, Recorded{"formats-wfdb/100_3chan.hea", 0},
                    Recorded{"formats-wfdb/test01_00s.hea", 0}, Recorded{"ecg-ptb/s0010_re.hea", 0},
                    Recorded{"ec13/aami3a.hea", 0}, Recorded{"alarm-cinc2015/v102s.hea", 0}),
    [](const auto& record) { return std::filesystem::path(record.param.header).stem().string(); });

}  // namespace
}  // namespace rig

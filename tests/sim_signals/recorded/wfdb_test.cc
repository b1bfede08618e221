#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "sim_signals/recorded/wfdb_annotations.h"
#include "sim_signals/recorded/wfdb_recording.h"
#include "tests/shared_data.h"
#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

std::unique_ptr<WfdbSamples> Samples(const std::string& bytes, const WfdbSignal& signal,
                                     std::size_t signals) {
  const std::vector<WfdbSignal> all(signals, signal);
  auto made = MakeWfdbSamples(std::make_unique<std::istringstream>(bytes), "r.dat", all);
  if (!made) throw std::runtime_error(made.error().message);  // GoogleTest reports it
  return std::move(*made);
}

WfdbSignal InFormat(int format) {
  WfdbSignal signal;
  signal.format = format;
  return signal;
}

TEST(WfdbSamplesTest, ReadsFormat16BehindAProlog) {
  WfdbSignal signal = InFormat(16);
  signal.byte_offset = 4;
  const auto file = Samples("skip" + Format16({1, -2, 32767, -32768, 5, 6}), signal, 2);
  std::vector<std::int32_t> counts(4);
  ASSERT_TRUE(file->Read(1, counts));
  EXPECT_EQ(counts, (std::vector<std::int32_t>{32767, -32768, 5, 6}));
  EXPECT_EQ(*file->Frames(), 3);
}

TEST(WfdbSamplesTest, ReadsFormat212FromAnyFrameOfAnOddNumberOfSignals) {
  const std::vector<int> all = {1, -2, 2047, -2048, 5, -6, 700, -800, 9};
  const auto file = Samples(Format212(all), InFormat(212), 3);
  for (int first = 0; first < 3; ++first) {
    std::vector<std::int32_t> counts(3 * static_cast<std::size_t>(3 - first));
    ASSERT_TRUE(file->Read(first, counts)) << first;
    EXPECT_TRUE(std::equal(counts.begin(), counts.end(), all.begin() + 3 * first)) << first;
  }
  EXPECT_EQ(*file->Frames(), 3);
}

// What each format makes of given bytes, worked out by hand.
struct Packed {
  int format;
  std::vector<int> bytes;
  std::vector<std::int32_t> counts;
};

class WfdbFormatTest : public testing::TestWithParam<Packed> {};

TEST_P(WfdbFormatTest, DecodesFromAnyFrameOn) {
  std::string bytes;
  for (const int b : GetParam().bytes) bytes += static_cast<char>(b);
  const auto file = Samples(bytes, InFormat(GetParam().format), 1);
  const auto& expected = GetParam().counts;
  EXPECT_EQ(*file->Frames(), static_cast<std::int64_t>(expected.size()));
  for (std::size_t first = expected.size(); first-- > 0;) {  // backwards, too
    std::vector<std::int32_t> counts(expected.size() - first);
    ASSERT_TRUE(file->Read(static_cast<std::int64_t>(first), counts));
    EXPECT_TRUE(std::equal(counts.begin(), counts.end(),
                           expected.begin() + static_cast<std::ptrdiff_t>(first)))
        << "from " << first;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, WfdbFormatTest,
    testing::Values(Packed{8, {5, 0xFF, 0x80}, {5, 4, -124}},
                    Packed{16, {0x01, 0x00, 0xFE, 0xFF}, {1, -2}},
                    Packed{24, {0x01, 0x00, 0x00, 0x00, 0x00, 0x80}, {1, -8388608}},
                    Packed{32, {0x01, 0, 0, 0, 0, 0, 0, 0x80}, {1, INT32_MIN}},
                    Packed{61, {0x00, 0x01, 0xFF, 0xFE}, {1, -2}},
                    Packed{80, {0x81, 0x00}, {1, -128}},
                    Packed{160, {0x01, 0x80, 0x00, 0x00}, {1, -32768}},
                    Packed{212, {0x01, 0xF0, 0xFE, 0xFF, 0x07}, {1, -2, 2047}},
                    // 1, -2 and -509 = 10 0000 0011b; 511 alone; two behind a group.
                    Packed{310, {0x02, 0x18, 0xFC, 0x87, 0xFE, 0x03}, {1, -2, -509, 511}},
                    Packed{310, {0x02, 0, 2, 0, 4, 0, 6, 0}, {1, 1, 0, 2, 3, 0}},
                    Packed{311, {0x01, 0xF8, 0x3F, 0x20}, {1, -2, -509}},
                    Packed{311, {0x01, 0xF8, 0x0F}, {1, -2}}),
    [](const auto& test) { return fmt::format("format{}_{}", test.param.format, test.index); });

TEST(WfdbSamplesTest, SumsDifferencesOfEachSignalFromItsFirstValue) {
  std::vector<WfdbSignal> signals(2, InFormat(8));
  signals[0].initial_value = 100;
  signals[1].initial_value = -100;
  signals[0].samples_per_frame = 2;
  auto file = MakeWfdbSamples(
      std::make_unique<std::istringstream>(std::string("\x00\x01\x00\x02\x03\xFF", 6)), "r.dat",
      signals);
  ASSERT_TRUE(file);
  std::vector<std::int32_t> counts(6);
  ASSERT_TRUE((*file)->Read(0, counts));
  EXPECT_EQ(counts, (std::vector<std::int32_t>{100, 101, -100, 103, 106, -101}));
}

// A FLAC stream of two channels of 16 bits: i * 100 - 1000 and i % 7 - 3 for i = 0 … 23.
constexpr std::string_view kFlac =
    "664c6143000000220010001000001600001c177002f00000"
    "0018a1cc76a4506f29a213942c16bfc04cb0840000282000"
    "00007265666572656e6365206c6962464c414320312e342e"
    "3220323032323130323200000000fff86b18000fbe157f06"
    "fc7c00fffc4bfff401492481a49240d01385fff86b180107"
    "9315409602bc00fc4001e44237809b4f";

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

class WfdbFlacTest : public testing::Test {
 protected:
  std::string Refusal(const std::string& header, const std::string& data) const {
    files_.Write("r.hea", header);
    files_.Write("r.dat", data);
    const auto recording = OpenRecording(files_.Path("r.hea"));
    return recording ? "accepted" : recording.error().message;
  }
  const std::string flac_ = FromHex(kFlac);
  const std::string header_ =
      "r 2 250 12\nr.dat 516x2+3 1(0)/mV 16 0 -1000 3600 0 a\nr.dat 516x2+3 1 16 0 -3 -6 0 b\n";
  WfdbFiles files_;
};

TEST_F(WfdbFlacTest, ReadsFramesOfSeveralSamplesFromAnywhere) {
  ASSERT_EQ(Refusal(header_, "xyz" + flac_), "accepted");
  const auto recording = OpenRecording(files_.Path("r.hea"));
  ASSERT_TRUE(recording);
  EXPECT_EQ((*recording)->channels()[1].rate_hz, 500.0);
  for (const std::int64_t first : {20, 0, 7, 15, 16}) {
    std::vector<double> a(4), b(4);
    ASSERT_TRUE((*recording)->Read(0, first, a));
    ASSERT_TRUE((*recording)->Read(1, first, b));
    for (std::int64_t i = 0; i < 4; ++i) {
      EXPECT_EQ(a[static_cast<std::size_t>(i)], static_cast<double>((first + i) * 100 - 1000));
      EXPECT_EQ(b[static_cast<std::size_t>(i)], static_cast<double>((first + i) % 7 - 3));
    }
  }
}

TEST_F(WfdbFlacTest, RefusesWhatIsDamagedOrOtherThanItsHeaderSays) {
  std::string damaged = "xyz" + flac_;
  damaged[105] = static_cast<char>(damaged[105] ^ 1);
  EXPECT_NE(Refusal(header_, damaged).find("damaged FLAC stream"), std::string::npos);
  std::string other_sum = "xyz" + flac_;
  other_sum[3 + 30] = static_cast<char>(other_sum[3 + 30] ^ 1);  // within the MD5 sum
  EXPECT_NE(Refusal(header_, other_sum).find("MD5"), std::string::npos);
  EXPECT_NE(Refusal(header_, "xyz" + flac_.substr(0, 120)).find("damaged FLAC stream"),
            std::string::npos);
  EXPECT_NE(Refusal(header_, "no stream at all").find("no FLAC stream"), std::string::npos);
  EXPECT_NE(Refusal("r 1 250\nr.dat 516\n", flac_).find("expected 1 of 16"), std::string::npos);
  EXPECT_NE(Refusal("r 2 250\nr.dat 524\nr.dat 524\n", flac_).find("expected 2 of 24"),
            std::string::npos);
  EXPECT_NE(Refusal("r 2 250 20\nr.dat 516\nr.dat 516\n", flac_).find("goes on behind sample"),
            std::string::npos);
  EXPECT_NE(Refusal("r 2 250 25\nr.dat 516\nr.dat 516\n", flac_).find("expected 25"),
            std::string::npos);
  EXPECT_NE(Refusal("r 2 250\nr.dat 516x2\nr.dat 516\n", flac_).find("as many"), std::string::npos);
  EXPECT_EQ(Refusal("r 2 250\nr.dat 516\nr.dat 516\n", flac_), "accepted");
}

TEST(WfdbSamplesTest, SaysWhereAFileEnds) {
  const auto file = Samples(Format16({1, 2, 3}), InFormat(16), 1);
  std::vector<std::int32_t> counts(4);
  const Status read = file->Read(0, counts);
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
    const auto record = OpenRecording(files_.Path("r.hea"));
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
  EXPECT_TRUE(OpenRecording(files_.Path("r")));
}

TEST_F(WfdbRecordTest, TakesTheLengthFromTheFileWhereTheHeaderHasNone) {
  WriteRecord("r 1\nr.dat 16\n", data_);
  const auto record = OpenRecording(files_.Path("r.hea"));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ((*record)->channels()[0].samples, 8);
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
  EXPECT_EQ(Refusal(), "r.dat: has 3 samples of each of 2 signals; expected 4, as the header says");
}

TEST_F(WfdbRecordTest, RefusesALongerDataFile) {
  WriteRecord(good_, data_ + Format16({0, 0}));
  EXPECT_EQ(
      Refusal(),
      "r.dat: has 5 samples of each of 2 signals; expected no more than 4, as the header says");
  // Format 212 packs two: the second of the last pair may be none.
  WriteRecord("r 1 250 3\nr.dat 212\n", Format212({1, 2, 3, 0}));
  EXPECT_EQ(Refusal(), "accepted");
}

TEST_F(WfdbRecordTest, RefusesAnnotationsBehindItsEnd) {
  WriteRecord(good_, data_);
  files_.Write("r.atr", Annotation(1, 3) + kEndMark);
  EXPECT_EQ(Refusal(), "accepted");
  files_.Write("r.atr", Annotation(1, 4) + kEndMark);
  EXPECT_EQ(Refusal(), "r.atr: annotation at 4; expected all within the record's 4 samples");
}

TEST_F(WfdbRecordTest, RefusesAMissingDataFileAndAMissingHeader) {
  files_.Write("r.hea", good_);
  EXPECT_EQ(Refusal(), "r.dat: signal file cannot be opened");
  EXPECT_EQ(OpenRecording(files_.Path("none.hea")).error().code, Code::kNotFound);
}

TEST_F(WfdbRecordTest, RefusesATruncatedAnnotationFile) {
  WriteRecord(good_, data_);
  files_.Write("r.atr", Annotation(1, 1));
  EXPECT_EQ(Refusal(), "r.atr: ends without an end mark; expected two zero bytes");
}

TEST_F(WfdbRecordTest, NamesEachFileAReplayReadsOnce) {
  WriteRecord("r 3 250 4\nr.dat 16\nr.dat 16\ns.dat 16\n", data_);
  files_.Write("s.dat", Format16({1, 2, 3, 4}));
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

}  // namespace
}  // namespace rig

// What is written reads back the same, by our readers and by Debian's biosig.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "sim_signals/recorded/biosig.h"
#include "sim_signals/recorded/csv_writer.h"
#include "sim_signals/recorded/edf_writer.h"
#include "sim_signals/recorded/wfdb_recording.h"
#include "sim_signals/recorded/wfdb_writer.h"
#include "tests/shared_data.h"
#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

std::vector<double> All(Recording& recording, std::size_t channel) {
  std::vector<double> values(static_cast<std::size_t>(recording.channels()[channel].samples));
  const Status read = recording.Read(channel, 0, values);
  EXPECT_TRUE(read) << read.error().message;
  return values;
}

std::unique_ptr<Recording> Open(const fs::path& file) {
  auto recording = OpenRecording(file);
  if (!recording) throw std::runtime_error(recording.error().message);  // GoogleTest reports it
  return std::move(*recording);
}

std::vector<RecordingAnnotation> AnnotationsOf(const Recording& recording) {
  std::vector<RecordingAnnotation> all;
  auto stream = recording.Annotations();
  if (!stream) throw std::runtime_error(stream.error().message);
  while (true) {
    auto next = (*stream)->Next();
    if (!next) throw std::runtime_error(next.error().message);
    if (!*next) return all;
    all.push_back(**next);
  }
}

class WriterTest : public testing::Test {
 protected:
  // Two signals, the second with three samples in a frame, over the whole range of the format.
  WfdbHeader Header(int format) const {
    WfdbHeader header;
    header.sampling_hz = 360.5;
    header.start = "1994-10-26T08:26:04.5";
    WfdbSignal a, b;
    a.format = b.format = format;
    a.gain = 1.0 / 3.0;
    a.baseline = -7;
    a.unit = "uV";
    a.description = "lead II, modified";
    b.samples_per_frame = 3;
    b.unit = "mmHg";
    b.description = "ABP";
    header.signals = {a, b};
    return header;
  }
  WfdbFiles files_;
};

class WfdbWriterTest : public WriterTest, public testing::WithParamInterface<int> {};

TEST_P(WfdbWriterTest, CountsReadBackEqual) {
  const std::int32_t most = GetParam() == 16 ? 32767 : 2047;
  std::vector<std::int32_t> counts;
  for (std::int32_t i = 0; i < 4 * 333; ++i) counts.push_back(i * 7919 % (2 * most + 2) - most - 1);
  auto writer = WfdbWriter::Create(files_.Path("w.hea"), Header(GetParam()));
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(writer->Append(std::span(counts).first(4 * 100)));
  ASSERT_TRUE(writer->Append(std::span(counts).subspan(4 * 100)));
  EXPECT_FALSE(fs::exists(files_.Path("w.hea")));
  ASSERT_TRUE(writer->Close());
  auto header = ReadWfdbHeader(files_.Path("w.hea"), OpenOnDisk);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_TRUE(header->signals[0].checksum);
  EXPECT_EQ(header->start, "1994-10-26T08:26:04.5");
  EXPECT_EQ(header->signals[0].gain, 1.0 / 3.0);
  const auto recording =
      WfdbRecording::Open(files_.Path("w.hea"), *header, OpenOnDisk, Verification::kFull);
  ASSERT_TRUE(recording) << recording.error().message;
  std::vector<bool> known;
  std::vector<std::int32_t> a(333), b(999);
  ASSERT_TRUE((*recording)->ReadCounts(0, 0, a, known));
  ASSERT_TRUE((*recording)->ReadCounts(1, 0, b, known));
  for (std::size_t i = 0; i < 333; ++i) {
    ASSERT_EQ(a[i], counts[4 * i]) << i;
    for (std::size_t k = 0; k < 3; ++k) ASSERT_EQ(b[3 * i + k], counts[4 * i + 1 + k]) << i;
  }
  EXPECT_EQ((*recording)->channels()[1].rate_hz, 3 * 360.5);
}

INSTANTIATE_TEST_SUITE_P(Formats, WfdbWriterTest, testing::Values(16, 212));

TEST_F(WriterTest, WfdbRefusesWhatTheFormatCannotHold) {
  auto writer = WfdbWriter::Create(files_.Path("w.hea"), Header(212));
  ASSERT_TRUE(writer);
  const Status written = writer->Append(std::vector<std::int32_t>{2048, 0, 0, 0});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::kOutOfRange);
  EXPECT_FALSE(writer->Append(std::vector<std::int32_t>{1}));
  WfdbHeader header = Header(16);
  header.signals[0].description = "two\nlines";
  EXPECT_FALSE(WfdbWriter::Create(files_.Path("w.hea"), header));
  header = Header(16);
  header.signals[1].format = 212;
  EXPECT_FALSE(WfdbWriter::Create(files_.Path("w.hea"), header));
}

TEST_F(WriterTest, WfdbTakesAnOlderRecordsAnnotationsAway) {
  const std::vector<WfdbAnnotation> older = {{.time = 10, .code = 28, .text = "(VFIB"}};
  ASSERT_TRUE(WriteWfdbAnnotations(files_.Path("w.atr"), older));
  auto writer = WfdbWriter::Create(files_.Path("w.hea"), Header(16));
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(writer->Append(std::vector<std::int32_t>(4 * 100)));
  ASSERT_TRUE(writer->Close());
  EXPECT_TRUE(AnnotationsOf(*Open(files_.Path("w.hea"))).empty());
}

TEST_F(WriterTest, WfdbRefusesABaselineThatReadersDoNotTake) {
  WfdbHeader header = Header(16);
  header.signals[0].baseline = -195'000'659'311;
  const auto writer = WfdbWriter::Create(files_.Path("w.hea"), header);
  ASSERT_FALSE(writer);
  EXPECT_THAT(writer.error().message, testing::HasSubstr("baseline -195000659311"));
}

TEST_F(WriterTest, WfdbAnnotationsReadBackEqual) {
  std::vector<WfdbAnnotation> all;
  std::int64_t time = 0;
  for (int i = 0; i < 50; ++i) {
    WfdbAnnotation a;
    time += i % 7 == 0 ? 5'000'000'000 : i * 41;  // beyond what one skip can say, too
    a.time = time;
    a.code = 1 + i % 49;
    a.subtype = i % 5 - 2;
    a.channel = i / 10;
    a.number = -(i / 20);
    a.text = std::string(static_cast<std::size_t>(i % 4), 'x');
    all.push_back(a);
  }
  const Status written = WriteWfdbAnnotations(files_.Path("w.atr"), all);
  ASSERT_TRUE(written) << written.error().message;
  const auto stream = OpenOnDisk(files_.Path("w.atr"));
  WfdbAnnotationReader reader(*stream, "w.atr");
  for (const WfdbAnnotation& a : all) {
    const auto next = reader.Next();
    ASSERT_TRUE(next && *next);
    EXPECT_EQ((*next)->time, a.time);
    EXPECT_EQ((*next)->code, a.code);
    EXPECT_EQ((*next)->subtype, a.subtype);
    EXPECT_EQ((*next)->channel, a.channel);
    EXPECT_EQ((*next)->number, a.number);
    EXPECT_EQ((*next)->text, a.text);
  }
  const auto end = reader.Next();
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->has_value());
  std::swap(all[0], all[1]);
  EXPECT_FALSE(WriteWfdbAnnotations(files_.Path("w.atr"), all));
}

TEST_F(WriterTest, BiosigReadsOurWfdb) {
  WfdbHeader header = Header(16);
  header.signals.pop_back();
  header.signals[0].unit = "mV";
  header.signals[0].gain = 200;
  header.signals[0].baseline = 0;
  header.sampling_hz = 360;
  header.start = "";
  auto writer = WfdbWriter::Create(files_.Path("w.hea"), header);
  ASSERT_TRUE(writer);
  std::vector<std::int32_t> counts;
  for (int i = 0; i < 1000; ++i) counts.push_back(i * 37 % 4001 - 2000);
  ASSERT_TRUE(writer->Append(counts));
  ASSERT_TRUE(writer->Close());
  auto theirs = OpenThroughBiosig(files_.Path("w.hea"));
  ASSERT_TRUE(theirs) << theirs.error().message;
  const std::vector<double> values = All(**theirs, 0);
  ASSERT_EQ(values.size(), counts.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], counts[i] / 200.0, 1e-4);
}

EdfHeader TwoSignals(std::int64_t records) {
  EdfHeader header;
  header.start = "2014-04-29T22:19:44";
  header.records = records;
  header.record_s = 0.5;
  EdfSignal a, b;
  a.label = "EEG Fp1";
  a.unit = "uV";
  a.physical_min = -3276.8;
  a.physical_max = 3276.7;
  a.samples = 100;
  b.label = "Resp";
  b.unit = "mV";
  b.physical_min = 5;
  b.physical_max = -5;  // upside down
  b.digital_min = -2048;
  b.digital_max = 2047;
  b.samples = 7;
  header.signals = {a, b};
  return header;
}

std::int32_t CountAt(int record, int sample) {
  return (record * 7919 + sample * 653) % 4096 - 2048;
}

void WriteRecords(EdfWriter& writer, int records) {
  for (int r = 0; r < records; ++r) {
    std::vector<std::int32_t> counts;
    for (int i = 0; i < 107; ++i) counts.push_back(CountAt(r, i));
    const Status written = writer.Append(counts);
    ASSERT_TRUE(written) << written.error().message;
  }
  ASSERT_TRUE(writer.Close());
}

TEST_F(WriterTest, EdfReadsBackEqualAndBiosigAgrees) {
  const std::vector<RecordingAnnotation> notes = {{0, 0, 0, "begin", -1},
                                                  {500'000'000, 250'000'001, 0, "\xC2\xB5V?", -1},
                                                  {1'999'999'999, 0, 0, "end", -1}};
  auto writer = EdfWriter::Create(files_.Path("w.edf"), TwoSignals(4), notes);
  ASSERT_TRUE(writer) << writer.error().message;
  WriteRecords(*writer, 4);
  const auto recording = Open(files_.Path("w.edf"));
  EXPECT_EQ(recording->start(), "2014-04-29T22:19:44");
  EXPECT_EQ(recording->channels()[0].rate_hz, 200.0);
  EXPECT_EQ(recording->channels()[1].rate_hz, 14.0);
  const auto header = TwoSignals(4);
  for (std::size_t c = 0; c < 2; ++c) {
    const std::vector<double> values = All(*recording, c);
    const int n = static_cast<int>(header.signals[c].samples);
    ASSERT_EQ(values.size(), static_cast<std::size_t>(4 * n));
    for (int i = 0; i < 4 * n; ++i) {
      const double count = CountAt(i / n, i % n + (c == 0 ? 0 : 100));
      EXPECT_EQ(values[static_cast<std::size_t>(i)],
                header.signals[c].ToUnits(static_cast<std::int64_t>(count)));
    }
  }
  const auto read = AnnotationsOf(*recording);
  ASSERT_EQ(read.size(), notes.size());
  for (std::size_t i = 0; i < notes.size(); ++i) {
    EXPECT_EQ(read[i].time_ns, notes[i].time_ns);
    EXPECT_EQ(read[i].duration_ns, notes[i].duration_ns);
    EXPECT_EQ(read[i].text, notes[i].text);
  }
  auto theirs = OpenThroughBiosig(files_.Path("w.edf"));
  ASSERT_TRUE(theirs) << theirs.error().message;
  ASSERT_EQ((*theirs)->channels().size(), 2u);
  const std::vector<double> a = All(*recording, 0), b = All(**theirs, 0);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 3276.8e-5);
  EXPECT_EQ(AnnotationsOf(**theirs).size(), notes.size());
}

TEST_F(WriterTest, GapsOfADiscontinuousFileAreMissingSamples) {
  // Each data record lasts 0.5 s; two seconds are missing between the second and the third.
  const std::vector<std::int64_t> onsets = {250'000'000, 750'000'000, 3'250'000'000};
  const std::vector<RecordingAnnotation> notes = {{3'250'000'000, 0, 0, "again", -1}};
  auto writer = EdfWriter::Create(files_.Path("w.edf"), TwoSignals(3), notes, onsets);
  ASSERT_TRUE(writer) << writer.error().message;
  WriteRecords(*writer, 3);
  const auto recording = Open(files_.Path("w.edf"));
  EXPECT_EQ(recording->start(), "2014-04-29T22:19:44.25");
  const std::vector<double> values = All(*recording, 0);
  ASSERT_EQ(values.size(), 700u);  // 3.5 s at 200 Hz
  const EdfSignal signal = TwoSignals(3).signals[0];
  EXPECT_EQ(values[199], signal.ToUnits(CountAt(1, 99)));
  for (std::size_t i = 200; i < 600; ++i) ASSERT_TRUE(std::isnan(values[i])) << i;
  EXPECT_EQ(values[600], signal.ToUnits(CountAt(2, 0)));
  std::vector<double> across(2);
  ASSERT_TRUE(recording->Read(0, 599, across));
  EXPECT_TRUE(std::isnan(across[0]));
  EXPECT_EQ(across[1], values[600]);
  EXPECT_EQ(AnnotationsOf(*recording).at(0).time_ns, 3'000'000'000);  // since the first sample
}

TEST_F(WriterTest, EdfRefusesWhatItsFieldsCannotHold) {
  EdfHeader header = TwoSignals(1);
  header.signals[0].physical_max = 1.0 / 3.0;
  EXPECT_EQ(EdfWriter::Create(files_.Path("w.edf"), header).error().code, Code::kInvalidArgument);
  header = TwoSignals(1);
  header.signals[0].label = "a label of more than sixteen";
  EXPECT_FALSE(EdfWriter::Create(files_.Path("w.edf"), header));
  auto writer = EdfWriter::Create(files_.Path("w.edf"), TwoSignals(2));
  ASSERT_TRUE(writer);
  EXPECT_FALSE(writer->Append(std::vector<std::int32_t>(106)));
  EXPECT_FALSE(writer->Append(std::vector<std::int32_t>(107, 32768)));
  ASSERT_TRUE(writer->Append(std::vector<std::int32_t>(107)));
  EXPECT_EQ(writer->Close().error().code, Code::kFailedPrecondition);
}

TEST_F(WriterTest, CsvReadsBackEqual) {
  const std::vector<RecordingChannel> channels = {{"II", "mV", 62.4725, 0},
                                                  {"Resp", "", 62.4725, 0}};
  auto writer = CsvWriter::Create(files_.Path("w.csv"), channels);
  ASSERT_TRUE(writer) << writer.error().message;
  std::vector<double> values;
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(std::sin(i) * 1e-3);
    values.push_back(i % 100 == 7 ? std::nan("") : i / 3.0);
  }
  ASSERT_TRUE(writer->Append(values));
  ASSERT_TRUE(writer->Close());
  const auto recording = Open(files_.Path("w.csv"));
  ASSERT_EQ(recording->channels().size(), 2u);
  EXPECT_EQ(recording->channels()[0].name, "II");
  EXPECT_EQ(recording->channels()[0].unit, "mV");
  EXPECT_EQ(recording->channels()[1].unit, "");
  EXPECT_EQ(recording->channels()[0].rate_hz, 62.4725);
  for (std::size_t c = 0; c < 2; ++c) {
    const std::vector<double> read = All(*recording, c);
    ASSERT_EQ(read.size(), 10'000u);
    for (std::size_t i = 0; i < read.size(); ++i) {
      const double v = values[2 * i + c];
      ASSERT_TRUE(v == read[i] || (v != v && read[i] != read[i])) << i;
    }
  }
  EXPECT_FALSE(
      CsvWriter::Create(files_.Path("x.csv"), std::vector<RecordingChannel>{{"a,b", "", 1, 0}}));
}

// Real records, rewritten: counts equal, checksums those of the original header.
TEST_F(WriterTest, RealRecordsSurviveARoundTrip) {
  const fs::path file = SharedFolder() / "data/ecg-mitdb/100.hea";
  RIG_NEEDS_SHARED(file);
  auto header = ReadWfdbHeader(file, OpenOnDisk);
  ASSERT_TRUE(header);
  const auto original = WfdbRecording::Open(file, *header, OpenOnDisk, Verification::kFull);
  ASSERT_TRUE(original) << original.error().message;
  std::vector<bool> known;
  std::vector<std::int32_t> frames(650'000 * 2), one(650'000);
  for (std::size_t c = 0; c < 2; ++c) {
    ASSERT_TRUE((*original)->ReadCounts(c, 0, one, known));
    for (std::size_t i = 0; i < one.size(); ++i) frames[2 * i + c] = one[i];
  }
  auto writer = WfdbWriter::Create(files_.Path("w.hea"), *header);
  ASSERT_TRUE(writer) << writer.error().message;
  ASSERT_TRUE(writer->Append(frames));
  ASSERT_TRUE(writer->Close());
  const auto again = ReadWfdbHeader(files_.Path("w.hea"), OpenOnDisk);
  ASSERT_TRUE(again);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(again->signals[c].checksum, header->signals[c].checksum);
    EXPECT_EQ(again->signals[c].initial_value, header->signals[c].initial_value);
  }
  const auto bytes = [](const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  EXPECT_EQ(bytes(files_.Path("w.dat")), bytes(SharedFolder() / "data/ecg-mitdb/100.dat"));
}

}  // namespace
}  // namespace rig

// CSV, HL7 aECG, what runs through biosig, segments of WFDB, and what all recordings share.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "rig/base/child.h"
#include "sim_signals/recorded/biosig.h"
#include "sim_signals/recorded/recording.h"
#include "tests/shared_data.h"
#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  std::unique_ptr<Recording> Open(const std::string& name, double rate_hz = 0.0) {
    RecordingOptions options;
    options.rate_hz = rate_hz;
    auto recording = OpenRecording(files_.Path(name), options);
    if (!recording) throw std::runtime_error(recording.error().message);  // GoogleTest reports it
    return std::move(*recording);
  }
  // Of a file of this text; without its path.
  std::string Refusal(const std::string& name, std::string_view text, double rate_hz = 0.0) {
    files_.Write(name, text);
    RecordingOptions options;
    options.rate_hz = rate_hz;
    const auto recording = OpenRecording(files_.Path(name), options);
    if (recording) return "accepted";
    const std::string path = files_.Path(name).string();
    const std::string& message = recording.error().message;
    return message.starts_with(path) ? message.substr(path.size()) : message;
  }
  static std::vector<double> All(Recording& recording, std::size_t channel) {
    std::vector<double> values(static_cast<std::size_t>(recording.channels()[channel].samples));
    const Status read = recording.Read(channel, 0, values);
    EXPECT_TRUE(read) << read.error().message;
    return values;
  }
  WfdbFiles files_;
};

using CsvTest = FileTest;

TEST_F(CsvTest, TakesRateFromItsTimesAndUnitsFromItsNames) {
  files_.Write("r.csv", "time [ms], II [mV],PLETH\r\n100,1.5,7\r\n104,,8\r\n108,-2e-3,nan\r\n");
  const auto recording = Open("r.csv");
  ASSERT_EQ(recording->channels().size(), 2u);
  EXPECT_EQ(recording->channels()[0].name, "II");
  EXPECT_EQ(recording->channels()[0].unit, "mV");
  EXPECT_EQ(recording->channels()[0].rate_hz, 250.0);
  EXPECT_EQ(recording->channels()[1].unit, "");
  const std::vector<double> values = All(*recording, 0);
  EXPECT_EQ(values[0], 1.5);
  EXPECT_TRUE(std::isnan(values[1]));
  EXPECT_EQ(values[2], -2e-3);
  EXPECT_TRUE(std::isnan(All(*recording, 1)[2]));
}

TEST_F(CsvTest, WithAGivenRateEveryColumnIsAChannel) {
  files_.Write("r.csv", "a [uV],b\n1,2\n3,4\n");
  EXPECT_EQ(Open("r.csv", 100)->channels().size(), 2u);
  files_.Write("n.csv", "1,2\n3,4");
  const auto recording = Open("n.csv", 117);
  EXPECT_EQ(recording->channels()[1].name, "2");
  EXPECT_EQ(recording->channels()[1].rate_hz, 117);
  EXPECT_EQ(All(*recording, 1), (std::vector<double>{2, 4}));
}

TEST_F(CsvTest, ReadsFromAnyRowOn) {
  std::string text = "time [s],i\n";
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i) + "," + std::to_string(i * 3) + "\n";
  files_.Write("r.csv", text);
  const auto recording = Open("r.csv");
  for (const std::int64_t first : {9'999, 4'096, 4'095, 0, 5'000, 5'001, 123}) {
    std::vector<double> one(1);
    ASSERT_TRUE(recording->Read(0, first, one));
    EXPECT_EQ(one[0], static_cast<double>(3 * first));
  }
}

TEST_F(CsvTest, RefusalsNameTheLineAndWhatWasExpected) {
  EXPECT_EQ(Refusal("r.csv", ""), ":0: empty; expected a line of names");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n0,1\n1,x\n2,3\n"),
            ":3: \"x\" in column 2; expected a number");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n0,1\n1,2,3\n"), ":3: more columns; expected 2");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n0,1\n1\n"), ":3: 1 columns; expected 2");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n0,1\n,2\n"), ":3: \"\" in column 1; expected a number");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n0,1\n1,2\n2,3\n4,5\n5,6\n"),
            ":4: time 2 s; expected 2.5 s, as at a steady 0.8 Hz");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n5,1\n5,2\n"),
            ":3: times from 5 s to 5 s; expected at least two, that grow, at no more than 1e7 Hz");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n"), ": holds no samples");
  EXPECT_EQ(Refusal("r.csv", "time,a\n0,1\n"),
            ":1: first column \"time\"; expected \"time [s]\" and others, or a sampling rate");
  EXPECT_EQ(Refusal("r.csv", "a,b\n0,1\n", -5),
            ": a sampling rate of -5 Hz; expected up to 1e7 Hz");
  EXPECT_EQ(Refusal("r.csv", "time [s],a\n0," + std::string(300'000, '1')),
            ":2: a longer line; expected at most 262144 bytes");
  EXPECT_EQ(Refusal("r.csv", std::string(5'000, ',')), ":1: more columns; expected at most 4096");
}

std::string Sequence(const std::string& lead, const std::string& digits) {
  return "<component><sequence><code code=\"" + lead +
         "\"/><value xsi:type=\"SLIST_PQ\"><origin value=\"10\" unit=\"uV\"/>"
         "<scale value=\"2.5\" unit=\"uV\"/><digits>" +
         digits + "</digits></value></sequence></component>\n";
}

std::string Set(const std::string& head, const std::string& sequences) {
  return "<component><sequenceSet><component><sequence><code code=\"TIME_ABSOLUTE\"/>"
         "<value xsi:type=\"GLIST_TS\"><head value=\"" +
         head + "\"/><increment value=\"0.5\" unit=\"s\"/></value></sequence></component>\n" +
         sequences + "</sequenceSet></component>\n";
}

std::string Aecg(const std::string& sets) {
  return "<AnnotatedECG>\n<component><series>\n" + sets + "</series></component></AnnotatedECG>";
}

using AecgTest = FileTest;

TEST_F(AecgTest, PutsPiecesOfALeadOnOneLineOfTime) {
  files_.Write("r.xml", Aecg(Set("20021122091000", Sequence("MDC_ECG_LEAD_II", "0 1\n-2")) +
                             Set("20021122091002.500", Sequence("MDC_ECG_LEAD_II", "4") +
                                                           Sequence("MDC_ECG_LEAD_V1", "0 0"))));
  const auto recording = Open("r.xml");
  ASSERT_EQ(recording->channels().size(), 2u);
  EXPECT_EQ(recording->channels()[0].name, "II");
  EXPECT_EQ(recording->channels()[0].unit, "uV");
  EXPECT_EQ(recording->channels()[0].rate_hz, 2.0);
  EXPECT_EQ(recording->start(), "2002-11-22T09:10:00");
  const std::vector<double> values = All(*recording, 0);
  ASSERT_EQ(values.size(), 6u);
  EXPECT_EQ(values[1], 12.5);
  EXPECT_EQ(values[2], 5.0);
  EXPECT_TRUE(std::isnan(values[3]) && std::isnan(values[4]));
  EXPECT_EQ(values[5], 20.0);
  EXPECT_TRUE(std::isnan(All(*recording, 1)[0]));
}

TEST_F(AecgTest, RefusalsNameTheLine) {
  EXPECT_EQ(Refusal("r.xml", "<AnnotatedECG>\n\n<a></b></AnnotatedECG>"),
            ":3: Start-end tags mismatch; expected well-formed XML");
  EXPECT_EQ(Refusal("r.xml", Aecg("")),
            ":1: no leads; expected component/series/component/sequenceSet");
  EXPECT_EQ(Refusal("r.xml", Aecg(Set("20021122091000", Sequence("MDC_ECG_LEAD_I", "1 x")))),
            ":4: digit \"x\"; expected a number");
  EXPECT_EQ(Refusal("r.xml", Aecg(Set("yesterday", Sequence("MDC_ECG_LEAD_I", "1")))),
            ":3: times of the samples; expected a head and an increment in seconds");
  EXPECT_NE(Refusal("r.xml", Aecg(Set("20021122091000", Sequence("MDC_ECG_LEAD_I", "1 2 3")) +
                                  Set("20021122091001", Sequence("MDC_ECG_LEAD_I", "1"))))
                .find("pieces one after the other"),
            std::string::npos);
  EXPECT_NE(Refusal("r.xml", "<svg/>").find("a format that is not read"), std::string::npos);
}

using BiosigTest = FileTest;

TEST_F(BiosigTest, AMissingToolIsOneErrorThatNamesThePackage) {
  files_.Write("r.gdf", "GDF 2.10");
  const auto recording = OpenThroughBiosig(files_.Path("r.gdf"), "/nowhere:relative:");
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(recording.error().message,
            files_.Path("r.gdf").string() +
                ": GDF and SCP-ECG are read through save2gdf, which is not installed; expected "
                "Debian's package biosig-tools");
}

TEST_F(BiosigTest, BrokenFilesAreOneError) {
  for (const std::string& text : {std::string("GDF 2.10 broken"), std::string("GDF "),
                                  std::string(16, '\0') + "SCPECG" + std::string(100, 'x')}) {
    files_.Write("r.gdf", text);
    const auto recording = OpenRecording(files_.Path("r.gdf"));
    ASSERT_FALSE(recording);
    EXPECT_EQ(recording.error().code, Code::kDataLoss) << recording.error().message;
    EXPECT_EQ(recording.error().message.find('\n'), std::string::npos);
  }
}

TEST_F(BiosigTest, AGdfOfFloatsIsReadExactly) {
  const fs::path file = SharedFolder() / "data/eeg-edf/test_1ch.gdf";
  RIG_NEEDS_SHARED(file);
  const auto recording = OpenRecording(file);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ((*recording)->channels()[0].unit, "mV");
  EXPECT_EQ((*recording)->channels()[0].rate_hz, 150.0);
  const std::vector<double> values = All(**recording, 0);
  // The file's own floats: 4500 of them, behind 512 bytes of header.
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(512);
  for (const double v : values) {
    float expected = 0;
    stream.read(reinterpret_cast<char*>(&expected), sizeof expected);
    ASSERT_EQ(v, static_cast<double>(expected));
  }
}

TEST_F(BiosigTest, ALimitedChildEndsInTime) {
  const auto run = [&](const std::string& script) {
    ChildLimits limits;
    limits.wall_s = 1;
    limits.memory_bytes = 64 << 20;
    limits.file_bytes = 1000;
    const Status ended = RunLimited({"/bin/sh", "-c", script}, files_.Path("log"), limits);
    return ended ? std::string("succeeded") : ended.error().message;
  };
  EXPECT_EQ(run("exit 0"), "succeeded");
  EXPECT_EQ(run("echo first; echo last >&2; exit 3"), "/bin/sh ended with 3: last");
  EXPECT_EQ(run("exec sleep 100"), "/bin/sh took too long");
  EXPECT_NE(run("kill -SEGV $$").find("/bin/sh crashed (Segmentation fault)"), std::string::npos);
  EXPECT_NE(run("exec head -c 100000 /dev/zero").find("wrote too much"), std::string::npos);
  EXPECT_NE(run("exec tail /dev/zero"), "succeeded");  // wants all the memory there is
}

using SegmentsTest = FileTest;

TEST_F(SegmentsTest, VariableLayoutFindsSignalsByNameAndLeavesTheRestMissing) {
  files_.Write("r.hea", "r/4 2 250 8\nlayout 0\na 3\n~ 2\nb 3\n");
  files_.Write("layout.hea",
               "layout 2 250 0\n~ 0 100/mV 0 0 0 0 0 II\n~ 0 10/mmHg 0 0 0 0 0 ABP\n");
  files_.Write("a.hea", "a 1 250 3\na.dat 16 10/mmHg 16 0 10 60 0 ABP\n");
  files_.Write("a.dat", Format16({10, 20, 30}));
  files_.Write("b.hea",
               "b 2 250 3\nb.dat 16 10/mmHg 16 0 1 6 0 ABP\nb.dat 16 50/mV 16 0 5 30 0 II\n");
  files_.Write("b.dat", Format16({1, 5, 2, 10, 3, 15}));
  const auto recording = Open("r.hea");
  ASSERT_EQ(recording->channels().size(), 2u);
  const std::vector<double> ii = All(*recording, 0), abp = All(*recording, 1);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_TRUE(std::isnan(ii[i])) << i;
  EXPECT_EQ(ii[7], 0.3);  // with the gain of its own segment
  EXPECT_EQ(abp[2], 3.0);
  EXPECT_TRUE(std::isnan(abp[3]) && std::isnan(abp[4]));
  EXPECT_EQ(abp[5], 0.1);
  const std::vector<fs::path> files = {files_.Path("r.hea"), files_.Path("layout.hea"),
                                       files_.Path("a.hea"), files_.Path("a.dat"),
                                       files_.Path("b.hea"), files_.Path("b.dat")};
  EXPECT_EQ(recording->files(), files);
}

TEST_F(SegmentsTest, RefusesSegmentsThatDoNotFit) {
  files_.Write("a.hea", "a 1 250 3\na.dat 16 10/mmHg 16 0 10 60 0 ABP\n");
  files_.Write("a.dat", Format16({10, 20, 30}));
  files_.Write("n.hea", "n/2 1 250 6\na 3\na 3\n");
  const auto error = [&](const std::string& text) { return Refusal("r.hea", text); };
  EXPECT_EQ(error("r/2 1 250 6\na 3\na 3\n"), "accepted");
  EXPECT_NE(error("r/1 1 250 4\na 4\n").find("3 samples per signal; expected 4"),
            std::string::npos);
  EXPECT_NE(error("r/1 1 125 3\na 3\n").find("250 Hz; expected 125 Hz"), std::string::npos);
  EXPECT_NE(error("r/1 2 250 3\na 3\n").find("2 signals; its first segment has 1"),
            std::string::npos);
  EXPECT_NE(error("r/1 1 250 6\nn 6\n").find("a segment of segments"), std::string::npos);
  EXPECT_NE(error("r/1 1 250 3\nr 3\n").find("a segment of segments"), std::string::npos);
  EXPECT_NE(error("r/1 1 250 3\nnone 3\n").find("cannot be opened"), std::string::npos);
  EXPECT_NE(error("r/1 1 250 3\n~ 3\n").find("every segment is a gap"), std::string::npos);
  files_.Write("a.dat", Format16({10, 20, 31}));
  EXPECT_NE(error("r/1 1 250 3\na 3\n").find("checksum 61; the header says 60"), std::string::npos);
}

using RecordingTest = FileTest;

TEST_F(RecordingTest, FindsChannelsByNameOrNumber) {
  files_.Write("r.csv", "time [s],ECG [mV],ECG [mV],V1 [mV]\n0,1,2,3\n1,1,2,3\n");
  const auto recording = Open("r.csv");
  EXPECT_EQ(*FindChannel(*recording, ""), 0u);
  EXPECT_EQ(*FindChannel(*recording, "V1"), 2u);
  EXPECT_EQ(*FindChannel(*recording, "#2"), 1u);
  const std::string path = files_.Path("r.csv").string();
  EXPECT_EQ(FindChannel(*recording, "ECG").error().message,
            path + ": has 2 channels \"ECG\"; expected a number, \"#1\" for the first of them");
  EXPECT_EQ(FindChannel(*recording, "#4").error().message,
            path + ": has no channel \"#4\"; it has ECG, ECG, V1");
}

TEST_F(RecordingTest, RefusesWhatItCannotOpenOrDoesNotKnow) {
  EXPECT_EQ(OpenRecording(files_.Path("none.edf")).error().code, Code::kNotFound);
  EXPECT_EQ(OpenRecording(files_.Path("")).error().code, Code::kNotFound);  // a folder
  EXPECT_NE(Refusal("r.bin", "anything").find("a format that is not read"), std::string::npos);
  EXPECT_NE(Refusal("r.bin", "").find("a format that is not read"), std::string::npos);
  EXPECT_NE(Refusal("r.edf", "0       ", 250).find("states its own sampling rate"),
            std::string::npos);
}

}  // namespace
}  // namespace rig

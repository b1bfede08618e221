// Every recorded file that the rig's makers have collected opens, or is refused for the reason
// stated here. A file that is added to ../shared/data and not named here fails the test.
#include "tests/shared_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "rig/base/child.h"
#include "sim_signals/recorded/biosig.h"
#include "sim_signals/recorded/recording.h"
#include "sim_signals/recorded/wfdb_annotations.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct Expected {
  const char* file;
  std::size_t channels;     // where it opens
  std::size_t annotations;  //
  const char* refusal;      // where it does not: a part of the message; null: it opens
};

constexpr const char* kOther = "a format that is not read";
constexpr const char* kNumbers = ":1: numbers at once; expected a line of names";
constexpr const char* kComment = ":1: a comment; expected names with units";

const Expected kFiles[] = {
    {"aecg/ecgkit_ecg_hl7.xml", 12, 25, nullptr},
    {"aecg/hl7_example_aECG.xml", 12, 25, nullptr},
    {"aecg/liryc_hl7aecg_example.xml", 12, 0, nullptr},
    {"alarm-cinc2015/ALARMS", 0, 0, kOther},
    {"alarm-cinc2015/a103l.hea", 3, 0, nullptr},
    {"alarm-cinc2015/v102s.hea", 4, 0, nullptr},
    {"artefact-nstdb/118e00.csv", 0, 0, kNumbers},
    {"artefact-nstdb/118e06.csv", 0, 0, kNumbers},
    {"artefact-nstdb/118e24.csv", 0, 0, kNumbers},
    {"artefact-nstdb/118e24_annotations.csv", 0, 0, kNumbers},
    {"artefact-nstdb/BW.mat", 0, 0, kOther},
    {"artefact-nstdb/EM.mat", 0, 0, kOther},
    {"artefact-nstdb/MA.mat", 0, 0, kOther},
    {"capno-vent/rapidalarm_README.md", 0, 0, kOther},
    {"capno-vent/rapidalarm_exit_port_leak.csv", 0, 0, kComment},
    {"capno-vent/rapidalarm_first_test.csv", 0, 0, kComment},
    {"capno-vent/rapidalarm_low_rate.csv", 0, 0, kComment},
    {"capno-vent/rapidalarm_lung_disconnect.csv", 0, 0, kComment},
    {"capno-vent/rapidalarm_lung_partial_disconnect.csv", 0, 0, kComment},
    {"capno-vent/rapidalarm_noncompliant.csv", 0, 0, kComment},
    {"capno-vent/rapidalarm_source_disconnect.csv", 0, 0, kComment},
    {"capno-vent/ventmap_0149_2016-02-17-08-38-13_1.csv_test", 0, 0, kOther},
    {"capno-vent/ventmap_ards-alone.csv.test", 0, 0, kOther},
    {"cgm/cgm_5_subject.csv", 0, 0, ":1: first column \"subject\"; expected \"time [s]\""},
    {"cgm/example_data_5_subject.rda", 0, 0, kOther},
    {"ec13/aami3a.hea", 1, 0, nullptr},
    {"ec13/aami3a.rda", 0, 0, kOther},
    {"ecg-cudb/cu01.hea", 1, 206, nullptr},
    {"ecg-mitdb/100.hea", 2, 2274, nullptr},
    {"ecg-mitdb/105.hea", 2, 2691, nullptr},
    {"ecg-ptb/s0010_re.hea", 15, 0, nullptr},
    {"ecg-svdb/800.hea", 2, 1921, nullptr},
    {"ecg-vfdb/418.hea", 2, 121, nullptr},
    {"ecg-vfdb/422.hea", 2, 29, nullptr},
    {"ecg-vfdb/424.hea", 2, 14, nullptr},
    {"ecg-vfdb/427.hea", 2, 3, nullptr},
    {"ecg-vfdb/602.hea", 2, 12, nullptr},
    {"ecog-seizure/pt01EcoG.rda", 0, 0, kOther},
    {"ecog-seizure/pt01_ictal_onset_1000hz.edf", 84, 1, nullptr},
    {"eeg-edf/MB0400FU.EDF", 25, 4, nullptr},
    {"eeg-edf/SC4001EC-Hypnogram.edf", 0, 154, nullptr},
    {"eeg-edf/chtypes_edf.edf", 42, 8, nullptr},
    {"eeg-edf/eeglab_test.edf", 16, 0, nullptr},
    {"eeg-edf/mne_test.bdf", 73, 0, nullptr},
    {"eeg-edf/mne_test.edf", 139, 5, nullptr},
    {"eeg-edf/mne_test_uneven_samp.edf", 2, 0, nullptr},
    {"eeg-edf/pyedflib_test_generator.edf", 11, 2, nullptr},
    {"eeg-edf/pyedflib_test_subsecond.edf", 1, 4, nullptr},
    {"eeg-edf/subsecond_starttime.edf", 3, 2, nullptr},
    {"eeg-edf/test_1ch.gdf", 1, 0, nullptr},
    {"eeg-edf/test_utf8_annotations.edf", 11, 2, nullptr},
    {"formats-wfdb/100_3chan.hea", 3, 0, nullptr},
    {"formats-wfdb/310derive.hea", 2, 0, nullptr},
    {"formats-wfdb/311derive.hea", 1, 0, nullptr},
    {"formats-wfdb/311derive_3.hea", 1, 0, nullptr},
    {"formats-wfdb/binformats.hea", 10, 0, nullptr},
    {"formats-wfdb/flacformats.hea", 3, 0, nullptr},
    {"formats-wfdb/test01_00s.hea", 4, 0, nullptr},
    // Its header was made from another record's: signal 2 is that one's fourth, with the third's
    // first value.
    {"formats-wfdb/test01_00s_skewframe.hea", 0, 0, "begins with -66; the header says -57"},
    {"multi-mimic2/3234460_0018.hea", 3, 0, nullptr},
    {"multi-mimic4-flac/mixedsignals.hea", 6, 0, nullptr},
    {"multi-mimicdb/03700181.hea", 3, 0, nullptr},
    {"multi-mimicdb/041s/041s.hea", 7, 0, nullptr},
    {"multi-mimicdb/041s/041s01.hea", 7, 0, nullptr},
    {"multi-mimicdb/041s/041s02.hea", 7, 0, nullptr},
    {"ppg/biosppy_ecg.txt", 0, 0, kOther},
    {"ppg/biosppy_ppg.txt", 0, 0, kOther},
    {"ppg/biosppy_resp.txt", 0, 0, kOther},
    {"ppg/heartpy_data2_117hz.csv", 0, 0, ":1: first column \"timer\"; expected \"time [s]\""},
    {"ppg/heartpy_data_100hz.csv", 0, 0, kNumbers},
    {"ppg/neurokit_bio_resting_5min_100hz.csv", 0, 0, ":1: first column \"ECG\"; expected"},
};

fs::path Data() { return SharedFolder() / "data"; }

std::string NameOf(const Expected& expected) {
  std::string name = expected.file;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// The number of annotations, or none where they cannot be read.
std::optional<std::size_t> CountAnnotations(const Recording& recording) {
  auto stream = recording.Annotations();
  if (!stream) return std::nullopt;
  for (std::size_t n = 0;; ++n) {
    const auto next = (*stream)->Next();
    if (!next) return std::nullopt;
    if (!*next) return n;
  }
}

class SharedDataTest : public testing::TestWithParam<Expected> {};

TEST_P(SharedDataTest, OpensOrIsRefusedForAReason) {
  const fs::path file = Data() / GetParam().file;
  RIG_NEEDS_SHARED(file);
  const auto recording = OpenRecording(file);
  if (GetParam().refusal != nullptr) {
    ASSERT_FALSE(recording);
    EXPECT_NE(recording.error().message.find(GetParam().refusal), std::string::npos)
        << recording.error().message;
    EXPECT_EQ(recording.error().message.find('\n'), std::string::npos);
    return;
  }
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ((*recording)->channels().size(), GetParam().channels);
  EXPECT_EQ(CountAnnotations(**recording), GetParam().annotations);
  for (std::size_t c = 0; c < (*recording)->channels().size(); ++c) {
    const RecordingChannel& channel = (*recording)->channels()[c];
    EXPECT_FALSE(channel.name.empty());
    std::vector<double> values(static_cast<std::size_t>(channel.samples));
    const Status read = (*recording)->Read(c, 0, values);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(std::any_of(values.begin(), values.end(), [](double v) { return v == v; }));
    EXPECT_FALSE((*recording)->Read(c, 1, values));
  }
  for (const fs::path& used : (*recording)->files()) EXPECT_TRUE(fs::exists(used)) << used;
}

INSTANTIATE_TEST_SUITE_P(Files, SharedDataTest, testing::ValuesIn(kFiles),
                         [](const auto& file) { return NameOf(file.param); });

// What belongs to a record is read with its header. By itself it is no recording.
TEST(SharedDataFolderTest, HoldsNoFileThatNobodyAnswersFor) {
  RIG_NEEDS_SHARED(Data());
  std::set<fs::path> answered = {Data() / "MANIFEST.md"};
  for (const Expected& expected : kFiles) {
    answered.insert(Data() / expected.file);
    if (expected.refusal != nullptr) continue;
    const auto files = RecordFiles(Data() / expected.file);
    if (files) answered.insert(files->begin(), files->end());
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(Data())) {
    if (!entry.is_regular_file() || answered.contains(entry.path())) continue;
    const auto recording = OpenRecording(entry.path());
    ASSERT_FALSE(recording) << entry.path() << " opens, and no test expects it";
    EXPECT_NE(recording.error().message.find(kOther), std::string::npos)
        << recording.error().message;
  }
}

struct AnnotationFile {
  const char* file;
  std::size_t annotations;
  std::int64_t last;  // ticks
};

class SharedAnnotationsTest : public testing::TestWithParam<AnnotationFile> {};

TEST_P(SharedAnnotationsTest, AreReadToTheirEnd) {
  const fs::path file = Data() / GetParam().file;
  RIG_NEEDS_SHARED(file);
  const auto stream = OpenOnDisk(file);
  ASSERT_NE(stream, nullptr);
  WfdbAnnotationReader reader(*stream, file.string());
  std::size_t count = 0;
  std::int64_t last = 0;
  while (true) {
    const auto next = reader.Next();
    ASSERT_TRUE(next) << next.error().message;
    if (!*next) break;
    ++count;
    last = (*next)->time;
  }
  EXPECT_EQ(count, GetParam().annotations);
  EXPECT_EQ(last, GetParam().last);
}

INSTANTIATE_TEST_SUITE_P(
    Files, SharedAnnotationsTest,
    testing::Values(AnnotationFile{"ecg-mitdb/100.qrs", 2274, 649978},
                    AnnotationFile{"multi-mimicdb/03700181.gqrsh", 1153, 299898},
                    AnnotationFile{"multi-mimicdb/03700181.sqrs", 1197, 149813},
                    // An interval of 10^10 samples.
                    AnnotationFile{"formats-wfdb/huge.qrs", 1, 10'000'000'000},
                    AnnotationFile{"formats-wfdb/12726.anI", 22, 769963}));

// libbiosig agrees where it reads the file at all. It prints ranges with six digits.
class BiosigAgreesTest : public testing::TestWithParam<const char*> {};

TEST_P(BiosigAgreesTest, OnEverySample) {
  const fs::path file = Data() / GetParam();
  RIG_NEEDS_SHARED(file);
  const auto ours = OpenRecording(file);
  const auto theirs = OpenThroughBiosig(file);
  ASSERT_TRUE(ours) << ours.error().message;
  ASSERT_TRUE(theirs) << theirs.error().message;
  // The status channel of a BDF is events to them.
  const std::size_t status =
      (*ours)->channels().back().name == "Status" && file.extension() == ".bdf";
  ASSERT_EQ((*ours)->channels().size(), (*theirs)->channels().size() + status);
  for (std::size_t c = 0; c < (*theirs)->channels().size(); ++c) {
    const RecordingChannel& channel = (*ours)->channels()[c];
    ASSERT_EQ(channel.samples, (*theirs)->channels()[c].samples) << channel.name;
    EXPECT_EQ(channel.rate_hz, (*theirs)->channels()[c].rate_hz) << channel.name;
    std::vector<double> a(static_cast<std::size_t>(channel.samples)), b(a.size());
    ASSERT_TRUE((*ours)->Read(c, 0, a));
    ASSERT_TRUE((*theirs)->Read(c, 0, b));
    double largest = 0.0, worst = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      largest = std::max(largest, std::fabs(a[i]));
      worst = std::max(worst, std::fabs(a[i] - b[i]));
    }
    EXPECT_LE(worst, 1e-5 * largest) << channel.name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Files, BiosigAgreesTest,
    testing::Values("eeg-edf/chtypes_edf.edf", "eeg-edf/eeglab_test.edf", "eeg-edf/mne_test.edf",
                    "eeg-edf/mne_test.bdf", "eeg-edf/mne_test_uneven_samp.edf",
                    "eeg-edf/pyedflib_test_generator.edf", "eeg-edf/subsecond_starttime.edf",
                    "eeg-edf/test_utf8_annotations.edf", "eeg-edf/MB0400FU.EDF",
                    "ecog-seizure/pt01_ictal_onset_1000hz.edf", "aecg/hl7_example_aECG.xml",
                    "ec13/aami3a.hea"),
    [](const auto& file) {
      return NameOf({file.param, 0, 0, nullptr});
    });

// Samples of 12 bits its binary export leaves packed; as text it has them in physical units, with
// six digits.
class BiosigAgreesOn212Test : public testing::TestWithParam<const char*> {};

TEST_P(BiosigAgreesOn212Test, OnEverySample) {
  const fs::path file = Data() / GetParam();
  RIG_NEEDS_SHARED(file);
  const auto ours = OpenRecording(file);
  ASSERT_TRUE(ours) << ours.error().message;
  const auto folder = TemporaryFolder::Make();
  ASSERT_TRUE(folder);
  const Status exported =
      RunLimited({FindProgram("save2gdf", std::getenv("PATH")).string(), "-f=ASCII",
                  fs::canonical(file).string(), (folder->path() / "u.asc").string()},
                 folder->path() / "log", {});
  ASSERT_TRUE(exported) << exported.error().message;
  for (std::size_t c = 0; c < (*ours)->channels().size(); ++c) {
    const RecordingChannel& channel = (*ours)->channels()[c];
    std::vector<double> values(static_cast<std::size_t>(channel.samples));
    ASSERT_TRUE((*ours)->Read(c, 0, values));
    std::ifstream theirs(folder->path() / ("u.a0" + std::to_string(c + 1)));
    double worst = 0.0, value = 0.0;
    std::size_t read = 0;
    for (; read < values.size() && theirs >> value; ++read) {
      worst = std::max(worst, std::fabs(value - values[read]));
    }
    EXPECT_EQ(read, values.size()) << channel.name;
    EXPECT_LE(worst, 1e-4) << channel.name;  // a count is 0.0025 or 0.005 mV, or NU
  }
}

INSTANTIATE_TEST_SUITE_P(Files, BiosigAgreesOn212Test,
                         testing::Values("ecg-cudb/cu01.hea", "ecg-vfdb/424.hea",
                                         "alarm-cinc2015/v102s.hea", "formats-wfdb/100_3chan.hea"),
                         [](const auto& param) {
                           return NameOf({param.param, 0, 0, nullptr});
                         });

// Facts of single files that no table states.
TEST(SharedFactsTest, SkewIsTakenOut) {
  const fs::path file = Data() / "multi-mimicdb/03700181.hea";
  RIG_NEEDS_SHARED(file);
  const auto recording = OpenRecording(file);
  ASSERT_TRUE(recording) << recording.error().message;
  std::vector<double> values(75000);
  ASSERT_TRUE((*recording)->Read(2, 0, values));  // RESP lies four frames late
  EXPECT_TRUE(std::isnan(values[74996]));
  EXPECT_FALSE(std::isnan(values[74995]));
  EXPECT_EQ((*recording)->start(), "1994-08-15T17:27:45");
}

TEST(SharedFactsTest, StartsBelowASecondAndTextsInUtf8AreKept) {
  const fs::path file = Data() / "eeg-edf/subsecond_starttime.edf";
  RIG_NEEDS_SHARED(file);
  const auto subsecond = OpenRecording(file);
  ASSERT_TRUE(subsecond) << subsecond.error().message;
  EXPECT_EQ((*subsecond)->start(), "2020-01-24T04:05:56.3945312");
  const auto utf8 = OpenRecording(Data() / "eeg-edf/test_utf8_annotations.edf");
  ASSERT_TRUE(utf8) << utf8.error().message;
  const auto annotations = (*utf8)->Annotations();
  ASSERT_TRUE(annotations);
  ASSERT_TRUE((*annotations)->Next());
  const auto second = (*annotations)->Next();
  ASSERT_TRUE(second && *second);
  EXPECT_EQ((*second)->text, "\xE4\xBB\xB0\xE5\x8D\xA7");
  EXPECT_EQ((*second)->time_ns, 2'000'000'000);
  EXPECT_EQ((*second)->duration_ns, 500'000'000);
}

}  // namespace
}  // namespace rig

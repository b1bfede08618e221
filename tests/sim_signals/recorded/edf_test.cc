#include "sim_signals/recorded/edf.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/sim_signals/recorded/wfdb_files.h"

namespace rig {
namespace {

std::string Field(std::string_view text, std::size_t size) {
  return fmt::format("{:<{}}", text, size);
}

// A file with one signal of four samples in each data record of 2 s, and what may be wrong in it.
struct EdfBytes {
  std::string version = "0", reserved, records = "2", duration = "2", signals = "1";
  std::string header_bytes = "512", date = "29.04.14", time = "22.19.44";
  std::string label = "ECG", unit = "mV", physical_min = "-1", physical_max = "1";
  std::string digital_min = "-100", digital_max = "100", samples = "4";
  std::string data = Format16({-100, 0, 50, 100, 1, 2, 3, 4});

  std::string Text() const {
    return Field(version, 8) + Field("X", 80) + Field("X", 80) + Field(date, 8) + Field(time, 8) +
           Field(header_bytes, 8) + Field(reserved, 44) + Field(records, 8) + Field(duration, 8) +
           Field(signals, 4) + Field(label, 16) + Field("", 80) + Field(unit, 8) +
           Field(physical_min, 8) + Field(physical_max, 8) + Field(digital_min, 8) +
           Field(digital_max, 8) + Field("", 80) + Field(samples, 8) + Field("", 32) + data;
  }
};

class EdfTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Recording>> Open(const EdfBytes& bytes) const {
    files_.Write("r.edf", bytes.Text());
    return OpenRecording(files_.Path("r.edf"));
  }
  std::string Refusal(const std::function<void(EdfBytes&)>& damage) const {
    EdfBytes bytes;
    damage(bytes);
    const auto recording = Open(bytes);
    if (recording) return "accepted";
    return recording.error().message.substr(files_.Path("r.edf").string().size());
  }
  WfdbFiles files_;
};

TEST_F(EdfTest, ScalesFromDigitalToPhysicalRange) {
  const auto recording = Open({});
  ASSERT_TRUE(recording) << recording.error().message;
  const RecordingChannel& channel = (*recording)->channels().at(0);
  EXPECT_EQ(channel.name, "ECG");
  EXPECT_EQ(channel.unit, "mV");
  EXPECT_EQ(channel.rate_hz, 2.0);
  EXPECT_EQ(channel.samples, 8);
  EXPECT_EQ((*recording)->start(), "2014-04-29T22:19:44");
  std::vector<double> values(6);
  ASSERT_TRUE((*recording)->Read(0, 1, values));
  const std::vector<double> expected = {0.0, 0.5, 1.0, 0.01, 0.02, 0.03};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(values[i], expected[i], 1e-15) << i;
}

TEST_F(EdfTest, BdfHas24Bits) {
  EdfBytes bytes;
  bytes.version =
      "\xFF"
      "BIOSEMI";
  bytes.reserved = "24BIT";
  bytes.unit = "\xB5V";
  bytes.physical_min = "-8388608";
  bytes.physical_max = "8388607";
  bytes.digital_min = "-8388608";
  bytes.digital_max = "8388607";
  bytes.records = "1";
  bytes.data = std::string("\x01\x00\x00\xFF\xFF\xFF\x00\x00\x80\xFF\xFF\x7F", 12);
  const auto recording = Open(bytes);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ((*recording)->channels()[0].unit, "uV");
  std::vector<double> values(4);
  ASSERT_TRUE((*recording)->Read(0, 0, values));
  EXPECT_EQ(values, (std::vector<double>{1, -1, -8388608, 8388607}));
}

TEST_F(EdfTest, ARecordingThatWasCutShortHasTheRecordsThatAreThere) {
  EdfBytes bytes;
  bytes.records = "-1";
  const auto recording = Open(bytes);
  ASSERT_TRUE(recording) << recording.error().message;
  EXPECT_EQ((*recording)->channels()[0].samples, 8);
}

TEST_F(EdfTest, RefusalsNameTheFieldAndWhatWasExpected) {
  const auto refusal = [&](std::string EdfBytes::*field, const char* text) {
    return Refusal([&](EdfBytes& b) { b.*field = text; });
  };
  EXPECT_EQ(refusal(&EdfBytes::records, "3"),
            ": 16 bytes behind the header; expected 24 for 3 data records");
  EXPECT_EQ(refusal(&EdfBytes::records, "1"),
            ": 16 bytes behind the header; expected 8 for 1 data records");
  EXPECT_EQ(refusal(&EdfBytes::records, "0"), ": holds no data record");
  EXPECT_EQ(refusal(&EdfBytes::records, "2.5"),
            ": number of data records is \"2.5\"; expected a whole number from -1 to 99999999");
  EXPECT_EQ(refusal(&EdfBytes::duration, "nan"),
            ": duration of a data record is \"nan\"; expected a number");
  EXPECT_EQ(refusal(&EdfBytes::duration, "0"),
            ": signal 1, samples in a data record is \"4\"; expected a rate of at most 10000000 Hz "
            "in records of 0 s");
  EXPECT_EQ(refusal(&EdfBytes::signals, "9999"),
            ": number of signals is \"9999\"; expected a whole number from 1 to 4096");
  EXPECT_EQ(
      refusal(&EdfBytes::signals, "2"),
      ": bytes in the header is \"512\"; expected 768, 256 and as many for each of 2 signals");
  EXPECT_EQ(refusal(&EdfBytes::samples, "99999999"),
            ": signal 1, samples in a data record is \"99999999\"; expected a rate of at most "
            "10000000 Hz in records of 2 s");
  EXPECT_EQ(refusal(&EdfBytes::digital_max, "-100"),
            ": signal 1, digital maximum is \"-100\"; expected more than the minimum, -100");
  EXPECT_EQ(refusal(&EdfBytes::digital_max, "32768"),
            ": signal 1, digital maximum is \"32768\"; expected a whole number from -32768 to "
            "32767");
  EXPECT_EQ(refusal(&EdfBytes::physical_max, "-1"),
            ": signal 1, physical maximum is \"-1\"; expected another value than the minimum");
  EXPECT_EQ(refusal(&EdfBytes::label, "E\tCG"),
            ": signal 1, label holds a byte 0x09; expected printable text");
  EXPECT_EQ(refusal(&EdfBytes::time, "25.00.00"),
            ": start time is \"25.00.00\"; expected hh.mm.ss");
  EXPECT_EQ(refusal(&EdfBytes::reserved, "EDF+X"),
            ": reserved field is \"EDF+X\"; expected EDF+C or EDF+D");
  EXPECT_EQ(refusal(&EdfBytes::reserved, "EDF+C"),
            ": no annotation signal; expected one, as each EDF+ or BDF+ file has");
}

TEST_F(EdfTest, EndsWithinItsHeaderIsSaid) {
  files_.Write("r.edf", EdfBytes().Text().substr(0, 300));
  const auto recording = OpenRecording(files_.Path("r.edf"));
  ASSERT_FALSE(recording);
  EXPECT_EQ(recording.error().code, Code::kDataLoss);
}

// A file of annotations alone; each data record lasts 1 s.
std::string Annotations(const std::vector<std::string>& records, const char* kind = "EDF+C") {
  EdfBytes bytes;
  bytes.reserved = kind;
  bytes.label = "EDF Annotations";
  bytes.samples = "20";
  bytes.duration = "1";
  bytes.records = fmt::format("{}", records.size());
  bytes.data.clear();
  for (std::string list : records) {
    list.resize(40, '\0');
    bytes.data += list;
  }
  return bytes.Text();
}

std::string Refused(const WfdbFiles& files, const std::string& text) {
  files.Write("a.edf", text);
  const auto recording = OpenRecording(files.Path("a.edf"));
  if (recording) return "accepted";
  return recording.error().message.substr(files.Path("a.edf").string().size());
}

TEST_F(EdfTest, ContinuousFilesHaveNoGapsAndNoneGoesBack) {
  const std::string first("+0\x14\x14\0", 5), second("+1\x14\x14\0", 5), late("+3\x14\x14\0", 5);
  EXPECT_EQ(Refused(files_, Annotations({first, second})), "accepted");
  EXPECT_EQ(Refused(files_, Annotations({first, late})),
            ": data record 2 begins 2.000000 s after the one before ends; expected no gap in a "
            "continuous file");
  EXPECT_EQ(Refused(files_, Annotations({first, late}, "EDF+D")), "accepted");
  EXPECT_EQ(Refused(files_, Annotations({late, first}, "EDF+D")),
            ": data record 2 begins 4.000000 s before the one before ends; expected records one "
            "after the other");
}

TEST_F(EdfTest, RefusesDamagedAnnotations) {
  const std::string good("+0\x14\x14\0", 5);
  const auto refused = [&](const std::string& more) {
    return Refused(files_, Annotations({good + more}));
  };
  const std::string expected = " of the annotations; expected +ONSET, texts and a zero byte";
  EXPECT_EQ(refused("x"), ": data record 1: no onset at byte 5" + expected);
  EXPECT_NE(refused("+1\x15x\x14t\x14").find("no duration"), std::string::npos);
  EXPECT_NE(refused("+1\x14half").find("not closed"), std::string::npos);
  EXPECT_NE(refused("+1" + std::string(33, '\x14')).find("without an end"), std::string::npos);
  EXPECT_NE(Refused(files_, Annotations({"+0\x14note\x14"})).find("does not say when it begins"),
            std::string::npos);
  EXPECT_NE(Refused(files_, Annotations({""})).find("does not say when it begins"),
            std::string::npos);
}

TEST(EdfAnnotationsTest, ReadsOnsetsExactToTheNanosecond) {
  const std::string bytes(
      "+86399.999999999\x15"
      "0.000000001\x14"
      "a\x14"
      "b\x14\0-0.5\x14"
      "c\x14\0",
      42);
  const auto lists = ParseEdfAnnotations(bytes, "r");
  ASSERT_TRUE(lists) << lists.error().message;
  ASSERT_EQ(lists->size(), 2u);
  EXPECT_EQ((*lists)[0].onset_ns, 86'399'999'999'999);
  EXPECT_EQ((*lists)[0].duration_ns, 1);
  EXPECT_EQ((*lists)[0].texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ((*lists)[1].onset_ns, -500'000'000);
}

}  // namespace
}  // namespace rig

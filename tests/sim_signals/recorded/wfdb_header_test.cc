#include "sim_signals/recorded/wfdb_header.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

Result<WfdbHeader> Parse(std::string_view text) { return ParseWfdbHeader(text, "r.hea"); }

std::string Refusal(std::string_view text) {
  const auto header = Parse(text);
  return header ? "accepted" : header.error().message;
}

TEST(WfdbHeaderTest, ReadsEveryFieldOfASignal) {
  const auto header = Parse(
      "r 2 360.0/720(12) 650000 12:30:00 24/12/2001\n"
      "r.dat 212+16 200(1024)/uV 11 1000 995 -22131 0 lead II, modified\n"
      "r.dat 212+16 100 12 5 3 43172\n");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->record, "r");
  EXPECT_EQ(header->sampling_hz, 360.0);
  EXPECT_EQ(header->frames, 650000);
  const WfdbSignal& first = header->signals.at(0);
  EXPECT_EQ(first.file, "r.dat");
  EXPECT_EQ(first.format, 212);
  EXPECT_EQ(first.byte_offset, 16);
  EXPECT_EQ(first.gain, 200.0);
  EXPECT_EQ(first.baseline, 1024);
  EXPECT_EQ(first.unit, "uV");
  EXPECT_EQ(first.initial_value, 995);
  EXPECT_EQ(first.checksum, static_cast<std::uint16_t>(-22131));
  EXPECT_EQ(first.description, "lead II, modified");
  EXPECT_EQ(header->signals.at(1).checksum, 43172);
  EXPECT_EQ(header->signals.at(1).description, "");
}

TEST(WfdbHeaderTest, FillsInWhatTheFormatLeavesOut) {
  const auto header = Parse("r 2\nr.dat 16\nr.dat 16 0 12 7\n");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->sampling_hz, 250.0);
  EXPECT_EQ(header->frames, 0);
  EXPECT_EQ(header->signals[0].gain, 200.0);
  EXPECT_EQ(header->signals[0].unit, "mV");
  EXPECT_FALSE(header->signals[0].initial_value);
  EXPECT_FALSE(header->signals[0].checksum);
  EXPECT_EQ(header->signals[1].gain, 200.0);  // 0: not calibrated
  EXPECT_EQ(header->signals[1].baseline, 7);  // the converter's zero
}

TEST(WfdbHeaderTest, PassesOverCommentsBlankLinesAndCarriageReturns) {
  const auto header = Parse("# made by hand\r\n\r\n  \nr 2 250 10\r\nr.dat 16\r\n\r\n#x\nr.dat 16");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->signals.size(), 2u);
}

TEST(WfdbHeaderTest, RefusalsNameTheLineAndWhatWasExpected) {
  EXPECT_EQ(Refusal(""),
            "r.hea:0: no record line; expected RECORD SIGNALS [FREQUENCY [SAMPLES …]]");
  EXPECT_EQ(Refusal("r x 250\n"), "r.hea:1: no usable number of signals; expected 1 to 4096");
  EXPECT_EQ(Refusal("r 1 nan\n"),
            "r.hea:1: no usable sampling frequency; expected hertz above 0, up to 1e7");
  EXPECT_EQ(Refusal("r 1 250 -4\n"), "r.hea:1: \"-4\" samples per signal; expected a count");
  EXPECT_EQ(Refusal("r 2 250 4\nr.dat 16\n"), "r.hea:2: 1 signals described; expected 2");
  EXPECT_EQ(Refusal("r 1\n#\nr.dat 16q\n"),
            "r.hea:3: format \"16q\"; expected FORMAT[xSAMPLES][:SKEW][+OFFSET], up to 262144 "
            "samples per frame");
  EXPECT_EQ(Refusal("r 1\nr.dat 16 inf\n"),
            "r.hea:2: gain \"inf\"; expected COUNTS[(BASELINE)][/UNIT]");
  EXPECT_EQ(Refusal("r 1\nr.dat 16 200 x\n"),
            "r.hea:2: \"x\" in the description of a signal; expected a whole number");
  EXPECT_EQ(Refusal("r 1\n../r.dat 16\n"),
            "r.hea:2: signal file \"../r.dat\"; expected a file beside the header");
}

TEST(WfdbHeaderTest, AFormatThatWfdbDoesNotHaveIsUnimplementedAndSaysSo) {
  const auto header = Parse("r 1\nr.dat 81 200\n");
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, Code::kUnimplemented);
  EXPECT_EQ(header.error().message,
            "r.hea:2: r.dat is in format 81; expected one of 8, 16, 24, 32, 61, 80, 160, 212, 310, "
            "311, 508, 516, 524");
}

TEST(WfdbHeaderTest, ReadsSamplesPerFrameSkewAndOffset) {
  const auto header = Parse("r 1\nr.dat 212x4:3+24 200\n");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->signals[0].samples_per_frame, 4);
  EXPECT_EQ(header->signals[0].skew, 3);
  EXPECT_EQ(header->signals[0].byte_offset, 24);
}

TEST(WfdbHeaderTest, ReadsWhenARecordBegan) {
  EXPECT_EQ(Parse("r 1 125 10 8:26:04 26/10/1994\nr.dat 16\n")->start, "1994-10-26T08:26:04");
  EXPECT_EQ(Parse("r 1 125 10 11:44:12.650\nr.dat 16\n")->start, "11:44:12.65");
  EXPECT_EQ(Parse("r 1 125 10\nr.dat 16\n")->start, "");
  EXPECT_EQ(Refusal("r 1 125 10 25:00:00\nr.dat 16\n"),
            "r.hea:1: base time \"25:00:00\"; expected HH:MM:SS");
}

TEST(WfdbHeaderTest, ReadsSegments) {
  const auto header = Parse("r/3 2 125 30\nlayout 0\na 10\n~ 20\n");
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_TRUE(header->variable_layout());
  EXPECT_EQ(header->segment_signals, 2u);
  ASSERT_EQ(header->segments.size(), 3u);
  EXPECT_EQ(header->segments[2].record, "~");
  EXPECT_EQ(header->segments[2].frames, 20);
  EXPECT_EQ(Refusal("r/2 2 125 30\na 10\nb 10\n"),
            "r.hea:3: segments of 20 samples in all; expected 30, as the first line says");
  EXPECT_EQ(Refusal("r/2 2 125 30\na 10\n"), "r.hea:2: 1 segments named; expected 2");
  EXPECT_EQ(Refusal("r/2 2 125 10\na 10\nb 0\n"),
            "r.hea:3: segment b of 0 samples; expected a length, or a layout in the first place");
  EXPECT_EQ(Refusal("r/999999999999 2\n"),
            "r.hea:1: record \"r/999999999999\"; expected RECORD or RECORD/SEGMENTS, 1 to 262144 "
            "segments");
}

TEST(WfdbHeaderTest, BelievesNoFrameThatNoRecorderMakes) {
  EXPECT_NE(Refusal("r 1\nr.dat 16x1000000000\n").find("262144"), std::string::npos);
  EXPECT_NE(Refusal("r 2\nr.dat 16x262144\nr.dat 16\n").find("frames of 262145 samples"),
            std::string::npos);
  EXPECT_NE(Refusal("r 1000000000000\n").find("1 to 4096"), std::string::npos);
}

TEST(WfdbHeaderTest, RefusesSignalsOfOneFileThatStandApartOrDiffer) {
  EXPECT_NE(Refusal("r 3\na.dat 16\nb.dat 16\na.dat 16\n").find("apart"), std::string::npos);
  EXPECT_NE(Refusal("r 2\na.dat 16\na.dat 212\n").find("differ"), std::string::npos);
  EXPECT_EQ(Refusal("r 3\na.dat 16\na.dat 16\nb.dat 212\n"), "accepted");
}

}  // namespace
}  // namespace rig

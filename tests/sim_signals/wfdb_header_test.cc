#include <gtest/gtest.h>

#include "sim_signals/wfdb.h"

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
            "r.hea:3: format \"16q\"; expected format[xSAMPLES][:SKEW][+OFFSET]");
  EXPECT_EQ(Refusal("r 1\nr.dat 16 inf\n"),
            "r.hea:2: gain \"inf\"; expected COUNTS[(BASELINE)][/UNIT]");
  EXPECT_EQ(Refusal("r 1\nr.dat 16 200 x\n"),
            "r.hea:2: \"x\" in the description of a signal; expected a whole number");
  EXPECT_EQ(Refusal("r 1\n../r.dat 16\n"),
            "r.hea:2: signal file \"../r.dat\"; expected a file beside the header");
}

TEST(WfdbHeaderTest, WhatItCannotReadIsUnimplementedAndSaysSo) {
  for (const char* text :
       {"r/3 1 250 10\n", "r 1\nr.dat 80\n", "r 1\nr.dat 16x4\n", "r 1\nr.dat 212:3\n"}) {
    const auto header = Parse(text);
    ASSERT_FALSE(header) << text;
    EXPECT_EQ(header.error().code, Code::kUnimplemented) << text;
  }
  EXPECT_EQ(Refusal("r 1\nr.dat 80 200\n"),
            "r.hea:2: r.dat is in format 80; expected format 16 or 212");
}

TEST(WfdbHeaderTest, RefusesSignalsOfOneFileThatStandApartOrDiffer) {
  EXPECT_NE(Refusal("r 3\na.dat 16\nb.dat 16\na.dat 16\n").find("apart"), std::string::npos);
  EXPECT_NE(Refusal("r 2\na.dat 16\na.dat 212\n").find("differ"), std::string::npos);
  EXPECT_EQ(Refusal("r 3\na.dat 16\na.dat 16\nb.dat 212\n"), "accepted");
}

}  // namespace
}  // namespace rig

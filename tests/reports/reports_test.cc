#include "reports/reports.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "reports/escape.h"
#include "rig/base/digest.h"
#include "rig/record/trace_writer.h"
#include "tests/reports/example_night.h"

namespace rig {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

std::filesystem::path FreshFile(const std::string& name) {
  std::filesystem::path file = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove(file);
  return file;
}

RunTime Ms(std::int64_t ms) { return RunTime(milliseconds(ms)); }

TraceReader SmallTrace(const std::string& name) {
  const auto file = FreshFile(name);
  auto trace = TraceWriter::Create(file).value();
  const auto ecg = trace->Declare("commanded.ecg", "V", ChannelKind::kSampled, milliseconds(2));
  const auto lamp = trace->Declare("observed.lamp", "1", ChannelKind::kStep);
  const auto log = trace->Declare("log.device", "", ChannelKind::kText);
  std::vector<double> samples(5000, 0.0);
  samples[2500] = 1e-3;
  EXPECT_TRUE(trace->AppendSamples(*ecg, samples));
  EXPECT_TRUE(trace->AppendStep(*lamp, Ms(0), 0));
  EXPECT_TRUE(trace->AppendStep(*lamp, Ms(5000), 1));
  EXPECT_TRUE(trace->AppendText(*log, Ms(1), "say \"hi\", then\nend"));
  EXPECT_TRUE(trace->AdvanceTo(Ms(10'000)));
  EXPECT_TRUE(trace->Close());
  return TraceReader::Open(file).value();
}

std::string Csv(const TraceReader& trace, const std::vector<std::string>& channels) {
  const auto file = FreshFile("out.csv");
  std::FILE* out = std::fopen(file.c_str(), "w");
  EXPECT_TRUE(WriteTraceCsv(trace, channels, out));
  std::fclose(out);
  return ReadFile(file).value();
}

int Shell(const std::string& command) {
  return std::system(command.c_str());
}  // NOLINT(cert-env33-c)

TEST(JUnitTest, CountsFailuresAndErrorsAndNamesRequirements) {
  const ExampleNight example = MakeExampleNight("junit_counts", 2);
  const std::string xml = JUnitXml(example.night, example.runs);
  EXPECT_THAT(xml, HasSubstr("<testsuites name=\"2026-01-02T030405Z\" tests=\"5\" failures=\"1\" "
                             "errors=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<property name=\"requirement\" value=\"PM-ALM-003\"/>"));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"fail\" message=\"expected the alarm within 10 s"));
  EXPECT_THAT(xml, HasSubstr("<error type=\"error\" message=\"worker ended by signal 9\"/>"));
}

TEST(JUnitTest, NeitherInconclusiveNorMissingIsAPass) {
  ExampleNight example = MakeExampleNight("junit_open", 2);
  example.runs[0].mutable_checks(0)->set_verdict(v1::INCONCLUSIVE);
  example.runs.pop_back();
  example.night.mutable_runs(1)->set_verdict(v1::PASS);
  example.night.mutable_runs(2)->set_verdict(v1::VERDICT_UNSET);
  const std::string xml = JUnitXml(example.night, example.runs);
  EXPECT_THAT(xml, HasSubstr("<error type=\"inconclusive\""));
  EXPECT_THAT(xml, HasSubstr("the run&#39;s record is missing"));
  EXPECT_THAT(xml, HasSubstr("<error type=\"not_run\""));
  EXPECT_THAT(xml, HasSubstr("failures=\"0\" errors=\"3\""));
}

TEST(JUnitTest, NamesEarlierAttemptsAndWhyARunIsFlaky) {
  ExampleNight example = MakeExampleNight("junit_flaky", 2);
  v1::NightRun& run = *example.night.mutable_runs(0);
  run.add_earlier_attempts("asystole.0: FAIL, altered");
  run.set_flaky("FLAKY: attempts on the same inputs disagree");
  run.set_verdict(v1::INCONCLUSIVE);
  const std::string xml = JUnitXml(example.night, example.runs);
  EXPECT_THAT(xml,
              HasSubstr("<property name=\"earlier_attempt\" value=\"asystole.0: FAIL, altered"));
  EXPECT_THAT(xml, HasSubstr("<error type=\"inconclusive\" message=\"FLAKY: attempts"));
}

TEST(JUnitTest, JunitparserAcceptsItAndSeesTheFailures) {
  if (Shell("/usr/bin/python3 -c 'import junitparser' 2>/dev/null") != 0) {
    GTEST_SKIP() << "python3-junitparser is not installed";
  }
  ExampleNight example = MakeExampleNight("junit_verify", 2);
  const auto file = FreshFile("junit.xml");
  const std::string verify = "/usr/bin/python3 -m junitparser verify '" + file.string() + "'";
  std::ofstream(file) << JUnitXml(example.night, example.runs);
  EXPECT_NE(Shell(verify), 0);
  example.night.mutable_runs()->DeleteSubrange(1, 2);
  std::ofstream(file, std::ios::trunc) << JUnitXml(example.night, example.runs);
  EXPECT_EQ(Shell(verify), 0);
}

TEST(CsvTest, WritesExactTimesAndShortestValues) {
  const TraceReader trace = SmallTrace("csv_rows.h5");
  EXPECT_EQ(Csv(trace, {"observed.lamp"}),
            "time_s,channel,value\n0.000000000,observed.lamp,0\n5.000000000,observed.lamp,1\n");
  EXPECT_THAT(Csv(trace, {"commanded.ecg"}), HasSubstr("\n5.000000000,commanded.ecg,0.001\n"));
}

TEST(CsvTest, QuotesTextAndTakesAllChannelsByDefault) {
  const std::string csv = Csv(SmallTrace("csv_text.h5"), {});
  EXPECT_THAT(csv, HasSubstr("0.001000000,log.device,\"say \"\"hi\"\", then\nend\"\n"));
  EXPECT_THAT(csv, HasSubstr("observed.lamp"));
}

TEST(CsvTest, RefusesAChannelThatIsNotThereBeforeWriting) {
  const Status status = WriteTraceCsv(SmallTrace("csv_none.h5"), {"observed.lampe"}, stdout);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kNotFound);
}

TEST(CsvTest, FullDiskIsAnError) {
  std::FILE* full = std::fopen("/dev/full", "w");
  if (full == nullptr) GTEST_SKIP() << "no /dev/full";
  const Status status = WriteTraceCsv(SmallTrace("csv_full.h5"), {}, full);
  std::fclose(full);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kResourceExhausted);
}

TEST(PlotTest, ShowsASpikeShorterThanAColumn) {
  const auto plot = PlotTrace(SmallTrace("plot_spike.h5"), {"commanded.ecg"}, 80);
  ASSERT_TRUE(plot) << plot.error().message;
  // The highest row is empty but for the spike; 2 ms of 10 s are a seventieth of a column.
  EXPECT_THAT(*plot, HasSubstr("1 mV ⠀"));
  const std::string top =
      plot->substr(plot->find("1 mV"), plot->find('\n', plot->find("1 mV")) - plot->find("1 mV"));
  EXPECT_TRUE(top.find("⡇") != std::string::npos || top.find("⢸") != std::string::npos) << *plot;
}

TEST(PlotTest, DrawsStepsAsLanesOverATimeAxisWithUnits) {
  const auto plot = PlotTrace(SmallTrace("plot_lane.h5"), {}, 60);
  ASSERT_TRUE(plot) << plot.error().message;
  EXPECT_THAT(*plot, HasSubstr("▁▁▁███"));
  EXPECT_THAT(*plot, HasSubstr("0 s"));
  EXPECT_THAT(*plot, HasSubstr("10 s"));
  EXPECT_THAT(*plot, HasSubstr("say \"hi\""));
  EXPECT_FALSE(PlotTrace(SmallTrace("plot_none.h5"), {"nothing"}, 60));
}

TEST(PictureTest, IsAWholeSvgThatNeedsNoBrowser) {
  const auto svg = TraceSvg(SmallTrace("picture.h5"), {"commanded.ecg"}, "a run");
  ASSERT_TRUE(svg) << svg.error().message;
  EXPECT_THAT(*svg, testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" "));
  EXPECT_THAT(*svg, HasSubstr("svg .st{color:#1f6feb}"));
  EXPECT_THAT(*svg, testing::Not(HasSubstr("var(")));
  EXPECT_THAT(*svg, HasSubstr("commanded.ecg"));
  EXPECT_THAT(*svg, testing::Not(HasSubstr("observed.lamp")));
}

TEST(PictureTest, RefusesToDrawNothing) {
  const auto svg = TraceSvg(SmallTrace("picture_text.h5"), {"log.device"}, "a run");
  ASSERT_FALSE(svg);
  EXPECT_EQ(svg.error().code, Code::kNotFound);
}

TEST(TableTest, AlignsColumnsWhateverTheCharacters) {
  const TextTable table{{"scenario", "margin"}, {{"a", "1"}, {"Öl 5 µL", "2"}}};
  EXPECT_EQ(RenderTable(table, false),
            "scenario  margin\n--------  ------\na         1\nÖl 5 µL   2\n");
}

TEST(TableTest, SummaryTellsVerdictMarginAndRequirements) {
  const ExampleNight example = MakeExampleNight("table", 2);
  const std::string text = RenderTable(SummaryTable(example.night), false);
  EXPECT_THAT(text, HasSubstr("patient_monitor/asystole_late  FAIL     -2.5 s of 10 s"));
  EXPECT_THAT(text, HasSubstr("infusion_pump/occlusion        ERROR    see rig error"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(RenderTable(SummaryTable(example.night), true), HasSubstr("\033[1;31mFAIL\033[0m"));
}

TEST(TableTest, CoverageTellsWhatIsNotCovered) {
  const ExampleNight example = MakeExampleNight("table_coverage", 2);
  const TextTable table = CoverageTable(example.night);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0][2], "asystole, asystole_late");
  EXPECT_EQ(table.rows[1][2], "needs a supply with a holdup time");
  EXPECT_EQ(table.rows[1][3], "not covered");
}

TEST(EscapeTest, LeavesUtf8AndReplacesWhatXmlForbids) {
  EXPECT_EQ(Escape("5 µL < 6 & \"x\""), "5 µL &lt; 6 &amp; &quot;x&quot;");
  EXPECT_EQ(Escape(std::string_view("\0\x1b\xc3", 3)), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(Escape("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace rig

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "reports/reports.h"
#include "rig/base/digest.h"
#include "rig/record/record.h"
#include "tests/reports/example_night.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Page(const ExampleNight& example) {
  auto page = NightHtml(example.night, example.evidence);
  EXPECT_TRUE(page) << page.error().message;
  return page.value_or("");
}

// The first element that is not closed where it should be; empty if all are.
std::string Unbalanced(const std::string& page) {
  const std::set<std::string> never_closed = {"br", "meta", "!DOCTYPE"};
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const bool closing = page[at + 1] == '/';
    const std::size_t begin = at + (closing ? 2 : 1);
    std::string name = page.substr(begin, page.find_first_of(" >\n/", begin) - begin);
    const std::size_t end = page.find('>', at);
    if (end == std::string::npos) return name;
    if (never_closed.count(name) != 0 || page[end - 1] == '/') continue;
    if (!closing) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name + " at " + page.substr(at, 60);
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(NightHtmlTest, ElementsAreBalancedAndIdsUnique) {
  const std::string page = Page(MakeExampleNight("html_balanced", 2));
  EXPECT_EQ(Unbalanced(page), "");
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos;
       at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
  for (std::size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const std::string id = page.substr(at + 7, page.find('"', at + 7) - at - 7);
    EXPECT_EQ(ids.count(id), 1u) << id;
  }
}

TEST(NightHtmlTest, NeedsNothingFromElsewhereAndNoScript) {
  const std::string page = Page(MakeExampleNight("html_alone", 2));
  for (const char* text :
       {"<script", "<link", "<img", "src=", "http:", "https:", "url(", "@import"}) {
    EXPECT_THAT(page, Not(HasSubstr(text)));
  }
}

TEST(NightHtmlTest, ShowsVerdictLimitMeasurementMarginAndUncertainty) {
  const std::string page = Page(MakeExampleNight("html_checks", 2));
  for (const char* text :
       {"expected the alarm within 10 s, seen after 12.5 s", "<td class=\"n\">10 s</td>",
        "<td class=\"n\">12.5 s</td>", "<td class=\"n\">-2.5 s</td>", "<td class=\"n\">20 ms</td>",
        "measured + U &lt;= limit", "new failure"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(NightHtmlTest, ShowsEarlierAttemptsAndWhatIsFlaky) {
  ExampleNight example = MakeExampleNight("html_flaky", 2);
  v1::NightRun& run = *example.night.mutable_runs(0);
  run.add_earlier_attempts("asystole.0: FAIL <late>");
  run.set_flaky("FLAKY: attempts on the same inputs disagree");
  run.set_verdict(v1::INCONCLUSIVE);
  const std::string page = Page(example);
  EXPECT_THAT(page, HasSubstr("<li>asystole.0: FAIL &lt;late&gt;</li>"));
  EXPECT_THAT(page, HasSubstr("attempt 2 of this night"));
  EXPECT_THAT(page, HasSubstr("FLAKY</span>"));
  const std::size_t begin = page.find("<section id=\"broken\">");
  EXPECT_THAT(page.substr(begin, page.find("</section>", begin) - begin),
              HasSubstr("FLAKY: attempts on the same inputs disagree"));
}

TEST(NightHtmlTest, ShowsConformanceRiskAndBudget) {
  const ExampleNight example = MakeExampleNight("html_budget", 2);
  v1::RunRecord record = example.runs[0];
  record.mutable_checks(0)->set_conformance("Conditional Pass");
  record.mutable_checks(0)->set_decision_risk("risk of a wrong decision: 9 %");
  v1::UncertaintyBudget& budget = *record.add_budgets();
  budget.set_channel("observed.ecg");
  v1::UncertaintyComponent& row = *budget.add_value();
  row.set_name("calibration");
  row.set_source("certificate of injector");
  row.set_distribution(v1::UncertaintyComponent::NORMAL_K2);
  row.set_half_width(0.0001);
  row.set_unit("V");
  ASSERT_TRUE(SaveRunRecord(example.evidence / "runs" / record.run(), record));
  const std::string page = Page(example);
  for (const char* text : {"Conditional Pass; measured + U", "risk of a wrong decision: 9 %",
                           "certificate of injector", "normal, k = 2"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_EQ(Unbalanced(page), "");
}

TEST(NightHtmlTest, TellsFirstWhatBrokeOnWhichFirmwareAndWhoseItIs) {
  const std::string page = Page(MakeExampleNight("html_broken", 2));
  const std::size_t begin = page.find("<section id=\"broken\">");
  const std::string broken = page.substr(begin, page.find("</section>", begin) - begin);
  for (const char* text :
       {"<span class=\"note\">device</span>", "<span class=\"note\">rig</span>",
        "<code>PM-ALM-003</code>", "1.4.0", "-2.5 s (limit 10 s)", "worker ended by signal 9"}) {
    EXPECT_THAT(broken, HasSubstr(text));
  }
}

TEST(NightHtmlTest, OpensWhatDidNotPass) {
  const std::string page = Page(MakeExampleNight("html_open", 2));
  EXPECT_THAT(page, HasSubstr("<details id=\"run-patient_monitor.asystole_late\" open>"));
  EXPECT_THAT(page, HasSubstr("<details id=\"run-patient_monitor.asystole\">"));
  EXPECT_THAT(page, HasSubstr("worker ended by signal 9"));
}

TEST(NightHtmlTest, DrawsEveryKindOfChannelAndMarksTheFailure) {
  const std::string page = Page(MakeExampleNight("html_lanes", 2));
  for (const char* text :
       {">Stimulus</text>", ">Response</text>", ">Truth</text>", ">Outputs and alarms</text>",
        "<title>commanded.ecg</title>", "<title>observed.ecg</title>",
        "<title>truth.ecg.beat</title>", "<title>device.heart_rate</title>",
        "<title>observed.buzzer</title>", "<title>FAIL asystole_alarm</title>",
        "observed.vcc = 5 V", "10 s around"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(NightHtmlTest, CoverageGoesBothWaysAndNamesWhatIsOpen) {
  const std::string page = Page(MakeExampleNight("html_coverage", 2));
  EXPECT_THAT(page, HasSubstr("2 requirements, 1 not covered."));
  EXPECT_THAT(page, HasSubstr("needs a supply with a holdup time"));
  EXPECT_THAT(page, HasSubstr("Risk controls"));
  EXPECT_THAT(page, HasSubstr("<code>RC-02</code>"));
}

TEST(NightHtmlTest, LongEcgStaysSmall) {
  const ExampleNight example = MakeExampleNight("html_small", 10);
  const std::string page = Page(example);
  EXPECT_LT(page.size(), 2u * 60'000u);
}

TEST(NightHtmlTest, EscapesWhatOthersWrote) {
  ExampleNight example = MakeExampleNight("html_escape", 2);
  example.night.mutable_runs(0)->set_title("<script>alert(1)</script> \"&\" \x01 \xff");
  const std::string page = Page(example);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&quot; "
                              "\xEF\xBF\xBD \xEF\xBF\xBD"));
}

TEST(NightHtmlTest, SaysWhenATraceOrARecordIsGone) {
  const ExampleNight example = MakeExampleNight("html_gone", 2);
  std::filesystem::remove(example.evidence / "runs" / "asystole.1" / "trace.h5");
  std::filesystem::remove(example.evidence / "runs" / "asystole_late.1" / "record.json");
  const std::string page = Page(example);
  EXPECT_THAT(page, HasSubstr("No waveforms: trace: "));
  EXPECT_THAT(page, HasSubstr("record.json"));
  EXPECT_EQ(Unbalanced(page), "");
}

TEST(NightHtmlTest, NoticesARecordAlteredSinceTheNight) {
  const ExampleNight example = MakeExampleNight("html_altered", 2);
  std::ofstream(example.evidence / "runs" / "asystole.1" / "record.json", std::ios::app) << "\n";
  EXPECT_THAT(Page(example), HasSubstr("The record is not the one this night made"));
}

}  // namespace
}  // namespace rig

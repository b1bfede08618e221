#include <gmock/gmock.h>

#include "reports/reports.h"

namespace rig {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::AffectedVerdicts Affected() {
  v1::AffectedVerdicts affected;
  affected.set_bench("rack");
  affected.set_fixture("dac");
  affected.set_serial("C-1");
  v1::AffectedVerdict& one = *affected.add_verdicts();
  one.set_run("pump.flow.0001");
  one.set_check("a <b>, \"c\"");
  one.set_verdict(v1::FAIL);
  one.add_verifies("IP-1");
  one.set_firmware("=HYPERLINK(1)");
  affected.add_unreadable("torn: no record");
  return affected;
}

TEST(AffectedReportTest, CsvQuotesAndHasNoFormulas) {
  const std::string csv = AffectedCsv(Affected());
  EXPECT_THAT(csv, HasSubstr("\"a <b>, \"\"c\"\"\""));
  EXPECT_THAT(csv, HasSubstr("\"'=HYPERLINK(1)\""));
  EXPECT_THAT(csv, HasSubstr("\"torn: no record\""));
}

TEST(AffectedReportTest, PageEscapesAndNamesTheInstrument) {
  const std::string page = AffectedHtml(Affected());
  EXPECT_THAT(page, HasSubstr("dac of bench rack, serial C-1"));
  EXPECT_THAT(page, HasSubstr("a &lt;b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("a <b>")));
  EXPECT_THAT(page, HasSubstr("in doubt, its record cannot be read: torn"));
  EXPECT_THAT(page, HasSubstr("since the beginning"));
}

TEST(AffectedReportTest, TableHasEveryVerdict) {
  const TextTable table = AffectedTable(Affected());
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(table.rows[0], testing::Contains("FAIL"));
}

}  // namespace
}  // namespace rig

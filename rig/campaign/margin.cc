#include "rig/campaign/margin.h"

#include <cmath>
#include <limits>

namespace rig {
namespace {

RunMargin OfCheck(const v1::CheckResult& check) {
  const bool failed = check.verdict() == v1::FAIL;
  RunMargin least{v1::VERDICT_ONLY, failed ? -1.0 : 1.0, check.id()};
  bool known = false;
  const auto consider = [&](const v1::Quantity& quantity, v1::MarginKind kind) {
    const double margin = quantity.relative_margin();
    const bool counts = quantity.known() && quantity.limit() != 0 && std::isfinite(margin) &&
                        (!failed || margin < 0);
    if (!counts || (known && least.margin <= margin)) return;
    known = true;
    least.kind = kind;
    least.margin = margin;
  };
  consider(check.value(), v1::VALUE);
  consider(check.time(), v1::TIME);
  return least;
}

}  // namespace

RunMargin MarginOf(const v1::RunRecord& record) {
  RunMargin least;
  least.margin = std::numeric_limits<double>::quiet_NaN();
  if (record.verdict() == v1::ERROR || record.verdict() == v1::VERDICT_UNSET) return least;
  for (const v1::CheckResult& check : record.checks()) {
    RunMargin margin = OfCheck(check);
    const bool less = least.kind == v1::MARGIN_KIND_UNSET || margin.margin < least.margin;
    if (less) least = std::move(margin);
  }
  return least;
}

}  // namespace rig

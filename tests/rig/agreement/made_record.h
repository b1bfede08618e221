#pragma once

#include <string>

#include "rig/v1/record.pb.h"

namespace rig {

inline v1::Quantity MadeMargin(double margin, double uncertainty, const std::string& unit) {
  v1::Quantity quantity;
  quantity.set_known(true);
  quantity.set_limit(10);
  quantity.set_measured(10 - margin);
  quantity.set_margin(margin);
  quantity.set_uncertainty(uncertainty);
  quantity.set_unit(unit);
  return quantity;
}

// A run of the scenario "count" with one check "rate" that passed with margins of 5 Hz and 2 s.
inline v1::RunRecord MadeRecord(const std::string& run = "probe.count.0001") {
  v1::RunRecord record;
  record.set_run(run);
  record.set_device("probe");
  record.set_scenario("count");
  record.set_state(v1::ENDED);
  record.set_verdict(v1::PASS);
  record.set_started("2026-01-02T03:04:05Z");
  record.mutable_firmware()->set_sha256("f1");
  record.mutable_scenario_file()->set_sha256("s1");
  record.mutable_bench_file()->set_path("bench/virtual.yaml");
  record.mutable_bench_file()->set_sha256("b1");
  v1::CheckResult& check = *record.add_checks();
  check.set_id("rate");
  check.set_text("Counts at 1 Hz");
  check.set_formula("always (device.count_rate > 1 Hz)");
  check.set_verdict(v1::PASS);
  *check.mutable_value() = MadeMargin(5, 0.3, "Hz");
  *check.mutable_time() = MadeMargin(2, 0.003, "s");
  return record;
}

// The same as if it had run on another bench.
inline v1::RunRecord OnTable(v1::RunRecord record) {
  record.mutable_bench_file()->set_path("bench/table.yaml");
  record.mutable_bench_file()->set_sha256("b2");
  return record;
}

}  // namespace rig

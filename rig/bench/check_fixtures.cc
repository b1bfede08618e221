#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

#include "rig/base/names.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/bench/checks.h"

namespace rig {
namespace {

// What each fixture's settings must say.
class FixtureChecks {
 public:
  FixtureChecks(const v1::Bench& bench, const SourceMap& where) : bench_(bench), where_(where) {}

  Status Do() const {
    std::set<std::string> names;
    for (int i = 0; i < bench_.fixtures_size(); ++i) {
      const v1::Fixture& fixture = bench_.fixtures(i);
      const std::string path = fmt::format("fixtures[{}]", i);
      if (!names.insert(fixture.name()).second) {
        return where_.Refuse(path + ".name", fmt::format("fixture \"{}\" again", fixture.name()),
                             "a name of its own");
      }
      const FixtureTraits traits = TraitsOf(fixture);
      if (traits.kind == WireKind::kStimulus && !(traits.low_v < traits.high_v)) {
        const char* driver = traits.is_virtual ? ".virtual_dac" : ".card_dac";
        return where_.Refuse(path + driver + ".high", "the range is empty", "high above low");
      }
      RIG_TRY(CheckHealthKeys(fixture, path));
      if (!fixture.has_calibration()) continue;
      RIG_TRY(CheckCalibrationDays(fixture.calibration(), path + ".calibration"));
      RIG_TRY(CheckCalibrated(fixture, path + ".calibration"));
    }
    return {};
  }

 private:
  // What is asked for and never measured would never be found wanting.
  Status CheckHealthKeys(const v1::Fixture& fixture, const std::string& path) const {
    const auto& required = fixture.health().required();
    for (int k = 0; k < required.size(); ++k) {
      const auto* limit = v1::HealthLimits::descriptor()->FindFieldByName(required[k]);
      if (limit != nullptr && !limit->is_repeated()) continue;
      return where_.Refuse(
          fmt::format("{}.health.required[{}]", path, k), fmt::format("\"{}\"", required[k]),
          OneOf(required[k],
                {"loop_back", "noise", "drift", "edge_time", "clock_offset", "latency"}));
    }
    const std::string& expected = fixture.expect().serial();
    const std::string& calibrated = fixture.calibration().serial();
    if (!expected.empty() && !calibrated.empty() && expected != calibrated) {
      return where_.Refuse(path + ".expect.serial",
                           fmt::format("serial {}, calibrated is {}", expected, calibrated),
                           "one fixture");
    }
    if (fixture.virtual_serial_number().empty() || TraitsOf(fixture).is_virtual) return {};
    return where_.Refuse(path + ".virtual_serial_number", "a serial number for a real fixture",
                         "expect: {serial: …}");
  }

  // What the certificate leaves out would count as exact.
  Status CheckCalibrated(const v1::Fixture& fixture, const std::string& path) const {
    const v1::Calibration& calibration = fixture.calibration();
    const WireKind kind = TraitsOf(fixture).kind;
    const bool has_values =
        kind == WireKind::kSupply || kind == WireKind::kStimulus || kind == WireKind::kMeasurement;
    if (has_values && !(calibration.uncertainty() > 0)) {
      return where_.Refuse(path, "no uncertainty", "the certificate's, such as uncertainty: 1 mV");
    }
    if (kind == WireKind::kCapture && calibration.time_resolution() == 0) {
      return where_.Refuse(path, "no time_resolution",
                           "that of its time stamps, such as time_resolution: 1 us");
    }
    return {};
  }

  Status CheckCalibrationDays(const v1::Calibration& calibration, const std::string& path) const {
    if (calibration.serial().empty()) {
      return where_.Refuse(path, "missing key \"serial\"", "it to be given, or file");
    }
    for (const auto& [key, day] :
         {std::pair(".date", calibration.date()), std::pair(".due", calibration.due())}) {
      if (IsDay(day)) continue;
      return where_.Refuse(path + key, fmt::format("\"{}\" is not a day", day),
                           "a day, such as 2024-05-31");
    }
    const bool in_order = calibration.date() < calibration.due();
    if (!in_order) {
      return where_.Refuse(path + ".due", "due before it was calibrated", "a day after `date`");
    }
    return {};
  }

  const v1::Bench& bench_;
  const SourceMap& where_;
};

}  // namespace

Status CheckFixtures(const v1::Bench& bench, const SourceMap& where) {
  return FixtureChecks(bench, where).Do();
}

}  // namespace rig

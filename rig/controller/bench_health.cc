#include "rig/controller/bench_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "fixtures/catalogue.h"
#include "rig/base/calendar.h"
#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/bench/calibration.h"
#include "rig/controller/perform.h"
#include "rig/record/record.h"

namespace rig {
namespace {

struct Limit {
  std::string_view name;  // as in HealthLimits
  double limit;
  std::string_view unit;
};

Limit LimitOf(HealthQuantity quantity, const v1::HealthLimits& limits) {
  switch (quantity) {
    case HealthQuantity::kLoopBack:
      return {"loop_back", limits.loop_back(), "V"};
    case HealthQuantity::kNoise:
      return {"noise", limits.noise(), "V"};
    case HealthQuantity::kDrift:
      return {"drift", limits.drift(), "V"};
    case HealthQuantity::kEdgeTime:
      return {"edge_time", limits.edge_time(), "s"};
    case HealthQuantity::kClockOffset:
      return {"clock_offset", limits.clock_offset(), "1"};
    case HealthQuantity::kLatency:
      return {"latency", limits.latency(), "s"};
  }
  return {"unknown", 0, ""};
}

std::string Show(double value, std::string_view unit) {
  return unit == "1" ? fmt::format("{:.3g} ppm", value * 1e6) : Display(value, unit);
}

// The serial number a fixture must have; empty: any.
const std::string& ExpectedSerial(const v1::Fixture& fixture) {
  const std::string& expected = fixture.expect().serial();
  return expected.empty() ? fixture.calibration().serial() : expected;
}

void CopyIdentity(const FixtureIdentity& identity, v1::FixtureSeen& seen) {
  seen.set_maker(identity.maker);
  seen.set_model(identity.model);
  seen.set_serial(identity.serial);
  seen.set_firmware(identity.firmware);
}

std::string Show(const v1::FixtureSeen& seen) {
  return fmt::format("{} {} (serial {}, firmware {})", seen.maker(), seen.model(),
                     seen.serial().empty() ? "not told" : seen.serial(),
                     seen.firmware().empty() ? "not told" : seen.firmware());
}

class HealthCheck {
 public:
  HealthCheck(const LoadedBench& bench, Equipment& equipment, const std::string& now)
      : bench_(bench), equipment_(equipment), today_(LatestDay(now)) {}

  void Do(v1::BenchHealth& health) {
    health_ = &health;
    for (int i = 0; i < bench_.message.fixtures_size(); ++i) {
      fixture_ = &bench_.message.fixtures(i);
      CheckIdentity();
      CheckCalibrated();
      CheckItself();
    }
    const Status newest = CheckCalibration(bench_, today_);
    if (newest || told_) return;
    Refuse("bench", "calibration", newest.error().message, "the latest, in date",
           "name the latest calibration in the bench file");
  }

 private:
  v1::HealthFinding& Add(const std::string& what, const std::string& measured,
                         const std::string& expected) {
    v1::HealthFinding& finding = *health_->add_findings();
    finding.set_fixture(fixture_->name());
    finding.set_what(what);
    finding.set_measured(measured);
    finding.set_expected(expected);
    finding.set_verdict(v1::PASS);
    return finding;
  }

  void Refuse(const std::string& fixture, const std::string& what, const std::string& measured,
              const std::string& expected, const std::string& remedy) {
    v1::HealthFinding& finding = Add(what, measured, expected);
    finding.set_fixture(fixture);
    finding.set_verdict(v1::ERROR);
    finding.set_remedy(remedy);
  }

  // A text the fixture says against the one the bench file has, if it has one.
  void Compare(const std::string& what, const std::string& said, const std::string& expected,
               const std::string& remedy) {
    if (said.empty() && expected.empty()) return;
    const std::string measured = said.empty() ? "does not tell" : said;
    if (expected.empty() || said == expected) {
      Add(what, measured, expected.empty() ? "any" : expected);
    } else {
      Refuse(fixture_->name(), what, measured, expected, remedy);
    }
  }

  void CheckIdentity() {
    const auto identity = equipment_.Identify(fixture_->name());
    v1::FixtureSeen& seen = *health_->add_fixtures();
    seen.set_fixture(fixture_->name());
    if (IsNotAsked(*fixture_, identity)) {
      const bool expects =
          fixture_->expect().ByteSizeLong() > 0 || !ExpectedSerial(*fixture_).empty();
      const std::string remedy = "take `expect` off: its work is checked instead";
      if (expects) Refuse(fixture_->name(), "identity", kNotAsked, "as in the bench file", remedy);
      if (!expects) Add("identity", kNotAsked, "nothing");
      return;
    }
    if (!identity) {
      Refuse(fixture_->name(), "identity", identity.error().message, "an answer",
             "see `rig fixtures probe`");
      return;
    }
    CopyIdentity(*identity, seen);
    const v1::ExpectedIdentity& expect = fixture_->expect();
    const std::string swapped =
        "another fixture is plugged in: put the right one back, or "
        "change the bench file and calibrate";
    Compare("maker", identity->maker, expect.maker(), swapped);
    Compare("model", identity->model, expect.model(), swapped);
    Compare("serial", identity->serial, ExpectedSerial(*fixture_), swapped);
    Compare("firmware", identity->firmware, expect.firmware(),
            "put the expected firmware on the fixture, or change the bench file after a review");
  }

  void CheckCalibrated() {
    const std::string calibrate =
        fmt::format("rig calibrate {} {}, or a certificate of today in the bench file",
                    bench_.path.string(), fixture_->name());
    if (fixture_->has_calibration()) {
      const v1::Calibration& calibration = fixture_->calibration();
      const bool in_date = calibration.date() <= today_ && today_ <= calibration.due();
      const std::string due =
          fmt::format("of {}, due on {}", calibration.date(), calibration.due());
      told_ = told_ || !in_date;
      if (in_date) {
        Add("calibration", due, "in date");
      } else {
        Refuse(fixture_->name(), "calibration", due, "in date on " + today_, calibrate);
      }
      return;
    }
    const FixtureTraits traits = TraitsOf(*fixture_);
    if (NeedsCalibration(traits)) {
      told_ = true;
      Refuse(fixture_->name(), "calibration", "none: how true it is nobody knows", "in date",
             calibrate);
    } else if (traits.is_virtual && traits.step_v > 0) {
      Add("calibration", "none: a model", "none needed");
    }
  }

  void CheckItself() {
    const auto measured = equipment_.SelfTest(fixture_->name());
    if (!measured) {
      Refuse(fixture_->name(), "self-test", measured.error().message, "an answer",
             "see `rig fixtures probe`");
      return;
    }
    for (const FixtureMeasurement& one : *measured) CheckMeasured(one);
    for (const std::string& name : fixture_->health().required()) {
      bool found = false;
      for (const FixtureMeasurement& one : *measured) {
        found = found || LimitOf(one.quantity, fixture_->health()).name == name;
      }
      if (found) continue;
      Refuse(fixture_->name(), name, "not measured", "measured",
             "this fixture cannot measure it: wire its loop-back, or take it off `required`");
    }
  }

  void CheckMeasured(const FixtureMeasurement& one) {
    const Limit limit = LimitOf(one.quantity, fixture_->health());
    v1::HealthFinding& finding = Add(std::string(limit.name), Show(one.value, limit.unit),
                                     "at most " + Show(limit.limit, limit.unit));
    finding.set_known(true);
    finding.set_value(one.value);
    finding.set_limit(limit.limit);
    finding.set_unit(std::string(limit.unit));
    finding.set_how(one.how);
    const bool good = std::fabs(one.value) <= limit.limit;
    if (good) return;
    finding.set_verdict(v1::ERROR);
    finding.set_remedy("check cables and loop-back, then calibrate or replace the fixture");
  }

  const LoadedBench& bench_;
  Equipment& equipment_;
  const std::string today_;
  v1::BenchHealth* health_ = nullptr;
  const v1::Fixture* fixture_ = nullptr;
  bool told_ = false;  // of a calibration that is none
};

}  // namespace

bool IsNotAsked(const v1::Fixture& fixture, const Result<FixtureIdentity>& identity) {
  const bool is_loader = TraitsOf(fixture).kind == WireKind::kNone && !fixture.has_card();
  return is_loader && !identity && identity.error().code == Code::kUnimplemented;
}

v1::Verdict WorstFinding(const v1::BenchHealth& health) {
  v1::Verdict worst = health.findings().empty() ? v1::ERROR : v1::PASS;
  for (const v1::HealthFinding& finding : health.findings()) {
    worst = Worst(worst, finding.verdict());
  }
  return worst;
}

v1::BenchHealth CheckHealth(const LoadedBench& bench, Equipment& equipment,
                            const std::string& now) {
  const auto start = std::chrono::steady_clock::now();
  v1::BenchHealth health;
  health.set_bench(bench.message.bench());
  health.set_bench_sha256(bench.sha256);
  health.set_checked(now);
  HealthCheck(bench, equipment, now).Do(health);
  health.set_verdict(WorstFinding(health));
  health.set_took_s(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return health;
}

Result<v1::BenchHealth> CheckHealthOf(const LoadedBench& bench) {
  RIG_TRY_ASSIGN(auto equipment, OpenEquipment(bench.message, bench.where, 0));
  return CheckHealth(bench, *equipment, NowUtc());
}

bool StillCounts(const v1::BenchHealth& health, const LoadedBench& bench, const std::string& now) {
  const auto then = SecondsOf(health.checked());
  const auto at = SecondsOf(now);
  // A clock that was set back makes ages unknown.
  if (!then || !at || *at < *then) return false;
  const double age_ns = 1e9 * static_cast<double>(*at - *then);
  return health.bench_sha256() == bench.sha256 &&
         age_ns <= static_cast<double>(bench.message.health_valid_for());
}

Status JudgeHealth(const v1::BenchHealth& health, const LoadedBench& bench) {
  if (health.verdict() == v1::PASS && WorstFinding(health) == v1::PASS) return {};
  std::string first = "nothing was found out about it";
  for (const v1::HealthFinding& finding : health.findings()) {
    if (finding.verdict() == v1::PASS) continue;
    first = fmt::format("fixture {}: {}: {}, expected {}: {}", finding.fixture(), finding.what(),
                        finding.measured(), finding.expected(), finding.remedy());
    break;
  }
  return MakeError(Code::kFailedPrecondition,
                   fmt::format("bench {} is not fit to run: {} (all of it: rig bench check --bench "
                               "{})",
                               bench.message.bench(), first, bench.path.string()));
}

Result<std::string> StoreHealth(const std::string& evidence, const v1::BenchHealth& health) {
  return StoreObject(evidence, ToJson(health));
}

Result<v1::BenchHealth> LoadHealth(const std::string& evidence, const std::string& sha256) {
  const std::string file = ObjectPath(evidence, sha256).string();
  const auto bytes = ReadFile(file);
  if (!bytes) {
    return MakeError(bytes.error().code,
                     fmt::format("the bench's health {}: {}; expected the "
                                 "record that was made when the run was planned",
                                 sha256, bytes.error().message));
  }
  if (Sha256Hex(*bytes) != sha256) {
    return MakeError(Code::kDataLoss, file + ": is not the bench's health that was stored there");
  }
  v1::BenchHealth health;
  RIG_TRY(FromJson(*bytes, health, file));
  return health;
}

Status EstablishHealth(const v1::RunOrder& order, const LoadedBench& bench, const std::string& now,
                       v1::RunHealth& reference) {
  v1::BenchHealth health;
  bool shared = false;
  if (!order.health().empty()) {
    RIG_TRY_ASSIGN(health, LoadHealth(order.evidence(), order.health()));
    shared = StillCounts(health, bench, now);
  }
  if (shared) {
    reference.set_sha256(order.health());
  } else {
    RIG_TRY_ASSIGN(auto equipment, OpenEquipment(bench.message, bench.where, 0));
    health = CheckHealth(bench, *equipment, now);
    RIG_TRY_ASSIGN(*reference.mutable_sha256(), StoreHealth(order.evidence(), health));
    *reference.mutable_findings() = health.findings();
  }
  reference.set_shared(shared);
  reference.set_checked(health.checked());
  reference.set_verdict(health.verdict());
  *reference.mutable_fixtures() = health.fixtures();
  RIG_TRY(JudgeHealth(health, bench));
  // Days pass between a health that counts and a run.
  return CheckCalibration(bench, LatestDay(now));
}

Status CheckStillThere(const LoadedBench& bench, Equipment& equipment,
                       const v1::RunHealth& health) {
  for (const v1::Fixture& fixture : bench.message.fixtures()) {
    v1::FixtureSeen now;
    now.set_fixture(fixture.name());
    const auto identity = equipment.Identify(fixture.name());
    if (!identity && !IsNotAsked(fixture, identity)) {
      return WithContext(identity.error(), "fixture " + fixture.name());
    }
    if (identity) CopyIdentity(*identity, now);
    const auto then =
        std::find_if(health.fixtures().begin(), health.fixtures().end(),
                     [&](const v1::FixtureSeen& seen) { return seen.fixture() == now.fixture(); });
    const bool is_seen = then != health.fixtures().end();
    if (!is_seen || now.SerializeAsString() != then->SerializeAsString()) {
      return MakeError(
          Code::kFailedPrecondition,
          fmt::format("fixture {}: {} is there now; expected {}, as the bench's "
                      "health of {} says: check its address and cables",
                      fixture.name(), Show(now), is_seen ? Show(*then) : "none", health.checked()));
    }
    const std::string& serial = ExpectedSerial(fixture);
    if (!identity || serial.empty() || serial == now.serial()) continue;
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("fixture {}: serial {}; expected the calibrated one, {}",
                                 fixture.name(), now.serial(), serial));
  }
  return {};
}

}  // namespace rig

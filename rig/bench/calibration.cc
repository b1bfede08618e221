#include "rig/bench/calibration.h"

#include <fmt/format.h>

#include <algorithm>

#include "rig/base/digest.h"
#include "rig/base/units.h"
#include "rig/calibration/record_file.h"

namespace rig {
namespace {

class CorrectedSupply final : public PowerSupply {
 public:
  CorrectedSupply(PowerSupply& supply, const Correction& output, const Correction& read_back)
      : supply_(supply), output_(output), read_back_(read_back) {}

  Result<double> SetVoltage(double volts) override {
    RIG_TRY_ASSIGN(const double set, supply_.SetVoltage(SetPoint(volts)));
    return Told(volts, set);
  }
  Result<double> Ramp(double volts, Duration over) override {
    RIG_TRY_ASSIGN(const double set, supply_.Ramp(SetPoint(volts), over));
    return Told(volts, set);
  }
  Status Cut() override { return supply_.Cut(); }
  Result<double> Measure() override {
    RIG_TRY_ASSIGN(const double read, supply_.Measure());
    return read_back_.offset_v + read_back_.gain * read;
  }
  Result<double> MeasureCurrent() override { return supply_.MeasureCurrent(); }

 private:
  // 0 V is off, whatever the offset. What is no number stays so, and is refused.
  double SetPoint(double volts) const {
    if (volts == 0) return 0;
    const double set = (volts - output_.offset_v) / output_.gain;
    return set < 0 && volts >= 0 ? 0 : set;
  }
  double Told(double asked, double set) const {
    return asked == 0 && set == 0 ? 0 : output_.offset_v + output_.gain * set;
  }

  PowerSupply& supply_;
  Correction output_;
  Correction read_back_;
};

Status CheckWired(const LoadedBench& bench, const v1::Fixture& fixture, const std::string& path) {
  for (const v1::Wire& wire : bench.message.wiring()) {
    if (wire.fixture() != fixture.name()) continue;
    const v1::CalibratedChannel* known =
        FindCalibrated(fixture, wire.channel(), v1::CalibratedChannel::OUTPUT);
    if (known == nullptr) {
      return bench.where.Refuse(path + ".file",
                                fmt::format("channel {} of {} (signal {}) was not calibrated",
                                            wire.channel(), fixture.name(), wire.signal()),
                                "a calibration of every channel that is wired");
    }
    const VoltRange asked = AskedRange(fixture, wire);
    if (Covers({known->low(), known->high()}, asked, fixture)) continue;
    return bench.where.Refuse(
        path + ".file",
        fmt::format("channel {} of {} (signal {}) was calibrated from {} to {}", wire.channel(),
                    fixture.name(), wire.signal(), Display(known->low(), "V"),
                    Display(known->high(), "V")),
        fmt::format("all it may be asked for: {} to {}", Display(asked.low_v, "V"),
                    Display(asked.high_v, "V")));
  }
  return {};
}

Status LoadInto(LoadedBench& bench, v1::Fixture& fixture, const std::string& path) {
  v1::Calibration& calibration = *fixture.mutable_calibration();
  const bool alone = calibration.date().empty() && calibration.due().empty() &&
                     calibration.serial().empty() && calibration.uncertainty() == 0 &&
                     calibration.drift() == 0;
  if (!alone) {
    return bench.where.Refuse(path, "date, due, serial, uncertainty or drift beside file",
                              "those of the file alone");
  }
  const std::filesystem::path file =
      (bench.path.parent_path() / calibration.file()).lexically_normal();
  auto record = LoadCalibration(file);
  if (!record) return WithContext(record.error(), bench.where.At(path + ".file"));
  if (record->fixture() != fixture.name()) {
    return bench.where.Refuse(path + ".file",
                              fmt::format("a calibration of fixture {}", record->fixture()),
                              "one of " + fixture.name());
  }
  RIG_TRY_ASSIGN(const std::string sha256, Sha256OfFile(file));
  if (!calibration.sha256().empty() && calibration.sha256() != sha256) {
    return bench.where.Refuse(path + ".sha256", "a file with SHA-256 " + sha256,
                              calibration.sha256());
  }
  calibration.set_sha256(sha256);
  calibration.set_date(record->date());
  calibration.set_due(record->due());
  calibration.set_serial(record->serial());
  calibration.set_drift(record->drift());
  *calibration.mutable_channels() = record->channels();
  double worst = 0;
  for (const v1::CalibratedChannel& channel : record->channels()) {
    worst = std::max(worst, channel.uncertainty());
  }
  calibration.set_uncertainty(worst);
  return CheckWired(bench, fixture, path);
}

}  // namespace

Status LoadCalibrations(LoadedBench& bench) {
  for (int i = 0; i < bench.message.fixtures_size(); ++i) {
    v1::Fixture& fixture = *bench.message.mutable_fixtures(i);
    if (!fixture.has_calibration()) continue;
    const std::string path = fmt::format("fixtures[{}].calibration", i);
    if (fixture.calibration().channels_size() > 0) {
      return bench.where.Refuse(path + ".channels", "corrections without their calibration",
                                "file: a calibration made by `rig calibrate`");
    }
    if (!fixture.calibration().file().empty()) {
      RIG_TRY(LoadInto(bench, fixture, path));
    } else if (!fixture.calibration().sha256().empty()) {
      return bench.where.Refuse(path + ".sha256", "a digest without a file", "file beside it");
    }
  }
  return {};
}

VoltRange AskedRange(const v1::Fixture& fixture, const v1::Wire& wire) {
  if (wire.has_pin_range()) return {wire.pin_range().low(), wire.pin_range().high()};
  const FixtureTraits traits = TraitsOf(fixture);
  return {traits.low_v, traits.high_v};
}

bool Covers(const VoltRange& calibrated, const VoltRange& asked, const v1::Fixture& fixture) {
  // A converter's highest code is a step below its range's end.
  const double step = TraitsOf(fixture).step_v * (1 + 1e-9);
  return calibrated.low_v <= asked.low_v + step && calibrated.high_v >= asked.high_v - step;
}

const v1::CalibratedChannel* FindCalibrated(const v1::Fixture& fixture, std::uint32_t channel,
                                            v1::CalibratedChannel::Quantity quantity) {
  for (const v1::CalibratedChannel& known : fixture.calibration().channels()) {
    if (known.channel() == channel && known.quantity() == quantity) return &known;
  }
  return nullptr;
}

Correction CorrectionOf(const v1::Fixture& fixture, std::uint32_t channel,
                        v1::CalibratedChannel::Quantity quantity) {
  const v1::CalibratedChannel* known = FindCalibrated(fixture, channel, quantity);
  return known == nullptr ? Correction{} : Correction{known->gain(), known->offset()};
}

std::unique_ptr<PowerSupply> MakeCorrected(PowerSupply& supply, const Correction& output,
                                           const Correction& read_back) {
  return std::make_unique<CorrectedSupply>(supply, output, read_back);
}

}  // namespace rig

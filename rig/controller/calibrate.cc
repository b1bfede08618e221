#include "rig/controller/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "rig/base/calendar.h"
#include "rig/base/units.h"
#include "rig/bench/calibration.h"
#include "rig/calibration/fit.h"
#include "rig/capability/board_limits.h"

namespace rig {
namespace {

using Calibrated = v1::CalibratedChannel;

// Farther than this part of the range from what the fixture says, a reading is a slip.
constexpr double kPlausiblePart = 0.02;
constexpr double kPlausibleVolts = 10e-3;

class Calibration {
 public:
  Calibration(const LoadedBench& bench, Equipment& equipment, const CalibrationRequest& request,
              const ReadMeter& meter)
      : bench_(bench), equipment_(equipment), request_(request), meter_(meter) {}

  Result<v1::CalibrationRecord> Do(const std::string& now) {
    RIG_TRY(Find());
    RIG_TRY(Describe(now));
    RIG_TRY(ChooseRange());
    RIG_TRY_ASSIGN(BoundBench bound, BindBench(bench_, equipment_));
    const Status measured = MeasureAll();
    const Status safe = EnterSafeState(bench_.message, bound, Later());
    RIG_TRY(measured);
    RIG_TRY(safe);
    RIG_TRY(Fit());
    Judge();
    return record_;
  }

 private:
  tl::unexpected<Error> Refuse(const std::string& what) const {
    return MakeError(Code::kInvalidArgument, fmt::format("fixture {}: {}", request_.fixture, what));
  }

  Status Find() {
    for (const v1::Fixture& fixture : bench_.message.fixtures()) {
      if (fixture.name() == request_.fixture) fixture_ = &fixture;
    }
    if (fixture_ == nullptr) {
      return Refuse(fmt::format("not on {}; expected one of its fixtures", bench_.path.string()));
    }
    supply_ = equipment_.FindSupply(request_.fixture);
    injector_ = equipment_.FindInjector(request_.fixture);
    for (const v1::Wire& wire : bench_.message.wiring()) {
      if (wire.fixture() == request_.fixture) channels_.push_back(wire.channel());
    }
    std::sort(channels_.begin(), channels_.end());
    if (supply_ == nullptr && injector_ == nullptr) {
      return Refuse("has no volts to calibrate; expected a supply or an injector");
    }
    if (channels_.empty()) return Refuse("no channel is wired; expected one at least");
    return {};
  }

  Status Describe(const std::string& now) {
    const std::string today = LatestDay(now);
    RIG_TRY_ASSIGN(const FixtureIdentity identity, equipment_.Identify(request_.fixture));
    if (identity.serial.empty()) {
      return Refuse(
          "does not tell its serial number; expected one: a calibration is of one "
          "instrument");
    }
    for (const auto& [what, day] :
         {std::pair("reference's own calibration", &request_.reference.due()),
          std::pair("calibration", &request_.due)}) {
      if (IsDay(*day)) continue;
      return Refuse(
          fmt::format("the {} is due on \"{}\"; expected a day, such as 2024-05-31", what, *day));
    }
    if (request_.reference.due() < today) {
      return Refuse(
          fmt::format("the reference's own calibration was due on {}, today is {}; "
                      "expected one in date",
                      request_.reference.due(), today));
    }
    const bool states = request_.reference.uncertainty() > 0;
    if (!states) return Refuse("the reference's uncertainty is not above 0 V");
    if (!(request_.due > today)) return Refuse("due " + request_.due + "; expected a later day");
    const double limit = Limit();
    if (!(limit > 0)) {
      return Refuse(
          "no limit of the errors as found, and no calibration in use that claims one; "
          "expected --limit");
    }
    record_.set_bench(bench_.message.bench());
    record_.set_fixture(request_.fixture);
    record_.set_maker(identity.maker);
    record_.set_model(identity.model);
    record_.set_serial(identity.serial);
    record_.set_firmware(identity.firmware);
    record_.set_date(today);
    record_.set_due(request_.due);
    record_.set_made(now);
    record_.set_made_by(request_.made_by);
    *record_.mutable_reference() = request_.reference;
    record_.set_limit(limit);
    record_.set_drift(request_.drift_v < 0 ? limit : request_.drift_v);
    record_.set_earlier(fixture_->calibration().file());
    return {};
  }

  // Of the errors as found. Verdicts rest on what the calibration in use claims, of that channel of
  // which it claims least: a wider wish does not make them good.
  double Limit() const {
    const v1::Calibration& in_use = fixture_->calibration();
    double claimed = in_use.uncertainty();
    for (const Calibrated& channel : in_use.channels()) {
      claimed = std::min(claimed, channel.uncertainty());
    }
    claimed += in_use.drift();
    if (!(claimed > 0)) return request_.limit_v;
    return request_.limit_v == 0 ? claimed : std::min(claimed, request_.limit_v);
  }

  Status ChooseRange() {
    low_ = request_.low_v;
    high_ = request_.high_v;
    if (!(low_ < high_)) {
      const FixtureTraits traits = TraitsOf(*fixture_);
      low_ = injector_ != nullptr ? injector_->limits().low_v : traits.low_v;
      high_ = injector_ != nullptr ? injector_->limits().high_v : traits.high_v;
    }
    RIG_TRY(CheckUse());
    const double safe_low = supply_ != nullptr ? 0 : -kUnpoweredPinV;
    const double safe_high = supply_ != nullptr ? SupplyOf(bench_.message.board()) : kUnpoweredPinV;
    const bool safe = low_ >= safe_low && high_ <= safe_high;
    if (safe || request_.board_removed) return {};
    return Refuse(fmt::format(
        "{} to {} on a board that is connected; expected {} to {}, or the "
        "board taken off its wires and --board-removed",
        Display(low_, "V"), Display(high_, "V"), Display(safe_low, "V"), Display(safe_high, "V")));
  }

  // A part of what runs use would be found good, and the rest with it.
  Status CheckUse() const {
    for (const v1::Wire& wire : bench_.message.wiring()) {
      if (wire.fixture() != request_.fixture) continue;
      const VoltRange asked = AskedRange(*fixture_, wire);
      if (Covers({low_, high_}, asked, *fixture_)) continue;
      return Refuse(fmt::format(
          "{} to {}; expected all that channel {} (signal {}) may be asked for, {} to {}",
          Display(low_, "V"), Display(high_, "V"), wire.channel(), wire.signal(),
          Display(asked.low_v, "V"), Display(asked.high_v, "V")));
    }
    return {};
  }

  // When the bench can do something next: a real one goes on while people read their meter.
  RunTime Later() const { return equipment_.clock().Now() + equipment_.clock().lead(); }

  // What the fixture says it puts out.
  Result<double> Set(std::uint32_t channel, double volts) {
    if (supply_ != nullptr) return supply_->SetVoltage(volts);
    const Duration period = injector_->limits().period;
    const std::int64_t update = (Nanoseconds(Later()) + period.count() - 1) / period.count();
    double actual = 0;
    RIG_TRY_ASSIGN(const std::size_t clipped,
                   injector_->Write(channel, RunTime(update * period), std::span(&volts, 1),
                                    std::span(&actual, 1)));
    if (clipped > 0) return Refuse(Display(volts, "V") + " is outside of its range");
    RIG_TRY(equipment_.clock().AdvanceTo(RunTime((update + 1) * period)));
    return actual;
  }

  // The smallest first, so that a wrong wire shows before it hurts.
  std::vector<double> Levels() const {
    std::vector<double> levels;
    levels.reserve(request_.levels);
    for (std::uint32_t i = 0; i < request_.levels; ++i) {
      const double part = static_cast<double>(i) / std::max(1.0, request_.levels - 1.0);
      levels.push_back(low_ + part * (high_ - low_));
    }
    std::stable_sort(levels.begin(), levels.end(),
                     [](double a, double b) { return std::fabs(a) < std::fabs(b); });
    return levels;
  }

  Status MeasureAll() {
    const std::vector<double> levels = Levels();
    MeterReading wanted{};
    wanted.all = static_cast<std::uint32_t>(channels_.size() * levels.size()) * request_.repeats;
    wanted.plausible_v = kPlausibleVolts + kPlausiblePart * (high_ - low_);
    for (const std::uint32_t channel : channels_) {
      for (const double level : levels) {
        RIG_TRY_ASSIGN(wanted.fixture_v, Set(channel, level));
        wanted.channel = channel;
        wanted.asked_v = level;
        RIG_TRY(MeasureLevel(wanted));
      }
      // Not left at its highest while another channel is read.
      RIG_TRY(Set(channel, std::clamp(0.0, low_, high_)));
    }
    return {};
  }

  Status MeasureLevel(MeterReading& wanted) {
    for (wanted.repeat = 1; wanted.repeat <= request_.repeats; ++wanted.repeat) {
      ++wanted.done;
      RIG_TRY_ASSIGN(const double volts, meter_(wanted));
      if (!IsPlausible(wanted, volts)) {
        return Refuse(fmt::format("{} read at {}; expected it within {}", Display(volts, "V", 6),
                                  Display(wanted.fixture_v, "V", 6),
                                  Display(wanted.plausible_v, "V")));
      }
      AddReading(Calibrated::OUTPUT, wanted, wanted.fixture_v, volts);
      if (supply_ == nullptr) continue;
      RIG_TRY_ASSIGN(const double read, supply_->Measure());
      AddReading(Calibrated::READ_BACK, wanted, read, volts);
    }
    return {};
  }

  void AddReading(Calibrated::Quantity quantity, const MeterReading& wanted, double fixture_v,
                  double reference_v) {
    v1::CalibrationReading& reading = *record_.add_readings();
    reading.set_channel(wanted.channel);
    reading.set_quantity(quantity);
    reading.set_asked(wanted.asked_v);
    reading.set_fixture(fixture_v);
    reading.set_reference(reference_v);
  }

  std::vector<CalibrationPoint> PointsOf(std::uint32_t channel,
                                         Calibrated::Quantity quantity) const {
    // A read-back may differ from one reading to the next at the same level.
    std::map<double, CalibrationPoint> points;
    std::map<double, double> sums;
    for (const v1::CalibrationReading& reading : record_.readings()) {
      if (reading.channel() != channel || reading.quantity() != quantity) continue;
      CalibrationPoint& point = points[reading.asked()];
      point.reference_v.push_back(reading.reference());
      sums[reading.asked()] += reading.fixture();
      point.fixture_v = sums[reading.asked()] / static_cast<double>(point.reference_v.size());
    }
    std::vector<CalibrationPoint> list;
    list.reserve(points.size());
    for (auto& [asked, point] : points) list.push_back(std::move(point));
    return list;
  }

  Status Fit() {
    const ReadingQuality quality{.reference_uncertainty_v = request_.reference.uncertainty(),
                                 .reference_resolution_v = request_.reference.resolution(),
                                 .fixture_resolution_v = TraitsOf(*fixture_).step_v};
    for (const std::uint32_t channel : channels_) {
      for (const auto quantity : {Calibrated::OUTPUT, Calibrated::READ_BACK}) {
        if (quantity == Calibrated::READ_BACK && supply_ == nullptr) continue;
        auto fitted = FitChannel(PointsOf(channel, quantity), quality,
                                 CorrectionOf(*fixture_, channel, quantity));
        if (!fitted) {
          return WithContext(fitted.error(),
                             fmt::format("fixture {}, channel {}", request_.fixture, channel));
        }
        fitted->set_channel(channel);
        fitted->set_quantity(quantity);
        *record_.add_channels() = *fitted;
      }
    }
    return {};
  }

  void Judge() {
    auto found = v1::CalibrationRecord::WITHIN_LIMIT;
    for (const v1::CalibratedChannel& channel : record_.channels()) {
      const double limit = record_.limit();
      const bool within = channel.as_found() + channel.uncertainty() <= limit;
      if (within) continue;
      const bool beyond = !(channel.as_found() - channel.uncertainty() <= limit);
      if (beyond) found = v1::CalibrationRecord::OUT_OF_LIMIT;
      if (!beyond && found == v1::CalibrationRecord::WITHIN_LIMIT) {
        found = v1::CalibrationRecord::NOT_DECIDED;
      }
    }
    record_.set_found(found);
  }

  const LoadedBench& bench_;
  Equipment& equipment_;
  const CalibrationRequest& request_;
  const ReadMeter& meter_;
  const v1::Fixture* fixture_ = nullptr;
  PowerSupply* supply_ = nullptr;
  SampleInjector* injector_ = nullptr;
  std::vector<std::uint32_t> channels_;
  double low_ = 0;
  double high_ = 0;
  v1::CalibrationRecord record_;
};

}  // namespace

bool IsPlausible(const MeterReading& wanted, double volts) {
  return std::fabs(volts - wanted.fixture_v) <= wanted.plausible_v;
}

Result<v1::CalibrationRecord> Calibrate(const LoadedBench& bench, Equipment& equipment,
                                        const CalibrationRequest& request, const ReadMeter& meter,
                                        const std::string& now) {
  return Calibration(bench, equipment, request, meter).Do(now);
}

}  // namespace rig

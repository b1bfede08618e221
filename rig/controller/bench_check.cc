#include "rig/controller/bench_check.h"

#include <fmt/format.h>

#include <cmath>

#include "fixtures/catalogue.h"
#include "fixtures/console/console.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/controller/bench_health.h"
#include "rig/controller/prepare.h"

namespace rig {
namespace {

// Supplies are tried at what every board here runs on.
constexpr double kBoardSupply = 5.0;
constexpr double kSupplyTolerance = 0.05;

class BenchCheck {
 public:
  BenchCheck(const LoadedBench& bench, BoundBench& bound, const std::optional<FirmwareImage>& image,
             v1::BenchHealth& health)
      : bench_(bench), bound_(bound), image_(image), health_(health) {}

  void Do() {
    CheckLoader();
    CheckInjectors();
    CheckSupplies();
    CheckBoard();
    const Status safe = EnterSafeState(bench_.message, bound_, now_);
    Add("bench", "safe state", safe ? "reached" : safe.error().message, "reached",
        safe.has_value());
  }

 private:
  void Add(std::string fixture, std::string what, std::string measured, std::string expected,
           bool good) {
    v1::HealthFinding& finding = *health_.add_findings();
    finding.set_fixture(std::move(fixture));
    finding.set_what(std::move(what));
    finding.set_measured(std::move(measured));
    finding.set_expected(std::move(expected));
    finding.set_verdict(good ? v1::PASS : v1::ERROR);
  }

  void CheckSupplies() {
    for (const SupplyPort& port : bound_.supplies) {
      const auto set = port.supply->SetVoltage(kBoardSupply);
      const auto measured = port.supply->Measure();
      const bool good = set && measured && std::fabs(*measured - kBoardSupply) <= kSupplyTolerance;
      Add(port.signal, "supply", measured ? Display(*measured, "V") : measured.error().message,
          fmt::format("{} ± {}", Display(kBoardSupply, "V"), Display(kSupplyTolerance, "V")), good);
    }
  }

  void CheckInjectors() {
    for (const StimulusPort& port : bound_.stimuli) {
      const InjectorLimits limits = port.injector->limits();
      const double asked[] = {limits.low_v, (limits.low_v + limits.high_v) / 2, limits.high_v};
      double actual[3] = {};
      const auto clipped = port.injector->Write(port.channel, now_, asked, actual);
      double worst = clipped ? 0 : std::nan("");
      for (int i = 0; clipped && i < 3; ++i)
        worst = std::max(worst, std::fabs(actual[i] - asked[i]));
      Add(port.signal, "injection error", clipped ? Display(worst, "V") : clipped.error().message,
          "at most " + Display(limits.resolution_v, "V"), worst <= limits.resolution_v);
    }
  }

  void CheckLoader() {
    if (!image_) return;
    const Status programmed = bound_.loader->Program(image_->flash);
    const auto read_back = bound_.loader->ReadBack(image_->flash.size());
    const bool equal = programmed && read_back && *read_back == image_->flash;
    Add("loader", "read back", equal ? "equal" : "different", "equal", equal);
  }

  void CheckBoard() {
    if (!image_) {
      Add("board", "identity", "no firmware image", bench_.message.board().firmware(), false);
      return;
    }
    ConsoleDecoder decoder;
    std::vector<SerialByte> bytes;
    std::vector<ConsoleFrame> frames;
    const RunTime deadline = now_ + Duration(bench_.message.console().answer_timeout());
    std::string said = "no answer";
    bool good = false;
    while (now_ < deadline && !good) {
      (void)bound_.console->Send(EncodeConsoleFrame("Q,id=1"));
      const RunTime next = std::min(now_ + std::chrono::milliseconds(250), deadline);
      const Status advanced = bound_.equipment->clock().AdvanceTo(next);
      if (!advanced) {
        said = advanced.error().message;
        break;
      }
      now_ = next;
      bytes.clear();
      if (!bound_.console->Drain(bytes)) break;
      decoder.Feed(bytes, frames);
      for (const ConsoleFrame& frame : frames) {
        if (frame.type != 'I') continue;
        said = fmt::format("{} {} build {} serial {}", frame.Get("device"), frame.Get("version"),
                           frame.Get("build"), frame.Get("serial"));
        good = said == Expected();
      }
      frames.clear();
    }
    Add("board", "identity", said, Expected(), good);
  }

  std::string Expected() const {
    return fmt::format("{} {} build {} serial {}", image_->identity.device,
                       image_->identity.version, image_->identity.build,
                       bench_.message.board().serial());
  }

  const LoadedBench& bench_;
  BoundBench& bound_;
  const std::optional<FirmwareImage>& image_;
  v1::BenchHealth& health_;
  RunTime now_{};
};

}  // namespace

Result<v1::BenchHealth> CheckBench(const std::string& bench_file) {
  RIG_TRY_ASSIGN(const LoadedBench bench, LoadBench(bench_file));
  RIG_TRY_ASSIGN(v1::BenchHealth health, CheckHealthOf(bench));
  RIG_TRY_ASSIGN(auto equipment, OpenEquipment(bench.message, bench.where, 0));
  RIG_TRY_ASSIGN(BoundBench bound, BindBench(bench, *equipment));
  std::optional<FirmwareImage> image;
  if (auto loaded = LoadOrderedImage({}, bench)) image = std::move(*loaded);
  BenchCheck(bench, bound, image, health).Do();
  health.set_verdict(WorstFinding(health));
  return health;
}

}  // namespace rig

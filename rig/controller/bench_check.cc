#include "rig/controller/bench_check.h"

#include <fmt/format.h>

#include <cmath>

#include "fixtures/catalogue.h"
#include "fixtures/console/console.h"
#include "rig/base/units.h"
#include "rig/bench/bench.h"
#include "rig/controller/bench_health.h"
#include "rig/controller/held_bench.h"
#include "rig/controller/prepare.h"

namespace rig {
namespace {

constexpr double kSupplyTolerance = 0.05;

class BenchCheck {
 public:
  BenchCheck(const LoadedBench& bench, BoundBench& bound, const std::optional<FirmwareImage>& image,
             v1::BenchHealth& health)
      : bench_(bench), bound_(bound), image_(image), health_(health) {}

  void Do() {
    CheckLoader();
    CheckSupplies();
    CheckBoard();
    const Status safe = EnterSafeState(bench_.message, bound_, now_);
    Add("bench", "safe state", safe ? "reached" : safe.error().message, "reached",
        safe.has_value());
  }

 private:
  v1::HealthFinding& Add(std::string fixture, std::string what, std::string measured,
                         std::string expected, bool good) {
    v1::HealthFinding& finding = *health_.add_findings();
    finding.set_fixture(std::move(fixture));
    finding.set_what(std::move(what));
    finding.set_measured(std::move(measured));
    finding.set_expected(std::move(expected));
    finding.set_verdict(good ? v1::PASS : v1::ERROR);
    return finding;
  }

  void CheckSupplies() {
    for (const SupplyPort& port : bound_.supplies) {
      const bool is_first = &port == &bound_.supplies.front();
      const double volts = is_first ? SupplyOf(bench_.message.board()) : 0;
      if (volts == 0) {
        Add(port.signal, "supply", "not tried: nothing says what the board takes",
            "board.external.programming_voltage, of the first supply", false)
            .set_verdict(v1::INCONCLUSIVE);
        continue;
      }
      const auto set = port.supply->SetVoltage(volts);
      const auto measured = port.supply->Measure();
      const bool good = set && measured && std::fabs(*measured - volts) <= kSupplyTolerance;
      std::string said = measured ? Display(*measured, "V") : measured.error().message;
      if (!set) said = set.error().message;
      Add(port.signal, "supply", said,
          fmt::format("{} ± {}", Display(volts, "V"), Display(kSupplyTolerance, "V")), good);
    }
  }

  void CheckLoader() {
    if (!image_) return;
    const Status programmed = bound_.loader->Program(image_->flash);
    const auto read_back = bound_.loader->ReadBack(image_->flash.size());
    const bool equal = programmed && read_back && *read_back == image_->flash;
    std::string said = equal ? "equal" : "different";
    if (!read_back) said = read_back.error().message;
    if (!programmed) said = programmed.error().message;
    Add("loader", "read back", said, "equal", equal);
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

Result<v1::BenchHealth> CheckHeld(const LoadedBench& bench) {
  RIG_TRY_ASSIGN(v1::BenchHealth health, CheckHealthOf(bench));
  RIG_TRY_ASSIGN(auto equipment, OpenEquipment(bench.message, bench.where, 0));
  RIG_TRY_ASSIGN(BoundBench bound, BindBench(bench, *equipment));
  std::optional<FirmwareImage> image;
  if (auto loaded = LoadOrderedImage({}, bench)) image = std::move(*loaded);
  BenchCheck(bench, bound, image, health).Do();
  health.set_verdict(WorstFinding(health));
  return health;
}

}  // namespace

Result<v1::BenchHealth> CheckBench(const std::string& bench_file) {
  RIG_TRY_ASSIGN(const LoadedBench bench, LoadBench(bench_file));
  RIG_TRY_ASSIGN(HeldBench held, HeldBench::Take(bench, "", kCheckLimit));
  return LeaveSafe(held, CheckHeld(bench));
}

}  // namespace rig

#include "rig/bench/bench.h"

#include "rig/base/digest.h"
#include "rig/bench/calibration.h"
#include "rig/bench/checks.h"

namespace rig {
namespace {

Status Check(const v1::Bench& bench, const SourceMap& where) {
  RIG_TRY(CheckFixtures(bench, where));
  RIG_TRY(CheckWiring(bench, where));
  RIG_TRY(CheckCodedOutputs(bench, where));
  RIG_TRY(CheckSafeStates(bench, where));
  return CheckConsole(bench, where);
}

// Of a real fixture that measures itself these rows are not left out in silence: a card without its
// loop-back is fit only if the bench file itself asks for something else.
void RequireOwnMeasurements(v1::Fixture& fixture) {
  v1::HealthLimits& health = *fixture.mutable_health();
  if (!health.required().empty()) return;
  if (fixture.has_card()) health.add_required("clock_offset");
  if (!fixture.has_card_dac()) return;
  for (const char* quantity : {"loop_back", "noise", "drift"}) health.add_required(quantity);
}

}  // namespace

bool IsDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  const int day = (text[8] - '0') * 10 + (text[9] - '0');
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

Result<LoadedBench> LoadBench(const std::filesystem::path& file) {
  LoadedBench bench;
  bench.path = file;
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  bench.sha256 = Sha256Hex(text);
  RIG_TRY_ASSIGN(bench.where, LoadYamlText(text, file.string(), bench.message));
  for (v1::Fixture& fixture : *bench.message.mutable_fixtures()) {
    if (!fixture.has_health()) RIG_TRY(LoadYamlText("{}", "", *fixture.mutable_health()));
    RequireOwnMeasurements(fixture);
  }
  RIG_TRY(LoadCalibrations(bench));
  RIG_TRY(Check(bench.message, bench.where));
  bench.goldens_of = file;
  bench.goldens_sha256 = bench.sha256;
  if (!bench.message.goldens_of().empty()) {
    bench.goldens_of = (file.parent_path() / bench.message.goldens_of()).lexically_normal();
    const auto other = ReadFile(bench.goldens_of);
    if (!other) return WithContext(other.error(), bench.where.At("goldens_of"));
    bench.goldens_sha256 = Sha256Hex(*other);
  }
  return bench;
}

}  // namespace rig

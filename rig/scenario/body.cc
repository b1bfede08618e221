#include "rig/scenario/body.h"

#include <fmt/format.h>

#include "rig/base/units.h"

namespace rig {
namespace {

Status CheckSinus(const v1::Sinus& sinus, const std::string& path, const SourceMap& where) {
  constexpr double kLargestShare = 0.25;
  const bool usable = sinus.rate_sd() <= kLargestShare * sinus.rate();
  if (usable) return {};
  return where.Refuse(
      path + ".rate_sd", Display(sinus.rate_sd(), "Hz"),
      fmt::format("a quarter of the rate of {:.4g} bpm at most", 60.0 * sinus.rate()));
}

Status CheckAvBlock(const v1::AvBlock& block, const std::string& path, const SourceMap& where) {
  // Wenckebach's conduction grows by 0.16 s at most (60 ms, 30 ms, 20 ms, …, eight beats).
  constexpr double kGrowthS = 0.16;
  const double conduction_s = static_cast<double>(block.conduction()) * 1e-9;
  const bool usable = conduction_s + kGrowthS <= 1.0 / block.rate();
  if (usable) return {};
  return where.Refuse(path + ".conduction", Display(conduction_s, "s"),
                      fmt::format("160 ms less than the atrial interval of {} at most",
                                  Display(1.0 / block.rate(), "s")));
}

Status CheckAlternating(const v1::AlternatingRhythm& pairs, const std::string& path,
                        const SourceMap& where) {
  if (pairs.short_interval() <= pairs.long_interval()) return {};
  return where.Refuse(path + ".short_interval", "longer than long_interval",
                      "long_interval or less");
}

// Source: IEC 60601-2-27:2011, 201.12.1.101.13 as the BeneHeart D60's manual cites it.
Status CheckPulse(const v1::PacerPulse& pulse, const std::string& path, const SourceMap& where) {
  constexpr std::int64_t kWidthOverRise = 10;
  if (kWidthOverRise * pulse.rise() <= pulse.width()) return {};
  return where.Refuse(path + ".rise", Display(1e-9 * static_cast<double>(pulse.rise()), "s"),
                      "a tenth of the width of " +
                          Display(1e-9 * static_cast<double>(pulse.width()), "s") + " at most");
}

Status CheckPaced(const v1::PacedRhythm& paced, const std::string& path, const SourceMap& where) {
  RIG_TRY(CheckPulse(paced.ventricular_pulse(), path + ".ventricular_pulse", where));
  return CheckPulse(paced.atrial_pulse(), path + ".atrial_pulse", where);
}

Status CheckCirculation(const v1::Circulation& circulation, const std::string& path,
                        const SourceMap& where) {
  const bool arterial = circulation.diastolic() < circulation.systolic();
  if (!arterial) return where.Refuse(path + ".diastolic", "not below systolic", "less");
  const bool pulmonary = circulation.pulmonary_diastolic() < circulation.pulmonary_systolic();
  if (pulmonary) return {};
  return where.Refuse(path + ".pulmonary_diastolic", "not below pulmonary_systolic", "less");
}

// Slower ones would be apnoea, and not told as such. Source: 4 to 60/min, RRest_synth (Charlton et
// al. 2016, Physiol. Meas. 37:610).
Status CheckBreathing(const v1::Breathing& breathing, const std::string& path,
                      const SourceMap& where) {
  constexpr double kSlowestHz = 4.0 / 60.0;
  const bool usable = breathing.rate() == 0.0 || breathing.rate() >= kSlowestHz * (1.0 - 1e-9);
  if (usable) return {};
  return where.Refuse(path + ".rate", fmt::format("{:.4g} bpm", 60.0 * breathing.rate()),
                      "0 bpm, which is apnoea, or 4 bpm and more");
}

}  // namespace

Status CheckBody(const v1::Body& body, const std::string& path, const SourceMap& where) {
  const v1::Rhythm& rhythm = body.rhythm();
  if (rhythm.has_sinus()) RIG_TRY(CheckSinus(rhythm.sinus(), path + ".rhythm.sinus", where));
  if (rhythm.has_av_block()) {
    RIG_TRY(CheckAvBlock(rhythm.av_block(), path + ".rhythm.av_block", where));
  }
  if (rhythm.has_alternating()) {
    RIG_TRY(CheckAlternating(rhythm.alternating(), path + ".rhythm.alternating", where));
  }
  if (rhythm.has_paced()) RIG_TRY(CheckPaced(rhythm.paced(), path + ".rhythm.paced", where));
  if (body.has_breathing()) RIG_TRY(CheckBreathing(body.breathing(), path + ".breathing", where));
  if (!body.has_circulation()) return {};
  return CheckCirculation(body.circulation(), path + ".circulation", where);
}

}  // namespace rig

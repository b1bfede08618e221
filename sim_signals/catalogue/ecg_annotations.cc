#include "sim_signals/catalogue/ecg_annotations.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace rig {
namespace {

// Source: ecgcodes.h of the WFDB library.
constexpr int kNormal = 1, kVentricular = 5, kPaced = 12, kPacerPulse = 26, kRhythm = 28;
constexpr char kPacedRhythm[] = "(P";

const char* NameOf(const v1::Rhythm& rhythm, const v1::Ectopy& ectopy) {
  switch (rhythm.kind_case()) {
    case v1::Rhythm::kAtrialFibrillation:
      return "(AFIB";
    case v1::Rhythm::kAvBlock:  // PhysioNet lists the second degree; the others after its pattern
      if (rhythm.av_block().degree() == v1::AvBlock::FIRST) return "(BI";
      return rhythm.av_block().degree() == v1::AvBlock::THIRD ? "(BIII" : "(BII";
    case v1::Rhythm::kPaced:
      return kPacedRhythm;
    case v1::Rhythm::kAlternating:
      return rhythm.alternating().ventricular() ? "(B" : "(N";
    default:
      break;
  }
  if (ectopy.pattern() == v1::Ectopy::BIGEMINY) return "(B";
  return ectopy.pattern() == v1::Ectopy::TRIGEMINY ? "(T" : "(N";
}

}  // namespace

bool EcgAnnotations::From(const v1::Play& play) {
  return play.has_ecg() || play.has_ec13() || play.has_ec13_qrs();
}

void EcgAnnotations::Set(RunTime t, bool Flags::*flag, bool value) {
  Flags flags = flags_.empty() ? Flags() : flags_.rbegin()->second;
  flags.*flag = value;
  flags_[t] = flags;
}

void EcgAnnotations::Append(std::span<const TruthEvent> truth) {
  for (const TruthEvent& event : truth) {
    const std::string_view what = event.what;
    if (what == "beat") beats_.push_back(event.t);
    if (what == "ventricular_beat") ventricular_.insert(event.t);
    if (what == "pacer_pulse") pulses_.push_back(event.t);
    const bool holds = event.value == 1.0;
    if (what == "asystole") Set(event.t, &Flags::asystole, holds);
    if (what == "ventricular_fibrillation") Set(event.t, &Flags::fibrillation, holds);
    if (what == "ventricular_tachycardia") Set(event.t, &Flags::tachycardia, holds);
  }
}

const char* EcgAnnotations::NameOfOther(RunTime t) const {
  // Figures 4a and 4b are tachycardias; of 3d every beat is ventricular, below 100 a minute.
  if (play_->has_ec13()) return play_->ec13().figure() == v1::Ec13::FIG_3D ? "(IVR" : "(B";
  if (play_->has_ec13_qrs()) return "(N";
  return NameOf(At(body_->rhythm, t), At(body_->ectopy, t));
}

const char* EcgAnnotations::NameAt(RunTime t) const {
  const auto behind = flags_.upper_bound(t);
  const Flags flags = behind == flags_.begin() ? Flags() : std::prev(behind)->second;
  if (flags.asystole) return "(ASYS";
  if (flags.fibrillation) return "(VFIB";
  if (flags.tachycardia) return "(VT";
  return NameOfOther(t);
}

std::map<RunTime, const char*> EcgAnnotations::Rhythms(RunTime end) const {
  std::map<RunTime, const char*> rhythms;
  for (const auto& [t, flags] : flags_) rhythms[t] = nullptr;
  if (play_->has_ecg() && !rhythms.empty()) {
    const RunTime first = rhythms.begin()->first;
    for (const auto& [t, rhythm] : body_->rhythm) rhythms[std::max(t, first)] = nullptr;
    for (const auto& [t, ectopy] : body_->ectopy) rhythms[std::max(t, first)] = nullptr;
  }
  rhythms.erase(rhythms.lower_bound(end), rhythms.end());
  std::string_view last;
  for (auto it = rhythms.begin(); it != rhythms.end();) {
    it->second = NameAt(it->first);
    const bool same = last == it->second;
    last = it->second;
    it = same ? rhythms.erase(it) : std::next(it);
  }
  return rhythms;
}

std::vector<RecordingAnnotation> EcgAnnotations::Before(RunTime end) const {
  std::vector<RecordingAnnotation> all;
  const auto add = [&](RunTime t, int code, const char* text) {
    if (t < end) all.push_back({Nanoseconds(t), 0, code, text, -1});
  };
  const std::map<RunTime, const char*> rhythms = Rhythms(end);
  for (const auto& [t, name] : rhythms) add(t, kRhythm, name);
  for (const RunTime t : pulses_) add(t, kPacerPulse, "^");
  for (const RunTime t : beats_) {
    const auto behind = rhythms.upper_bound(t);
    const bool paced =
        behind != rhythms.begin() && std::string_view(std::prev(behind)->second) == kPacedRhythm;
    if (!ventricular_.contains(t)) {
      add(t, kNormal, "N");
    } else {
      add(t, paced ? kPaced : kVentricular, paced ? "/" : "V");
    }
  }
  // Of one instant the rhythm comes first, and a pulse before its beat.
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.time_ns < b.time_ns; });
  return all;
}

}  // namespace rig

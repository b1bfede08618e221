#include "rig/check/score/annotation.h"

#include <cmath>

namespace rig::score {
namespace {

// MIT codes. Source: WFDB Programmer's Guide, ecgcodes.
enum Code {
  kNormal = 1,
  kLbbb = 2,
  kRbbb = 3,
  kAberrated = 4,
  kPvc = 5,
  kFusion = 6,
  kNodalPremature = 7,
  kAtrialPremature = 8,
  kSupraventricularPremature = 9,
  kVentricularEscape = 10,
  kNodalEscape = 11,
  kPaced = 12,
  kUnknown = 13,
  kNoise = 14,
  kBundleBranchBlock = 25,
  kRhythm = 28,
  kLearning = 30,
  kFlutterWave = 31,
  kVfOnCode = 32,
  kVfOffCode = 33,
  kAtrialEscape = 34,
  kSupraventricularEscape = 35,
  kPacedFusion = 38,
  kRonT = 41,
};

Label LabelOfRhythm(std::string_view text) {
  if (text.starts_with("(AFIB")) return Label::kRhythmAf;
  if (text.starts_with("(AF")) return Label::kRhythmAfOther;
  if (text.starts_with("(VF")) return Label::kRhythmVf;
  return Label::kRhythmOther;
}

}  // namespace

bool IsBeat(Label label) { return label <= Label::kNoClass; }

Label LabelOfMitCode(int code, int subtype, std::string_view text) {
  switch (code) {
    case kNormal:
    case kLbbb:
    case kRbbb:
    case kBundleBranchBlock:
      return Label::kN;
    case kAberrated:
    case kNodalPremature:
    case kAtrialPremature:
    case kSupraventricularPremature:
    case kNodalEscape:
    case kAtrialEscape:
    case kSupraventricularEscape:
      return Label::kS;
    case kPvc:
    case kVentricularEscape:
    case kRonT:
      return Label::kV;
    case kFusion:
      return Label::kF;
    case kPaced:
    case kPacedFusion:
    case kUnknown:
    case kLearning:
      return Label::kQ;
    case kFlutterWave:
      return Label::kNoClass;
    case kVfOnCode:
      return Label::kVfOn;
    case kVfOffCode:
      return Label::kVfOff;
    case kRhythm:
      return LabelOfRhythm(text);
    case kNoise:
      return (subtype & 0x30) == 0x30 ? Label::kUnreadable : Label::kReadable;
    default:
      return Label::kOther;
  }
}

std::int64_t Ticks(double seconds, double ticks_per_s) {
  return static_cast<std::int64_t>(std::floor(seconds * ticks_per_s + 0.5));
}

}  // namespace rig::score

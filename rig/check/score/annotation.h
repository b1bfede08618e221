#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

// Scoring of detectors against labelled data. README.md holds definitions and sources.
namespace rig::score {

// What scoring needs to know of an annotation, one per annotation of a file, in its order.
enum class Label {
  // Beats, in the classes of ANSI/AAMI EC57: normal (and bundle branch block), supraventricular
  // ectopic, ventricular ectopic, fusion of ventricular and normal, unclassifiable or paced.
  kN,
  kS,
  kV,
  kF,
  kQ,
  // Marked as a QRS complex, yet of no class: a ventricular flutter wave.
  kNoClass,
  // Ventricular flutter or fibrillation, marked by itself.
  kVfOn,
  kVfOff,
  // Rhythm changes.
  kRhythmAf,       // atrial fibrillation
  kRhythmAfOther,  // any other whose name begins with AF: atrial flutter
  kRhythmVf,       // begins with VF: ventricular fibrillation or flutter
  kRhythmOther,
  // Signal quality: both signals unreadable (shutdown), or at least one readable.
  kUnreadable,
  kReadable,
  kOther,
};

struct Annotation {
  std::int64_t time;  // ticks, samples of the record, from its beginning
  Label label;
  friend bool operator==(const Annotation&, const Annotation&) = default;
};

// In time order.
using Annotations = std::vector<Annotation>;

// A beat in one of the five classes or in none.
bool IsBeat(Label label);

// The label of an annotation in MIT format. Codes that no table names are kOther. Source: WFDB
// Programmer's Guide, annotation codes; classes: EC57 as in `bxb`; subtypes of NOISE: bits 4 and 5
// tell that signals 0 and 1 are unreadable.
Label LabelOfMitCode(int code, int subtype, std::string_view text);

// What is scored, in ticks.
struct Period {
  std::int64_t start = 0;  // nothing before is scored: the learning period
  std::int64_t end = 0;    // the record's last tick; 0: not known, to the last reference annotation
};

// 150 ms and 5 min of EC57, in ticks, rounded as WFDB rounds.
std::int64_t Ticks(double seconds, double ticks_per_s);
inline constexpr double kMatchWindowS = 0.150;
inline constexpr double kLearningS = 300.0;

// So many of so many.
struct Fraction {
  std::int64_t hits = 0;
  std::int64_t trials = 0;
  friend bool operator==(const Fraction&, const Fraction&) = default;
};

}  // namespace rig::score

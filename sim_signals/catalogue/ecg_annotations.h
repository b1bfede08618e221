#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "rig/v1/scenario.pb.h"
#include "sim_signals/body/course.h"
#include "sim_signals/recorded/recording.h"
#include "sim_signals/source.h"

namespace rig {

// The truth of a simulated ECG as a recording's annotations, in MIT codes: beats N, V (begun in a
// ventricle) and / (that, under a pacemaker), pulses of a pacemaker ^, and where a rhythm begins
// its name. RecordTruth reads the same beats, rates and rhythms from them, to the annotation file's
// resolution; what is not the heart's (an electrode off, faults) they do not say.
class EcgAnnotations {
 public:
  // Whether a source says what such annotations hold. Not a record: its own file has them.
  static bool From(const v1::Play& play);
  // `play`: of a source of which that is true. Both outlive this.
  EcgAnnotations(const v1::Play& play, const BodyCourse& body) : play_(&play), body_(&body) {}

  // A block's truth, blocks in time order.
  void Append(std::span<const TruthEvent> truth);
  // All before `end`, in time order, times since run time 0. The text is the rhythm's name "(VT",
  // or the code's mnemonic.
  std::vector<RecordingAnnotation> Before(RunTime end) const;

 private:
  struct Flags {
    bool asystole = false, fibrillation = false, tachycardia = false;
  };
  void Set(RunTime t, bool Flags::*flag, bool value);
  // As PhysioNet's list of rhythm annotations has it.
  const char* NameAt(RunTime t) const;
  const char* NameOfOther(RunTime t) const;
  std::map<RunTime, const char*> Rhythms(RunTime end) const;

  const v1::Play* play_;
  const BodyCourse* body_;
  std::vector<RunTime> beats_, pulses_;
  std::set<RunTime> ventricular_;
  std::map<RunTime, Flags> flags_;  // from each instant on
};

}  // namespace rig

#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "rig/base/run_time.h"
#include "rig/base/strict_yaml.h"
#include "rig/v1/body.pb.h"

namespace rig {

// A section as the schema fills it where nothing is stated.
template <typename Section>
Section WithDefaults() {
  Section section;
  static_cast<void>(LoadYamlText("{}", "defaults of the schema", section));
  return section;
}

// What the patient is over a run: for each section of a body the settings in the order in which
// they begin. Known as a whole before the run, so that a signal may look ahead: a P wave begins
// before its beat.
struct BodyCourse {
  template <typename Section>
  using Timeline = std::vector<std::pair<RunTime, Section>>;

  Timeline<v1::Rhythm> rhythm;
  Timeline<v1::Ectopy> ectopy;
  Timeline<v1::Breathing> breathing;
  Timeline<v1::Circulation> circulation;
  Timeline<v1::Oxygenation> oxygenation;
  Timeline<v1::Gas> gas;

  // Appends the sections that `body` names, from `at` on; `at` never decreases. The first call also
  // appends those it leaves out, with the schema's defaults.
  void Add(RunTime at, const v1::Body& body);
  bool empty() const { return rhythm.empty(); }
};

// The setting that holds at an instant; the first one before it begins. Not for an empty timeline.
template <typename Section>
const Section& At(const BodyCourse::Timeline<Section>& timeline, RunTime t) {
  std::size_t i = timeline.size() - 1;
  while (i > 0 && timeline[i].first > t) --i;
  return timeline[i].second;
}

// A setting that is reached linearly within `over` of its section's begin.
//
// `value`: of a section; `over`: of a section, in nanoseconds.
template <typename Section, typename Value, typename Over>
double Reached(const BodyCourse::Timeline<Section>& timeline, RunTime t, Value value, Over over) {
  double reached = value(timeline.front().second);
  for (std::size_t i = 1; i < timeline.size() && timeline[i].first <= t; ++i) {
    const auto& [begin, section] = timeline[i];
    const RunTime until = i + 1 < timeline.size() ? std::min(t, timeline[i + 1].first) : t;
    const Duration length(over(section));
    const double part = until - begin >= length ? 1.0 : Seconds(until - begin) / Seconds(length);
    reached += (value(section) - reached) * part;
  }
  return reached;
}

}  // namespace rig

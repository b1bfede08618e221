#include "sim_signals/body/course.h"

namespace rig {
namespace {

template <typename Section>
void Append(RunTime at, bool stated, const Section& section,
            BodyCourse::Timeline<Section>& timeline) {
  if (stated) {
    timeline.emplace_back(at, section);
  } else if (timeline.empty()) {
    timeline.emplace_back(at, WithDefaults<Section>());
  }
}

}  // namespace

void BodyCourse::Add(RunTime at, const v1::Body& body) {
  if (body.has_rhythm()) rhythm.emplace_back(at, body.rhythm());
  Append(at, body.has_ectopy(), body.ectopy(), ectopy);
  Append(at, body.has_breathing(), body.breathing(), breathing);
  Append(at, body.has_circulation(), body.circulation(), circulation);
  Append(at, body.has_oxygenation(), body.oxygenation(), oxygenation);
  Append(at, body.has_gas(), body.gas(), gas);
}

}  // namespace rig

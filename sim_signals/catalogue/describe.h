#pragma once

#include <string>
#include <vector>

namespace rig {

// What the schema says of one parameter.
struct ParameterDescription {
  std::string key;    // as in YAML; "seizure.onset" within a part, "calibration[].ratio" in a list
  std::string unit;   // SI unit in which it is kept; empty: none
  std::string value;  // default as in YAML; "required", or empty where it may be left out
  std::string range;  // "10 bpm to 350 bpm", the names of a choice, or empty
  std::string text, source;
};

// What the schema says of one generator of signals, part of the body, artefact or plant.
struct GeneratorDescription {
  std::string kind;  // "source", "rhythm", "body", "artefacts", "artefact", "plant"
  std::string key;   // as in YAML
  std::string unit;  // SI unit of its values; empty: that of its signal
  std::string text, source;
  std::vector<ParameterDescription> parameters;
};

// Everything a scenario can play, from the schema alone (proto/rig/v1): the one place that help,
// documents and the loader share.
std::vector<GeneratorDescription> Generators();

}  // namespace rig

#pragma once

#include <string>
#include <vector>

namespace rig {

// Everything wrong with a scenario, bench, requirements, risks, mutants or golden file, or with a
// device folder and all that is in it: one line each, "file:line:column: what; expected what".
// Empty: clean.
//
// `bench`: what scenarios are checked against; empty: their device's own.
std::vector<std::string> Lint(const std::string& path, const std::string& bench);

}  // namespace rig

#pragma once

#include <CLI/CLI.hpp>

namespace rig {

// The parts of `rig score`; each adds its subcommand.
void AddScoreBeats(CLI::App& score, int& exit_code);
void AddScoreRuns(CLI::App& score, int& exit_code);
void AddScoreEpisodes(CLI::App& score, int& exit_code);
void AddScoreAlarms(CLI::App& score, int& exit_code);
void AddScoreSeizures(CLI::App& score, int& exit_code);
void AddScoreCinc2015(CLI::App& score, int& exit_code);

}  // namespace rig

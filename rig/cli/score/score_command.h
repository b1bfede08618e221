#pragma once

#include <CLI/CLI.hpp>

namespace rig {

// `rig score …`: detectors and alarms against labelled data.
void AddScoreCommand(CLI::App& app, int& exit_code);

// Its parts; each adds its subcommand.
void AddScoreBeats(CLI::App& score, int& exit_code);
void AddScoreRuns(CLI::App& score, int& exit_code);
void AddScoreEpisodes(CLI::App& score, int& exit_code);
void AddScoreAlarms(CLI::App& score, int& exit_code);
void AddScoreSeizures(CLI::App& score, int& exit_code);
void AddScoreCinc2015(CLI::App& score, int& exit_code);

}  // namespace rig

#pragma once

#include <CLI/CLI.hpp>

namespace rig {

// Each adds its subcommand to the program; when it is chosen, its callback sets `exit_code`.
void AddRunCommand(CLI::App& app, int& exit_code);
void AddNightlyCommand(CLI::App& app, int& exit_code);
void AddLintCommand(CLI::App& app, int& exit_code);
void AddTraceCommand(CLI::App& app, int& exit_code);
void AddBenchCommand(CLI::App& app, int& exit_code);
void AddCalibrateCommand(CLI::App& app, int& exit_code);
void AddFixturesCommand(CLI::App& app, int& exit_code);
void AddAgreeCommand(CLI::App& app, int& exit_code);
void AddQualifyCommand(CLI::App& app, int& exit_code);
void AddGoldenCommand(CLI::App& app, int& exit_code);
void AddCampaignCommand(CLI::App& app, int& exit_code);
void AddFalsifyCommand(CLI::App& app, int& exit_code);
// `rig score …`: detectors and alarms against labelled data. In rig/cli/score.
void AddScoreCommand(CLI::App& app, int& exit_code);
// `rig signal …`: what can be played. In rig/cli/signal.
void AddSignalCommand(CLI::App& app, int& exit_code);
void AddCompletionCommand(CLI::App& app, int& exit_code);
// Internal: what the controller starts for each run.
void AddWorkerCommand(CLI::App& app, int& exit_code);
// Internal: what a worker starts for each run on a real bench.
void AddGuardCommand(CLI::App& app, int& exit_code);

}  // namespace rig

#include "rig/cli/score/score_command.h"

#include "rig/cli/commands.h"

namespace rig {

void AddScoreCommand(CLI::App& app, int& exit_code) {
  CLI::App* score = app.add_subcommand("score", "Score detectors and alarms against labelled data");
  score->require_subcommand(1);
  score->footer(
      "Shares carry exact 95 % intervals (Clopper-Pearson), rates exact Poisson ones. With a "
      "limit\n"
      "the whole interval must be on its right side to pass, and on the wrong one to fail.\n"
      "Exit codes: 0 scored, or pass; 1 fail; 2 inconclusive, or nothing to score; 3 rig error.");
  AddScoreBeats(*score, exit_code);
  AddScoreRuns(*score, exit_code);
  AddScoreEpisodes(*score, exit_code);
  AddScoreAlarms(*score, exit_code);
  AddScoreSeizures(*score, exit_code);
  AddScoreCinc2015(*score, exit_code);
}

}  // namespace rig

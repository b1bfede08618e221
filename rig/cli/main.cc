#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>

#include "rig/cli/commands.h"
#include "rig/cli/terminal.h"

int main(int argc, char** argv) {
  // A full disk or a closed pipe is an error value, not a death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("Hardware-in-the-loop verification rig for medical devices", "rig");
  app.footer(
      "Exit codes: 0 pass, 1 fail, 2 inconclusive, 3 rig error, 64 usage.\n"
      "`rig COMMAND --help` shows each command with examples.");
  app.require_subcommand(1);
  app.option_defaults()->always_capture_default(false);
  int exit_code = rig::kRigError;
  rig::AddRunCommand(app, exit_code);
  rig::AddNightlyCommand(app, exit_code);
  rig::AddLintCommand(app, exit_code);
  rig::AddTraceCommand(app, exit_code);
  rig::AddBenchCommand(app, exit_code);
  rig::AddCalibrateCommand(app, exit_code);
  rig::AddFixturesCommand(app, exit_code);
  rig::AddAgreeCommand(app, exit_code);
  rig::AddQualifyCommand(app, exit_code);
  rig::AddGoldenCommand(app, exit_code);
  rig::AddCampaignCommand(app, exit_code);
  rig::AddFalsifyCommand(app, exit_code);
  rig::AddScoreCommand(app, exit_code);
  rig::AddSignalCommand(app, exit_code);
  rig::AddCompletionCommand(app, exit_code);
  rig::AddWorkerCommand(app, exit_code);
  rig::AddGuardCommand(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(rig::kUsage);
  } catch (const std::exception& error) {
    // A library threw past its adapter: the rig's fault, said in one line.
    rig::PrintError(error.what());
    return rig::kRigError;
  }
  return exit_code;
}

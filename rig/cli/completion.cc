#include <fmt/format.h>

#include <string>

#include "rig/cli/commands.h"
#include "rig/cli/terminal.h"

namespace rig {
namespace {

std::string Words(const CLI::App& command) {
  std::string words;
  for (const CLI::App* sub : command.get_subcommands(nullptr)) {
    if (!sub->get_group().empty()) words += sub->get_name() + " ";
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
  }
  return words;
}

// A case per command, made from the parser itself, so that the two cannot drift apart.
void AddCases(const CLI::App& command, const std::string& path, std::string& script) {
  script += fmt::format("    '{}') words='{}' ;;\n", path, Words(command));
  for (const CLI::App* sub : command.get_subcommands(nullptr)) {
    if (!sub->get_group().empty()) AddCases(*sub, path + " " + sub->get_name(), script);
  }
}

std::string BashCompletion(const CLI::App& app) {
  std::string cases;
  AddCases(app, "rig", cases);
  return "# bash completion for rig; eval \"$(rig completion bash)\"\n"
         "_rig() {\n"
         "  local path=rig words='' word\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case \"$word\" in -*|*/*|*.*) ;; *) case \" $(_rig_words \"$path\") \" in\n"
         "      *\" $word \"*) path=\"$path $word\" ;; esac ;; esac\n"
         "  done\n"
         "  words=$(_rig_words \"$path\")\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
         "}\n"
         "_rig_words() {\n"
         "  local words=''\n"
         "  case \"$1\" in\n" +
         cases +
         "  esac\n"
         "  printf '%s' \"$words\"\n"
         "}\n"
         "complete -o default -o bashdefault -F _rig rig\n";
}

}  // namespace

void AddCompletionCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("completion", "Print shell completion");
  command->require_subcommand(1);
  CLI::App* bash = command->add_subcommand("bash", "For bash: eval \"$(rig completion bash)\"");
  bash->callback([&app, &exit_code] {
    fmt::print("{}", BashCompletion(app));
    exit_code = kPassed;
  });
}

}  // namespace rig

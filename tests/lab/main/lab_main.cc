// Runs a command against a laboratory in software:
//   lab TABLE.yaml EMULATED.yaml FOLDER COMMAND…
// FOLDER/bench.yaml is the bench file for its ports; "{bench}" in the command stands for it.
// Exits as the command does.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstring>
#include <vector>

#include "tests/lab/lab.h"
#include "tests/usb/under_umockdev.h"

int main(int argc, char** argv) {
  rig::usb::RunUnderUmockdev(argv);
  if (argc < 5) {
    fmt::print(stderr, "usage: lab TABLE.yaml EMULATED.yaml FOLDER COMMAND…\n");
    return 64;
  }
  auto lab = rig::Lab::Open(argv[1], argv[2]);
  if (!lab) {
    fmt::print(stderr, "lab: {}\n", lab.error().message);
    return 3;
  }
  const auto bench = (*lab)->WriteBench(argv[3]);
  if (!bench) {
    fmt::print(stderr, "lab: {}\n", bench.error().message);
    return 3;
  }
  std::vector<std::string> words;
  for (int i = 4; i < argc; ++i) {
    words.emplace_back(std::strcmp(argv[i], "{bench}") == 0 ? bench->string() : argv[i]);
  }
  std::vector<char*> command;
  for (std::string& word : words) command.push_back(word.data());
  command.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, command[0], nullptr, nullptr, command.data(), environ);
  if (failed != 0) {
    fmt::print(stderr, "lab: {}: {}\n", command[0], std::strerror(failed));
    return 3;
  }
  int status = 0;
  waitpid(child, &status, 0);
  const std::string problem = (*lab)->bus().Locked([&] { return (*lab)->board().problem(); });
  if (!problem.empty()) fmt::print(stderr, "lab: {}\n", problem);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

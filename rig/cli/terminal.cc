#include "rig/cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "rig/record/record.h"

namespace rig {

int ExitCodeOf(v1::Verdict verdict) {
  switch (verdict) {
    case v1::PASS:
      return kPassed;
    case v1::FAIL:
      return kFailed;
    case v1::INCONCLUSIVE:
      return kInconclusive;
    default:
      return kRigError;
  }
}

bool UseColour(std::FILE* stream) {
  const char* off = std::getenv("NO_COLOR");
  return isatty(fileno(stream)) == 1 && (off == nullptr || *off == '\0');
}

int TerminalColumns() {
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 100;
}

void PrintError(const std::string& message) { fmt::print(stderr, "rig: {}\n", message); }

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { Clear(); }

void Progress::Reached(const std::string& run, RunTime t) {
  running_[run] = t;
  if (terminal_ && !quiet_) Redraw();
}

void Progress::Ended(const std::string& run, const v1::NightRun& result) {
  running_.erase(run);
  ++ended_;
  ++verdicts_[result.verdict()];
  device_s_ += result.device_s();
  if (quiet_) return;
  Clear();
  fmt::print(stderr, "[{}/{}] {:12} {}/{}  {}\n", ended_, expected_, VerdictText(result.verdict()),
             result.device(), result.scenario(),
             result.error().empty() ? result.worst_margin() : result.error());
  if (terminal_) Redraw();
}

void Progress::Note(const std::string& line) {
  if (quiet_) return;
  Clear();
  fmt::print(stderr, "{}\n", line);
}

void Progress::Redraw() {
  std::string line = fmt::format("{}/{} ended", ended_, expected_);
  for (const auto& [verdict, count] : verdicts_) {
    line += fmt::format(", {} {}", count, VerdictText(verdict));
  }
  for (const auto& [run, t] : running_) line += fmt::format(" · {} {:.0f} s", run, Seconds(t));
  const auto columns = static_cast<std::size_t>(TerminalColumns());
  if (line.size() >= columns) line.resize(columns - 1);
  fmt::print(stderr, "\r\x1b[K{}", line);
  (void)std::fflush(stderr);
}

void Progress::Clear() {
  if (terminal_ && !quiet_) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace rig

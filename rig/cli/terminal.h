#pragma once

#include <map>
#include <string>

#include "rig/base/run_time.h"
#include "rig/v1/record.pb.h"

namespace rig {

// Exit codes of every command; --help and README list them.
enum ExitCode { kPassed = 0, kFailed = 1, kInconclusive = 2, kRigError = 3, kUsage = 64 };
int ExitCodeOf(v1::Verdict verdict);

// Whether to colour what goes to this stream: a terminal, and NO_COLOR is not set.
bool UseColour(std::FILE* stream);
int TerminalColumns();

// One line on standard error, starting "rig: ".
void PrintError(const std::string& message);

// Tells on standard error how far several runs are: a line that is redrawn on a terminal, a line
// per ended run elsewhere.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Expect(std::size_t runs) { expected_ += runs; }
  void Reached(const std::string& run, RunTime t);
  void Ended(const std::string& run, const v1::NightRun& result);
  void Note(const std::string& line);

 private:
  void Redraw();
  void Clear();

  bool quiet_;
  bool terminal_;
  std::size_t expected_ = 0;
  std::size_t ended_ = 0;
  std::map<v1::Verdict, int> verdicts_;
  std::map<std::string, RunTime> running_;
  double device_s_ = 0;
};

}  // namespace rig

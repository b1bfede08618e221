#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "rig/base/result.h"
#include "rig/v1/agreement.pb.h"

namespace rig {

// One difference that may be allowed for: a margin of a check.
struct DifferenceSite {
  std::string device;
  std::string scenario;
  std::string check;
  std::string text;  // all that the check asks for: its formula and its part of the scenario
  v1::Compared of = v1::COMPARED_UNSET;
  std::string unit;  // SI
};

// What an allowance gives to a margin.
struct Allowed {
  double bound = 0;  // in SI
  std::string because;
};

// Declared allowances of devices, and which of them were needed. Allowances never add up: a
// difference has one cause.
class Allowances {
 public:
  // Adds a file. Errors: as LoadYamlFile; INVALID_ARGUMENT at file:line:column for a bound that is
  // not positive, a reason that is blank, an allowance for everything, one again, and a device
  // whose allowances are known from another file.
  Status Load(const std::filesystem::path& file);

  // The smallest that covers `excess`, the part of the difference beyond its uncertainty; marked as
  // used. Nothing when none covers it.
  std::optional<Allowed> Cover(const DifferenceSite& site, double excess);

  // A scenario of a device is among those compared: allowances that no compared scenario could
  // need are not idle.
  void NoteCompared(const std::string& device, const std::string& scenario);
  // "file:line:column: what" of each that nothing needed.
  std::vector<std::string> Idle() const;

  // Before any run: a scenario of a device, and the ids that its results will have.
  void NoteScenario(const std::string& device, const std::string& scenario,
                    const std::vector<std::string>& checks);
  // "file:line:column: what" of each that fits no scenario and check that was noted.
  std::vector<std::string> ForNothing() const;
  const std::vector<std::string>& files() const { return files_; }

 private:
  struct Entry {
    std::string device;
    v1::Allowance message;
    double bound = 0;
    std::string at;
    bool due = false;  // a scenario that it is for was compared
    bool used = false;
    bool known = false;  // there is a scenario with a check that it is for
  };
  std::vector<Entry> entries_;
  std::vector<std::string> files_;
};

// Whether a name fits a pattern with * and ?; every name fits an empty one.
bool FitsPattern(const std::string& pattern, const std::string& name);
// Whether a text names a channel: "device.pulse" is not named by "device.pulse_rate".
bool NamesChannel(const std::string& text, const std::string& channel);

}  // namespace rig

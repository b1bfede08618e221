#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rig {

// A device folder in a fresh temporary directory, made of text the test can change, and the rig's
// own program run on it.
class ProbeDevice {
 public:
  // `defines`: for the firmware, "-DHANG".
  explicit ProbeDevice(const std::string& defines = "");

  struct Outcome {
    int exit_code;
    std::string out;  // standard output and standard error
  };
  // Runs `rig <arguments>` in the folder, by a shell: paths are relative to it. `before`: shell
  // text in front.
  Outcome Rig(const std::string& arguments, const std::string& before = "") const;

  // Replaces the first occurrence of `from` in a file of the folder; the test fails when there is
  // none.
  void Edit(const std::string& file, const std::string& from, const std::string& to) const;
  void Write(const std::string& file, const std::string& text) const;
  std::string Read(const std::string& file) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// Path of the scenario in the folder.
inline constexpr char kScenario[] = "scenarios/count.yaml";

}  // namespace rig

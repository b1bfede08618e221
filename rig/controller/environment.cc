#include "rig/controller/environment.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/common.h>
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>

#include "rig/base/digest.h"
#include "rig/scenario/scenario.h"

namespace rig {
namespace {

std::string Operator() {
  if (const char* named = std::getenv("RIG_OPERATOR"); named != nullptr && *named != '\0') {
    return named;
  }
  passwd entry{};
  passwd* found = nullptr;
  char buffer[4096];
  if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return fmt::format("uid {}", getuid());
}

// Single quotes, so that a shell takes it as one word.
std::string Quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

v1::Environment DescribeEnvironment() {
  v1::Environment environment;
  environment.set_rig_version(RIG_VERSION);
  if (const auto digest = Sha256OfFile("/proc/self/exe")) environment.set_rig_build(*digest);
  utsname system{};
  if (uname(&system) == 0) {
    environment.set_host(system.nodename);
    environment.set_system(fmt::format("{} {} {}", system.sysname, system.release, system.machine));
  }
  environment.set_operator_name(Operator());
  auto& tools = *environment.mutable_tools();
  tools["compiler"] = __VERSION__;
  tools["simavr"] = RIG_SIMAVR_VERSION;
  tools["hdf5"] = RIG_HDF5_VERSION;
  tools["protobuf"] = google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION);
  return environment;
}

std::string ReplayCommand(const v1::RunOrder& order) {
  std::string command = "rig run " + Quoted(order.scenario()) + " --bench " + Quoted(order.bench());
  if (!order.firmware().empty()) command += " --firmware " + Quoted(order.firmware());
  if (order.has_seed()) command += fmt::format(" --seed {}", order.seed());
  const ParameterValues parameters(order.parameters().begin(), order.parameters().end());
  for (const auto& [name, value] : parameters) {
    command += " --set " + Quoted(fmt::format("{}={}", name, value));
  }
  if (!order.record_file().empty()) {
    command += " --record " + Quoted(order.record_file());
    if (order.record_start_ns() > 0)
      command += fmt::format(" --from '{} ns'", order.record_start_ns());
  }
  if (!order.recordings().empty()) command += " --recordings " + Quoted(order.recordings());
  if (order.duration_ns() > 0) command += fmt::format(" --duration '{} ns'", order.duration_ns());
  if (order.stop_at_fail()) command += " --stop-at-fail";
  return command;
}

}  // namespace rig

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fixtures/console/console.h"
#include "rig/base/result.h"
#include "rig/base/trace_sink.h"
#include "rig/bench/bench.h"

namespace rig {

// What the device said of itself.
struct ReportedIdentity {
  std::string device;
  std::string version;
  std::string build;
  std::string serial;
};

// The conversation with the device: frames as text channels "commanded.<console>" and
// "observed.<console>", reported values as "device.<channel>".
class ConsoleSession {
 public:
  static Result<ConsoleSession> Create(const BoundBench& bench, const v1::Console& console,
                                       TraceSink& sink);

  // Frames a payload ("C,pause=1") and sends it.
  Status Send(RunTime now, std::string_view payload);
  // Takes what the device sent. What is no frame, and values that are no numbers, become lines of
  // "log.console".
  Status Drain(RunTime now);
  // As last reported; none until the device has said it.
  const std::optional<ReportedIdentity>& identity() const { return identity_; }

 private:
  struct Report {
    TraceSink::ChannelId channel;
    double count_si;   // SI value of one count
    double offset_si;  // what the number 0 stands for
    RunTime last{};
    bool known = false;
  };

  Status Take(const ConsoleFrame& frame);
  Status TakeReport(const ConsoleFrame& frame, const ConsoleFrame::Field& field);
  Status Expire(RunTime now);
  Status SetReporting(RunTime t, bool reporting);

  SerialLink* link_ = nullptr;
  TraceSink* sink_ = nullptr;
  TraceSink::ChannelId sent_ = 0;
  TraceSink::ChannelId received_ = 0;
  TraceSink::ChannelId log_ = 0;
  std::map<std::string, Report, std::less<>> reports_;
  Duration report_timeout_{};
  TraceSink::ChannelId reporting_channel_ = 0;
  bool reporting_ = false;
  RunTime last_report_{};
  std::optional<ReportedIdentity> identity_;
  ConsoleDecoder decoder_;
  std::uint64_t rejected_ = 0;
  std::vector<SerialByte> bytes_;
  std::vector<ConsoleFrame> frames_;
};

}  // namespace rig

#include "rig/engine/console_session.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "rig/base/units.h"

namespace rig {
namespace {

// Reports are decimal integers; anything else is no value.
std::optional<std::int64_t> ParseCount(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string FrameText(const ConsoleFrame& frame) {
  std::string text(1, frame.type);
  for (const auto& field : frame.fields) text += "," + field.key + "=" + field.value;
  return text;
}

}  // namespace

Result<ConsoleSession> ConsoleSession::Create(const BoundBench& bench, const v1::Console& console,
                                              TraceSink& sink) {
  ConsoleSession session;
  session.link_ = bench.console;
  session.sink_ = &sink;
  RIG_TRY_ASSIGN(session.sent_,
                 sink.Declare("commanded." + bench.console_signal, "", ChannelKind::kText));
  RIG_TRY_ASSIGN(session.received_,
                 sink.Declare("observed." + bench.console_signal, "", ChannelKind::kText));
  RIG_TRY_ASSIGN(session.log_, sink.Declare("log.console", "", ChannelKind::kText));
  session.report_timeout_ = Duration(console.report_timeout());
  RIG_TRY_ASSIGN(session.reporting_channel_,
                 sink.Declare("device.reporting", "1", ChannelKind::kStep));
  RIG_TRY(sink.AppendStep(session.reporting_channel_, RunTime(), 0));
  for (const v1::Telemetry& telemetry : console.telemetry()) {
    RIG_TRY_ASSIGN(const PhysicalQuantity count, ParseQuantity(telemetry.count()));
    double offset_si = 0.0;
    if (!telemetry.offset().empty()) {
      RIG_TRY_ASSIGN(const PhysicalQuantity offset, ParsePoint(telemetry.offset()));
      offset_si = offset.si;
    }
    RIG_TRY_ASSIGN(const auto id, sink.Declare("device." + telemetry.channel(),
                                               SiUnit(count.dimension), ChannelKind::kStep));
    session.reports_.emplace(telemetry.key(),
                             Report{.channel = id, .count_si = count.si, .offset_si = offset_si});
  }
  return session;
}

Status ConsoleSession::Send(RunTime now, std::string_view payload) {
  RIG_TRY(sink_->AppendText(sent_, now, payload));
  return link_->Send(EncodeConsoleFrame(payload));
}

Status ConsoleSession::Drain(RunTime now) {
  bytes_.clear();
  frames_.clear();
  RIG_TRY(link_->Drain(bytes_));
  decoder_.Feed(bytes_, frames_);
  for (const ConsoleFrame& frame : frames_) {
    RIG_TRY(Expire(frame.t));
    RIG_TRY(Take(frame));
  }
  RIG_TRY(Expire(now));
  if (decoder_.rejected() == rejected_) return {};
  const std::uint64_t fresh = decoder_.rejected() - rejected_;
  rejected_ = decoder_.rejected();
  return sink_->AppendText(log_, now, fmt::format("rejected {} malformed frame(s)", fresh));
}

Status ConsoleSession::Take(const ConsoleFrame& frame) {
  RIG_TRY(sink_->AppendText(received_, frame.t, FrameText(frame)));
  if (frame.type == 'I') {
    identity_ =
        ReportedIdentity{std::string(frame.Get("device")), std::string(frame.Get("version")),
                         std::string(frame.Get("build")), std::string(frame.Get("serial"))};
  }
  if (frame.type != 'S') return {};  // acknowledgements echo keys, too
  last_report_ = frame.t;
  RIG_TRY(SetReporting(frame.t, true));
  for (const auto& field : frame.fields) RIG_TRY(TakeReport(frame, field));
  return {};
}

Status ConsoleSession::SetReporting(RunTime t, bool reporting) {
  if (reporting == reporting_) return {};
  reporting_ = reporting;
  return sink_->AppendStep(reporting_channel_, t, reporting ? 1 : 0);
}

// What has not been reported in time is not known from then on.
Status ConsoleSession::Expire(RunTime now) {
  if (reporting_ && now - last_report_ > report_timeout_) {
    RIG_TRY(SetReporting(last_report_ + report_timeout_, false));
  }
  for (auto& [key, report] : reports_) {
    if (!report.known || now - report.last <= report_timeout_) continue;
    report.known = false;
    RIG_TRY(sink_->AppendStep(report.channel, report.last + report_timeout_,
                              std::numeric_limits<double>::quiet_NaN()));
  }
  return {};
}

Status ConsoleSession::TakeReport(const ConsoleFrame& frame, const ConsoleFrame::Field& field) {
  const auto found = reports_.find(field.key);
  if (found == reports_.end()) return {};
  Report& report = found->second;
  const auto count = ParseCount(field.value);
  report.last = frame.t;
  report.known = count.has_value();
  if (count) {
    return sink_->AppendStep(report.channel, frame.t,
                             report.offset_si + static_cast<double>(*count) * report.count_si);
  }
  RIG_TRY(sink_->AppendText(log_, frame.t,
                            fmt::format("{}={}: expected a whole number", field.key, field.value)));
  return sink_->AppendStep(report.channel, frame.t, std::numeric_limits<double>::quiet_NaN());
}

}  // namespace rig

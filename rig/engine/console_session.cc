#include "rig/engine/console_session.h"

#include <fmt/format.h>

#include <charconv>

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
  for (const v1::Telemetry& telemetry : console.telemetry()) {
    RIG_TRY_ASSIGN(const PhysicalQuantity count, ParseQuantity(telemetry.count()));
    RIG_TRY_ASSIGN(const auto id, sink.Declare("device." + telemetry.channel(),
                                               SiUnit(count.dimension), ChannelKind::kStep));
    session.reports_.emplace(telemetry.key(), Report{id, count.si});
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
  for (const ConsoleFrame& frame : frames_) RIG_TRY(Take(frame));
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
  for (const auto& field : frame.fields) RIG_TRY(TakeReport(frame, field));
  return {};
}

Status ConsoleSession::TakeReport(const ConsoleFrame& frame, const ConsoleFrame::Field& field) {
  // Acknowledgements echo the key of the command as a value, never as a report.
  const auto report = frame.type == 'S' ? reports_.find(field.key) : reports_.end();
  if (report == reports_.end()) return {};
  const auto count = ParseCount(field.value);
  if (!count) {
    return sink_->AppendText(log_, frame.t,
                             fmt::format("{}={}: expected a whole number", field.key, field.value));
  }
  return sink_->AppendStep(report->second.channel, frame.t,
                           static_cast<double>(*count) * report->second.count_si);
}

}  // namespace rig

#include "rig/engine/capture.h"

#include <algorithm>

namespace rig {

Result<CaptureRecorder> CaptureRecorder::Create(const BoundBench& bench, TraceSink& sink) {
  CaptureRecorder recorder;
  recorder.captures_ = bench.captures;
  recorder.sink_ = &sink;
  for (const CapturePort& port : bench.captured) {
    RIG_TRY_ASSIGN(const auto id, sink.Declare("observed." + port.signal, "1", ChannelKind::kStep));
    recorder.lines_.push_back({.port = port, .channel = id});
  }
  for (const CodedPort& port : bench.coded) RIG_TRY(recorder.AddCoded(port));
  return recorder;
}

Status CaptureRecorder::AddCoded(const CodedPort& port) {
  const auto line = [&](const std::string& signal) -> Result<std::size_t> {
    const auto level = FindLevel(signal);
    if (level) return *level;
    return MakeError(Code::kNotFound, port.signal + ": no captured line " + signal);
  };
  Coded coded{};
  coded.step = port.step;
  RIG_TRY_ASSIGN(coded.channel,
                 sink_->Declare("observed." + port.signal, port.unit, ChannelKind::kStep));
  for (const std::string& bit : port.bits) {
    RIG_TRY_ASSIGN(const std::size_t index, line(bit));
    coded.bits.push_back(index);
  }
  RIG_TRY_ASSIGN(coded.positive, line(port.positive));
  RIG_TRY_ASSIGN(coded.negative, line(port.negative));
  coded_.push_back(std::move(coded));
  return {};
}

const double* CaptureRecorder::FindCount(std::string_view signal) const {
  const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) {
    return l.port.signal == signal && l.port.tone_hold.count() == 0;
  });
  return line == lines_.end() ? nullptr : &line->count;
}

std::optional<std::size_t> CaptureRecorder::FindLevel(std::string_view signal) const {
  const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) {
    return l.port.signal == signal && l.port.count_every.count() == 0 &&
           l.port.tone_hold.count() == 0;
  });
  if (line == lines_.end()) return std::nullopt;
  return static_cast<std::size_t>(line - lines_.begin());
}

Duration CaptureRecorder::ActiveTime(std::size_t level, RunTime t) const {
  const std::deque<Change>& changes = lines_[level].changes;
  auto last = changes.end() - 1;
  while (last != changes.begin() && last->t > t) --last;
  return last->active_before + (last->active ? t - last->t : Duration(0));
}

Status CaptureRecorder::Drain(RunTime now) {
  for (std::size_t i = 0; i < captures_.size(); ++i) {
    edges_.clear();
    RIG_TRY(captures_[i]->Drain(edges_));
    for (const Edge& edge : edges_) {
      const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& l) {
        return l.port.capture == i && l.port.channel == edge.channel;
      });
      if (line != lines_.end()) RIG_TRY(Take(*line, edge));
    }
  }
  for (Line& line : lines_) {
    while (line.changes.size() > 1 && line.changes[1].t <= now) line.changes.pop_front();
    RIG_TRY(Settle(line, now));
  }
  return {};
}

Status CaptureRecorder::Take(Line& line, const Edge& edge) {
  if (line.port.count_every.count() > 0) {
    if (!edge.active) return line.recorded ? Status{} : Record(line, edge.t, 0);
    RIG_TRY(Settle(line, edge.t));
    line.last_edge = edge.t;
    ++line.count;
    if (edge.t < line.next_record) return {};
    return Record(line, edge.t, line.count);
  }
  if (line.port.tone_hold.count() > 0) {
    // The level found at the start is no tone.
    if (!line.recorded) return Record(line, edge.t, 0);
    RIG_TRY(Settle(line, edge.t));
    line.last_edge = edge.t;
    if (line.sounding) return {};
    line.sounding = true;
    return Record(line, edge.t, 1);
  }
  const Change& before = line.changes.back();
  line.changes.push_back(
      {edge.t, edge.active,
       before.active_before + (before.active ? edge.t - before.t : Duration(0))});
  line.active = edge.active;
  if (edge.active) ++line.count;
  RIG_TRY(Record(line, edge.t, edge.active ? 1 : 0));
  return RecordCoded(edge.t);
}

// Lines that change at one instant do so one after the other: the last of these values counts.
Status CaptureRecorder::RecordCoded(RunTime t) {
  for (Coded& coded : coded_) {
    double number = 0;
    double weight = 1;
    bool known = lines_[coded.positive].recorded && lines_[coded.negative].recorded;
    for (const std::size_t bit : coded.bits) {
      known = known && lines_[bit].recorded;
      if (lines_[bit].active) number += weight;
      weight *= 2;
    }
    const int sign =
        (lines_[coded.positive].active ? 1 : 0) - (lines_[coded.negative].active ? 1 : 0);
    const double value = number * sign * coded.step;
    if (!known || coded.recorded == value) continue;
    coded.recorded = value;
    RIG_TRY(sink_->AppendStep(coded.channel, t, value));
  }
  return {};
}

Status CaptureRecorder::Record(Line& line, RunTime t, double value) {
  line.recorded = true;
  line.recorded_count = value;
  line.next_record = t + line.port.count_every;
  return sink_->AppendStep(line.channel, t, value);
}

// What became certain because nothing happened until `now`: a tone has ended, a counter has come to
// rest. Both date from the last edge.
Status CaptureRecorder::Settle(Line& line, RunTime now) {
  const Duration rest = std::max(line.port.tone_hold, line.port.count_every);  // one of them is 0
  if (!IsOpen(line) || now - line.last_edge <= rest) return {};
  line.sounding = false;
  return Record(line, line.last_edge, line.count);
}

// A tone counts nothing, so that its last value is 0.
bool CaptureRecorder::IsOpen(const Line& line) {
  const bool counts = line.port.count_every.count() > 0;
  return line.sounding || (counts && line.count != line.recorded_count);
}

RunTime CaptureRecorder::Settled(RunTime now) const {
  RunTime settled = now;
  for (const Line& line : lines_) {
    if (IsOpen(line)) settled = std::min(settled, line.last_edge);
  }
  return settled;
}

}  // namespace rig

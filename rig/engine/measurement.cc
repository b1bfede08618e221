#include "rig/engine/measurement.h"

namespace rig {

Result<MeasurementRecorder> MeasurementRecorder::Create(const BoundBench& bench, TraceSink& sink) {
  MeasurementRecorder recorder;
  recorder.sink_ = &sink;
  for (const MeasurementPort& port : bench.measured) {
    RIG_TRY_ASSIGN(const auto id, sink.Declare("observed." + port.signal, port.unit,
                                               ChannelKind::kSampled, port.capture->period()));
    recorder.channels_.push_back({port, id});
  }
  return recorder;
}

Status MeasurementRecorder::Drain() {
  for (const Channel& measured : channels_) {
    const MeasurementPort& port = measured.port;
    samples_.clear();
    const Status drained = port.capture->Drain(port.channel, samples_);
    if (!drained) return WithContext(drained.error(), "signal " + port.signal);
    for (double& sample : samples_) sample = (sample - port.offset_v) / port.gain;
    RIG_TRY(sink_->AppendSamples(measured.channel, samples_));
  }
  return {};
}

}  // namespace rig

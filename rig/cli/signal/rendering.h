#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim_signals/catalogue/catalogue.h"

namespace rig {

// Signals of one body, rendered outside a run.
struct RenderOrder {
  std::vector<std::string> body;  // "[SECONDS:] YAML of a body step", in time order
  // "NAME=YAML of a source", "ii=ecg: {lead: ii}"; "NAME[UNIT]=…" where the source has no unit of
  // its own.
  std::vector<std::string> play;
  std::uint64_t seed = 1;
  double duration_s = 10.0;
  double rate_hz = 500.0;  // its period a whole number of nanoseconds to 1 ppm
};
inline constexpr double kLongestS = 31 * 86400.0;

class SignalRendering {
 public:
  struct Signal {
    std::string name, unit;
    v1::Play play;
    std::unique_ptr<SignalSource> source;
    std::vector<double> values;     // of the block
    std::vector<TruthEvent> truth;  // of the block
  };
  // Errors: INVALID_ARGUMENT naming the argument that is wrong; those of MakeSource.
  static Result<std::unique_ptr<SignalRendering>> Create(const RenderOrder& order);

  const BodyCourse& body() const { return body_; }
  const std::vector<Signal>& signals() const { return signals_; }
  std::int64_t samples() const { return samples_; }
  RunTime TimeOf(std::int64_t sample) const { return AtNanoseconds(period_.count() * sample); }
  // Renders block after block; `block` gets the number of its first sample. Memory does not grow.
  // Errors: those of the sources; OUT_OF_RANGE for a value that is not finite.
  Status Render(const std::function<Status(std::int64_t first)>& block);

 private:
  BodyCourse body_;
  std::vector<Signal> signals_;
  Duration period_{};
  std::int64_t samples_ = 0;
};

}  // namespace rig

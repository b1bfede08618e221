#include "rig/cli/signal/rendering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/scenario/body.h"

namespace rig {
namespace {

constexpr std::int64_t kBlock = 4096;

// The unit in which a source gives its values where no bench says one.
Result<std::string> UnitOf(const v1::Play& play) {
  const auto* source = play.GetReflection()->GetOneofFieldDescriptor(
      play, play.GetDescriptor()->FindOneofByName("source"));
  const std::string unit = source->message_type()->options().GetExtension(v1::generator).unit();
  if (!unit.empty()) return unit;
  const std::string& value = play.has_ramp() ? play.ramp().to() : play.constant().value();
  if (value.empty()) return std::string("V");
  RIG_TRY_ASSIGN(const PhysicalQuantity quantity, ParseQuantity(value));
  return SiUnit(quantity.dimension);
}

Status AddBody(const std::string& argument, std::optional<RunTime>& last, BodyCourse& course) {
  std::string text = argument;
  double at_s = 0.0;
  const std::size_t colon = argument.find(':');
  const bool timed =
      colon != std::string::npos && colon > 0 && argument.find_first_not_of("0123456789.") == colon;
  if (timed) {
    at_s = std::strtod(argument.substr(0, colon).c_str(), nullptr);
    text = argument.substr(colon + 1);
  }
  v1::Body body;
  RIG_TRY_ASSIGN(const SourceMap where, LoadYamlText(text, "--body", body));
  RIG_TRY(CheckBody(body, "", where));
  if (course.empty() && !body.has_rhythm()) {
    return MakeError(Code::kInvalidArgument, "--body: the first one names no rhythm; expected one");
  }
  const RunTime at = AtNanoseconds(static_cast<std::int64_t>(std::floor(at_s * 1e9 + 0.5)));
  if (last && at <= *last) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("--body \"{}\" at {} s; expected one after {} s, where the one "
                                 "before it is",
                                 argument, Seconds(at), Seconds(*last)));
  }
  last = at;
  course.Add(at, body);
  return {};
}

}  // namespace

Result<std::unique_ptr<SignalRendering>> SignalRendering::Create(const RenderOrder& order) {
  auto rendering = std::make_unique<SignalRendering>();
  std::optional<RunTime> last;
  for (const std::string& body : order.body) RIG_TRY(AddBody(body, last, rendering->body_));
  rendering->period_ = Duration(static_cast<std::int64_t>(std::floor(1e9 / order.rate_hz + 0.5)));
  rendering->samples_ = static_cast<std::int64_t>(
      std::floor(order.duration_s * 1e9 / static_cast<double>(rendering->period_.count()) + 0.5));
  for (const std::string& argument : order.play) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
      return MakeError(Code::kInvalidArgument,
                       "--play \"" + argument + "\"; expected NAME=SOURCE, \"ii=ecg: {lead: ii}\"");
    }
    Signal signal;
    signal.name = argument.substr(0, equals);
    signal.play.set_signal(signal.name);
    const std::string text =
        fmt::format("{{signal: {}, {}}}", signal.name, argument.substr(equals + 1));
    RIG_TRY(LoadYamlText(text, "--play " + signal.name, signal.play));
    RIG_TRY_ASSIGN(signal.unit, UnitOf(signal.play));
    const SourceContext context{.seed = order.seed,
                                .signal = signal.name,
                                .unit = signal.unit,
                                .directory = ".",
                                .body = &rendering->body_};
    auto source = MakeSource(signal.play, context, RunTime());
    if (!source) return WithContext(source.error(), "--play " + signal.name);
    signal.source = std::move(*source);
    rendering->signals_.push_back(std::move(signal));
  }
  return rendering;
}

Status SignalRendering::Render(const std::function<Status(std::int64_t first)>& block) {
  for (std::int64_t first = 0; first < samples_; first += kBlock) {
    const auto size = static_cast<std::size_t>(std::min(kBlock, samples_ - first));
    for (Signal& signal : signals_) {
      signal.values.resize(size);
      signal.truth.clear();
      const Status rendered =
          signal.source->Render(TimeOf(first), period_, signal.values, signal.truth);
      if (!rendered) return WithContext(rendered.error(), "signal " + signal.name);
    }
    RIG_TRY(block(first));
  }
  return {};
}

}  // namespace rig

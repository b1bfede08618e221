#include "rig/cli/signal/rendering.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"
#include "rig/scenario/body.h"

namespace rig {
namespace {

constexpr std::int64_t kBlock = 4096;

// By how much the period of whole nanoseconds may change the rate.
constexpr double kRateError = 1e-6;

// The unit in which a source gives its values where nobody says one.
Result<std::string> OwnUnit(const v1::Play& play) {
  const auto* source = play.GetReflection()->GetOneofFieldDescriptor(
      play, play.GetDescriptor()->FindOneofByName("source"));
  const std::string unit = source->message_type()->options().GetExtension(v1::generator).unit();
  if (!unit.empty()) return unit;
  const std::string& value = play.has_ramp() ? play.ramp().to() : play.constant().value();
  if (value.empty()) return std::string("V");
  RIG_TRY_ASSIGN(const PhysicalQuantity quantity, ParsePoint(value));
  return SiUnit(quantity.dimension);
}

// Seconds before the colon of "--body", -1 where there are none. Errors: INVALID_ARGUMENT.
Result<double> TimeOfBody(const std::string& argument) {
  const std::size_t colon = argument.find(':');
  const bool timed = colon != std::string::npos && colon > 0 &&
                     argument.find_first_not_of("0123456789.+-eE") == colon;
  if (!timed) return -1.0;
  double seconds = 0.0;
  const char* const end = argument.data() + colon;
  const auto parsed = std::from_chars(argument.data(), end, seconds);
  const bool number = parsed.ec == std::errc() && parsed.ptr == end;
  if (number && seconds >= 0.0 && seconds <= kLongestS) return seconds;
  return MakeError(Code::kInvalidArgument,
                   fmt::format("--body \"{}\"; expected 0 to {:.0f} seconds before the colon",
                               argument, kLongestS));
}

Status AddBody(const std::string& argument, std::optional<RunTime>& last, BodyCourse& course) {
  RIG_TRY_ASSIGN(const double at_s, TimeOfBody(argument));
  const std::string text = at_s < 0.0 ? argument : argument.substr(argument.find(':') + 1);
  v1::Body body;
  RIG_TRY_ASSIGN(const SourceMap where, LoadYamlText(text, "--body", body));
  RIG_TRY(CheckBody(body, "", where));
  if (course.empty() && !body.has_rhythm()) {
    return MakeError(Code::kInvalidArgument, "--body: the first one names no rhythm; expected one");
  }
  const RunTime at =
      AtNanoseconds(static_cast<std::int64_t>(std::floor(std::max(0.0, at_s) * 1e9 + 0.5)));
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

// "NAME=SOURCE" or "NAME[UNIT]=SOURCE".
Result<SignalRendering::Signal> ReadPlay(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    return MakeError(Code::kInvalidArgument,
                     "--play \"" + argument +
                         "\"; expected NAME=SOURCE, \"ii=ecg: {lead: ii}\", or "
                         "NAME[UNIT]=SOURCE");
  }
  SignalRendering::Signal signal;
  signal.name = argument.substr(0, equals);
  std::string unit;
  const std::size_t bracket = signal.name.find('[');
  if (bracket != std::string::npos && signal.name.back() == ']') {
    unit = signal.name.substr(bracket + 1, signal.name.size() - bracket - 2);
    signal.name.resize(bracket);
  }
  signal.play.set_signal(signal.name);
  const std::string text =
      fmt::format("{{signal: {}, {}}}", signal.name, argument.substr(equals + 1));
  RIG_TRY(LoadYamlText(text, "--play " + signal.name, signal.play));
  if (unit.empty()) {
    RIG_TRY_ASSIGN(signal.unit, OwnUnit(signal.play));
    return signal;
  }
  const auto parsed = ParseUnit(unit);
  if (!parsed) return WithContext(parsed.error(), "--play " + signal.name);
  signal.unit = SiUnit(parsed->dimension);
  return signal;
}

}  // namespace

Result<std::unique_ptr<SignalRendering>> SignalRendering::Create(const RenderOrder& order) {
  auto rendering = std::make_unique<SignalRendering>();
  std::optional<RunTime> last;
  for (const std::string& body : order.body) RIG_TRY(AddBody(body, last, rendering->body_));
  rendering->period_ = Duration(static_cast<std::int64_t>(std::floor(1e9 / order.rate_hz + 0.5)));
  const double period = static_cast<double>(rendering->period_.count());
  if (std::abs(period * order.rate_hz - 1e9) > 1e9 * kRateError) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("--rate {:g}: its period is {:.3f} ns; expected one of whole "
                                 "nanoseconds to 1 ppm",
                                 order.rate_hz, 1e9 / order.rate_hz));
  }
  rendering->samples_ =
      static_cast<std::int64_t>(std::floor(order.duration_s * 1e9 / period + 0.5));
  for (const std::string& argument : order.play) {
    RIG_TRY_ASSIGN(Signal signal, ReadPlay(argument));
    const bool again = std::any_of(rendering->signals_.begin(), rendering->signals_.end(),
                                   [&](const Signal& other) { return other.name == signal.name; });
    if (again) {
      return MakeError(Code::kInvalidArgument,
                       fmt::format("--play {} again; expected a name of its own", signal.name));
    }
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
      const auto bad = std::find_if(signal.values.begin(), signal.values.end(),
                                    [](double v) { return !std::isfinite(v); });
      if (bad == signal.values.end()) continue;
      const std::int64_t sample = first + (bad - signal.values.begin());
      return MakeError(Code::kOutOfRange,
                       fmt::format("signal {} at {:.6f} s: {}; expected a finite number",
                                   signal.name, Seconds(TimeOf(sample)), *bad));
    }
    RIG_TRY(block(first));
  }
  return {};
}

}  // namespace rig

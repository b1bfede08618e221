#include "rig/check/formula/evaluate.h"

#include "rig/check/formula/channels.h"

namespace rig::check {
namespace {

template <typename V, typename F>
Steps Collect(Stream<V>& stream, Range range, F value_of) {
  Steps steps;
  bool more = true;
  while (more) {
    more = stream.Advance();
    for (const Piece<V>& piece : stream.ready()) {
      if (piece.begin <= range.last) Append(steps, piece.begin, value_of(piece.value));
    }
    stream.ready().clear();
  }
  return steps;
}

double Identity(double value) { return value; }

}  // namespace

Evaluator::Evaluator(const Signals& signals)
    : signals_(signals),
      timeline_{At(signals.end), At(signals.end)},
      network_(
          [this](const std::string& channel, Range range) {
            return std::make_unique<RecordedChannel>(
                signals_.channels.find(channel)->second.steps(), range, timeline_.end);
          },
          timeline_) {}

Steps Evaluator::Values(const Node& node, Range range) const {
  return Collect(*network_.ValuesOf(node, range), range, Identity);
}

Steps Evaluator::Robustness(const Node& node, Side side, Range range) const {
  return Collect(*network_.RobustnessOf(node, range, side), range,
                 [side](Bounds bounds) { return At(side, bounds); });
}

Steps Evaluator::Truth(const Node& node, Range range) const {
  return Collect(*network_.TruthOf(node, range), range, Identity);
}

Bounds Evaluator::RobustnessAt(const Node& node, Position p, Side side) const {
  const Conditions stream = network_.RobustnessOf(node, {p, p}, side);
  while (stream->Advance()) {
  }
  return stream->ready().front().value;
}

Range Evaluator::WindowAt(const Node& node, Position p) const {
  if (node.to) {
    const Window window = WindowOf(node);
    return {p + window.from, p + window.to};
  }
  return IsPast(node.kind) ? Range{0, p - Width(node.from)} : Range{p + Width(node.from), end()};
}

double Evaluator::Uncertainty(const Node& node, Position p) const {
  const check::Values uncertainty = network_.UncertaintyIn(node, {p, p});
  return uncertainty == nullptr ? 0 : Collect(*uncertainty, {p, p}, Identity).front().value;
}

}  // namespace rig::check

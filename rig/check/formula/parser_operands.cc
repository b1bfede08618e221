// What stands between a formula's operators: numbers, names, functions, parentheses.

#include <fmt/format.h>

#include <cmath>

#include "rig/check/formula/parser.h"
#include "rig/check/formula/typing.h"

namespace rig::check {
namespace {

constexpr Operator kFunctions[] = {
    {"abs", Kind::kAbs},     {"min", Kind::kMin},     {"max", Kind::kMax},
    {"rise", Kind::kRise},   {"fall", Kind::kFall},   {"last_duration", Kind::kLastDuration},
    {"rate", Kind::kRate},   {"count", Kind::kCount}, {"time_since", Kind::kTimeSince},
    {"above", Kind::kAbove}, {"below", Kind::kBelow}};

// Somebody means 310 K as a temperature.
bool IsFarFromADifference(const PhysicalQuantity& quantity) {
  constexpr double kFarK = 150.0;
  static const Dimension kelvin = ParseUnit("K")->dimension;
  return quantity.dimension == kelvin && std::abs(quantity.si) >= kFarK;
}

}  // namespace

Result<Part> Parser::Primary() {
  const Token& token = Next();
  if (token.kind == Token::Kind::kNumber) {
    if (!token.quantity.absolute && IsFarFromADifference(token.quantity)) {
      return SyntaxError(token.begin, fmt::format("{} is no difference of temperatures, expected a "
                                                  "temperature in °C; a difference is given in K",
                                                  Quoted(token.text)));
    }
    ++index_;
    RIG_TRY_ASSIGN(Part part, Build(Kind::kNumber, token.begin, token.begin, {}));
    part.node->dimension = token.quantity.dimension;
    part.node->constant = token.quantity.si;
    part.node->unit = token.quantity.unit;
    if (token.quantity.absolute) part.node->scale = Scale::kPoint;
    return part;
  }
  if (Accept("(")) return Parenthesised(token.begin);
  if (Accept("true")) return Build(Kind::kTrue, token.begin, token.begin, {});
  if (Accept("false")) return Build(Kind::kFalse, token.begin, token.begin, {});
  if (const Operator* function = AcceptOneOf(kFunctions)) return Call(function->kind, token.begin);
  if (token.kind != Token::Kind::kName || IsKeyword(token.text)) {
    return Unexpected("a channel, a number or \"(\"");
  }
  const auto& definitions = context_.vocabulary.definitions;
  const auto definition = definitions.find(token.text);
  return definition == definitions.end() ? Channel() : Defined(token, definition->second);
}

Result<Part> Parser::Parenthesised(std::size_t begin) {
  RIG_TRY_ASSIGN(Part part, Implication());
  const std::size_t end = Next().begin + 1;
  RIG_TRY(Expect(")"));
  part.node->text = std::string(text_.substr(begin, end - begin));
  return Part{std::move(part.node), begin, end, true};
}

Result<Part> Parser::Call(Kind kind, std::size_t begin) {
  if (kind == Kind::kRate || kind == Kind::kCount) return CallOverTime(kind, begin);
  if (IsHysteresis(kind)) return CallWithLevels(kind, begin);
  RIG_TRY(Expect("("));
  std::vector<Part> operands;
  RIG_TRY_ASSIGN(Part first, Implication());
  operands.push_back(std::move(first));
  if (kind == Kind::kMin || kind == Kind::kMax) {
    RIG_TRY(Expect(","));
    RIG_TRY_ASSIGN(Part second, Implication());
    operands.push_back(std::move(second));
  }
  RIG_TRY(Expect(")"));
  return Build(kind, begin, begin, std::move(operands));
}

// "rate(x, 1 s)", "count(rise(a), 10 s)".
Result<Part> Parser::CallOverTime(Kind kind, std::size_t begin) {
  RIG_TRY(Expect("("));
  std::vector<Part> operands;
  RIG_TRY_ASSIGN(Part of, Implication());
  operands.push_back(std::move(of));
  RIG_TRY(Expect(","));
  const std::size_t at = Next().begin;
  RIG_TRY_ASSIGN(const Duration over, Bound());
  if (over == Duration(0)) return SyntaxError(at, "a time of 0, expected a longer one");
  RIG_TRY(Expect(")"));
  RIG_TRY_ASSIGN(Part part, Build(kind, begin, begin, std::move(operands)));
  part.node->to = over;
  return part;
}

// "above(x, on, off)".
Result<Part> Parser::CallWithLevels(Kind kind, std::size_t begin) {
  RIG_TRY(Expect("("));
  std::vector<Part> operands;
  for (int i = 0; i < 3; ++i) {
    if (i > 0) RIG_TRY(Expect(","));
    RIG_TRY_ASSIGN(Part operand, Implication());
    operands.push_back(std::move(operand));
  }
  RIG_TRY(Expect(")"));
  return Build(kind, begin, begin, std::move(operands));
}

Result<Part> Parser::Channel() {
  const Token& token = Next();
  const std::string unit = context_.vocabulary.unit_of(token.text);
  if (unit.empty()) {
    const bool not_finite = token.text == "nan" || token.text == "NaN" || token.text == "inf";
    return SyntaxError(token.begin,
                       fmt::format("{} {}", Quoted(token.text),
                                   not_finite ? "is no number, expected a finite one"
                                              : "is no channel here, expected a channel of the "
                                                "bench, the device or the scenario"));
  }
  RIG_TRY_ASSIGN(const Unit parsed, ParseUnit(unit));
  ++index_;
  RIG_TRY_ASSIGN(Part part, Build(Kind::kChannel, token.begin, token.begin, {}));
  part.node->dimension = parsed.dimension;
  part.node->channel = std::string(token.text);
  part.node->unit = unit;
  part.node->scale = Scale::kPoint;
  context_.channels.insert(part.node->channel);
  return part;
}

Result<Part> Parser::Defined(const Token& token, const std::string& text) {
  const auto known = context_.defined.find(token.text);
  std::shared_ptr<const Node> node;
  if (known != context_.defined.end()) {
    node = known->second;
  } else {
    RIG_TRY_ASSIGN(node, ParseDefinition(token, text));
    context_.defined.emplace(token.text, node);
  }
  ++index_;
  auto named = std::make_shared<Node>(*node);
  named->text = std::string(token.text);
  return Part{std::move(named), token.begin, token.begin + token.text.size(), true};
}

Result<std::shared_ptr<const Node>> Parser::ParseDefinition(const Token& token,
                                                            const std::string& text) {
  if (context_.open.contains(token.text)) {
    return SyntaxError(token.begin, Quoted(token.text) +
                                        " is defined by itself, expected a "
                                        "definition by other names");
  }
  RIG_TRY(Descend());
  const auto in_definition = [&](const Error& error) {
    return SyntaxError(
        token.begin, fmt::format("in the definition of {}: {}", Quoted(token.text), error.message));
  };
  const auto tokens = Tokenise(text);
  if (!tokens) return in_definition(tokens.error());
  context_.open.emplace(token.text);
  auto part = Parser(text, *tokens, context_, nesting_).Run();
  context_.open.erase(context_.open.find(token.text));
  --nesting_;
  if (!part) return in_definition(part.error());
  return std::shared_ptr<const Node>(std::move(part->node));
}

// A time, or a name that stands for one.
Result<Duration> Parser::Bound() {
  const Token& token = Next();
  if (token.kind == Token::Kind::kSymbol && token.text == "-") {
    return SyntaxError(token.begin, "a negative bound, expected a time from 0 s on");
  }
  const bool is_name = token.kind == Token::Kind::kName && !IsKeyword(token.text) &&
                       context_.vocabulary.definitions.contains(token.text);
  if (token.kind != Token::Kind::kNumber && !is_name) return Unexpected("a time such as 10 s");
  RIG_TRY_ASSIGN(const Part part, Primary());
  return ToBound(*part.node, token);
}

}  // namespace rig::check

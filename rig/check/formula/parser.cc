#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <span>

#include "rig/check/formula/formula.h"
#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/lexer.h"
#include "rig/check/formula/typing.h"

namespace rig {
namespace check {
namespace {

constexpr std::size_t kLongestFormula = 65'536;
constexpr int kDeepestNesting = 60;  // parser recursion: parentheses and prefix operators

// A parsed part and how it was written.
struct Part {
  std::shared_ptr<Node> node;
  std::size_t begin;
  std::size_t end;
  bool in_parentheses = false;
  // A temporal operator or "not" whose operand has no parentheses: "always a -> b" reads two ways.
  bool open_operand = false;
};

struct Operator {
  std::string_view text;
  Kind kind;
};
constexpr Operator kComparisons[] = {{"<", Kind::kLess},    {"<=", Kind::kLessOrEqual},
                                     {">", Kind::kGreater}, {">=", Kind::kGreaterOrEqual},
                                     {"==", Kind::kEqual},  {"!=", Kind::kNotEqual}};
constexpr Operator kOr[] = {{"or", Kind::kOr}, {"|", Kind::kOr}};
constexpr Operator kAnd[] = {{"and", Kind::kAnd}, {"&", Kind::kAnd}};
constexpr Operator kSums[] = {{"+", Kind::kAdd}, {"-", Kind::kSubtract}};
constexpr Operator kProducts[] = {{"*", Kind::kMultiply}, {"/", Kind::kDivide}};
constexpr Operator kTemporal[] = {{"always", Kind::kAlways},
                                  {"eventually", Kind::kEventually},
                                  {"historically", Kind::kHistorically},
                                  {"once", Kind::kOnce}};
constexpr Operator kFunctions[] = {{"abs", Kind::kAbs},
                                   {"min", Kind::kMin},
                                   {"max", Kind::kMax},
                                   {"rise", Kind::kRise},
                                   {"fall", Kind::kFall}};

// Recursive descent, one function per level of precedence, loosest first.
class Parser {
 public:
  Parser(std::string_view text, std::span<const Token> tokens, const Formula::UnitOf& unit_of,
         std::set<std::string>& channels)
      : text_(text), tokens_(tokens), unit_of_(unit_of), channels_(channels) {}

  Result<std::shared_ptr<Node>> Run() {
    RIG_TRY_ASSIGN(Part part, Implication());
    if (Next().kind != Token::Kind::kEnd) {
      return SyntaxError(Next().begin,
                         fmt::format("\"{}\", expected an operator or the end", Next().text));
    }
    RIG_TRY(MakeCondition(part));
    return part.node;
  }

 private:
  const Token& Next() const { return tokens_[index_]; }
  bool Accept(std::string_view text) {
    if (Next().kind == Token::Kind::kEnd || Next().text != text) return false;
    ++index_;
    return true;
  }
  Status Expect(std::string_view text) {
    if (Accept(text)) return {};
    return Unexpected(fmt::format("\"{}\"", text));
  }
  tl::unexpected<Error> Unexpected(std::string_view expected) const {
    return SyntaxError(Next().begin,
                       Next().kind == Token::Kind::kEnd
                           ? fmt::format("the formula ends, expected {}", expected)
                           : fmt::format("\"{}\", expected {}", Next().text, expected));
  }
  const Operator* AcceptOneOf(std::span<const Operator> operators) {
    for (const Operator& candidate : operators) {
      if (Accept(candidate.text)) return &candidate;
    }
    return nullptr;
  }

  Status MakeCondition(Part& part) { return AsCondition(part.node, part.begin); }

  // A node over parsed parts, typed; its text runs from the first part to the last token read.
  Result<Part> Build(Kind kind, std::size_t begin, std::size_t operator_at,
                     std::vector<Part> operands) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    std::vector<std::size_t> places;
    for (Part& operand : operands) {
      places.push_back(operand.begin);
      node->children.push_back(std::move(operand.node));
    }
    const Token& last = tokens_[index_ - 1];
    const std::size_t end = last.begin + last.text.size();
    node->text = std::string(text_.substr(begin, end - begin));
    RIG_TRY(CheckTypes(*node, operator_at, places));
    return Part{std::move(node), begin, end};
  }

  Status RefuseOpenOperand(const Part& left, std::string_view op) const {
    if (left.in_parentheses || !left.open_operand) return {};
    return SyntaxError(
        Next().begin, fmt::format("\"{}\" after \"{}\" reads two ways, expected parentheses around "
                                  "what the temporal operator applies to",
                                  op, text_.substr(left.begin, left.end - left.begin)));
  }

  using Level = Result<Part> (Parser::*)();
  Result<Part> LeftAssociative(Level operand, std::span<const Operator> operators, bool logical) {
    RIG_TRY_ASSIGN(Part left, (this->*operand)());
    while (true) {
      const std::size_t at = Next().begin;
      const std::string_view text = Next().text;
      const std::size_t before = index_;
      const Operator* op = AcceptOneOf(operators);
      if (op == nullptr) return left;
      if (logical) {
        index_ = before;
        RIG_TRY(RefuseOpenOperand(left, text));
        ++index_;
      }
      RIG_TRY_ASSIGN(Part right, (this->*operand)());
      const std::size_t begin = left.begin;
      std::vector<Part> operands;
      operands.push_back(std::move(left));
      operands.push_back(std::move(right));
      RIG_TRY_ASSIGN(left, Build(op->kind, begin, at, std::move(operands)));
    }
  }

  Result<Part> Implication() {
    RIG_TRY_ASSIGN(Part left, Disjunction());
    const std::size_t at = Next().begin;
    if (Next().text != "->") return left;
    RIG_TRY(RefuseOpenOperand(left, "->"));
    ++index_;
    RIG_TRY(Descend());
    RIG_TRY_ASSIGN(Part right, Implication());
    --nesting_;
    const std::size_t begin = left.begin;
    std::vector<Part> operands;
    operands.push_back(std::move(left));
    operands.push_back(std::move(right));
    return Build(Kind::kImplies, begin, at, std::move(operands));
  }
  Result<Part> Disjunction() { return LeftAssociative(&Parser::Conjunction, kOr, true); }
  Result<Part> Conjunction() { return LeftAssociative(&Parser::Comparison, kAnd, true); }
  Result<Part> Sum() { return LeftAssociative(&Parser::Product, kSums, false); }
  Result<Part> Product() { return LeftAssociative(&Parser::Unary, kProducts, false); }

  Result<Part> Comparison() {
    RIG_TRY_ASSIGN(Part left, Sum());
    const std::size_t at = Next().begin;
    const Operator* op = AcceptOneOf(kComparisons);
    if (op == nullptr) return left;
    RIG_TRY_ASSIGN(Part right, Sum());
    const std::size_t begin = left.begin;
    std::vector<Part> operands;
    operands.push_back(std::move(left));
    operands.push_back(std::move(right));
    RIG_TRY_ASSIGN(Part result, Build(op->kind, begin, at, std::move(operands)));
    if (AcceptOneOf(kComparisons) != nullptr) {
      return SyntaxError(tokens_[index_ - 1].begin,
                         "a second comparison, expected two comparisons joined by \"and\"");
    }
    return result;
  }

  Status Descend() {
    if (++nesting_ <= kDeepestNesting) return {};
    return SyntaxError(Next().begin, fmt::format("nested too deeply, expected at most {} levels",
                                                 kDeepestNesting));
  }

  Result<Part> Unary() {
    RIG_TRY(Descend());
    RIG_TRY_ASSIGN(Part part, Prefixed());
    --nesting_;
    return part;
  }

  Result<Part> Prefixed() {
    const std::size_t begin = Next().begin;
    if (Accept("-")) return Prefix(Kind::kNegate, begin);
    if (Accept("not") || Accept("!")) return Prefix(Kind::kNot, begin);
    if (const Operator* op = AcceptOneOf(kTemporal)) return Temporal(op->kind, begin);
    return Primary();
  }

  Result<Part> Prefix(Kind kind, std::size_t begin) {
    RIG_TRY_ASSIGN(Part operand, Unary());
    const bool open = !operand.in_parentheses && operand.open_operand;
    std::vector<Part> operands;
    operands.push_back(std::move(operand));
    RIG_TRY_ASSIGN(Part part, Build(kind, begin, begin, std::move(operands)));
    part.open_operand = open;
    return part;
  }

  Result<Part> Temporal(Kind kind, std::size_t begin) {
    Duration from{0};
    std::optional<Duration> to;
    if (Accept("[")) RIG_TRY(Bounds(from, to));
    RIG_TRY_ASSIGN(Part operand, Unary());
    const bool open = !operand.in_parentheses;
    std::vector<Part> operands;
    operands.push_back(std::move(operand));
    RIG_TRY_ASSIGN(Part part, Build(kind, begin, begin, std::move(operands)));
    part.node->from = from;
    part.node->to = to;
    part.open_operand = open;
    return part;
  }

  // "a, b]" or "a, end]".
  Status Bounds(Duration& from, std::optional<Duration>& to) {
    const std::size_t begin = Next().begin;
    RIG_TRY_ASSIGN(from, Bound());
    RIG_TRY(Expect(","));
    if (!Accept("end")) {
      RIG_TRY_ASSIGN(to, Bound());
      if (*to < from) {
        return SyntaxError(begin,
                           "the lower bound is above the upper bound, expected [lower, upper]");
      }
    }
    return Expect("]");
  }

  Result<Duration> Bound() {
    const Token& token = Next();
    if (token.kind == Token::Kind::kSymbol && token.text == "-") {
      return SyntaxError(token.begin, "a negative bound, expected a time from 0 s on");
    }
    if (token.kind != Token::Kind::kNumber) return Unexpected("a time such as 10 s");
    RIG_TRY_ASSIGN(const Duration bound, ToBound(token));
    ++index_;
    return bound;
  }

  Result<Part> Primary() {
    const Token& token = Next();
    if (token.kind == Token::Kind::kNumber) {
      ++index_;
      RIG_TRY_ASSIGN(Part part, Build(Kind::kNumber, token.begin, token.begin, {}));
      part.node->dimension = token.quantity.dimension;
      part.node->constant = token.quantity.si;
      part.node->unit = token.quantity.unit;
      return part;
    }
    if (Accept("(")) return Parenthesised(token.begin);
    if (Accept("true")) return Build(Kind::kTrue, token.begin, token.begin, {});
    if (Accept("false")) return Build(Kind::kFalse, token.begin, token.begin, {});
    if (const Operator* function = AcceptOneOf(kFunctions)) return Call(*function, token.begin);
    if (token.kind == Token::Kind::kName && !IsKeyword(token.text)) return Channel();
    return Unexpected("a channel, a number or \"(\"");
  }

  Result<Part> Parenthesised(std::size_t begin) {
    RIG_TRY_ASSIGN(Part part, Implication());
    const std::size_t end = Next().begin + 1;
    RIG_TRY(Expect(")"));
    part.node->text = std::string(text_.substr(begin, end - begin));
    return Part{std::move(part.node), begin, end, true};
  }

  Result<Part> Call(const Operator& function, std::size_t begin) {
    RIG_TRY(Expect("("));
    const bool two = function.kind == Kind::kMin || function.kind == Kind::kMax;
    std::vector<Part> operands;
    RIG_TRY_ASSIGN(Part first, Implication());
    operands.push_back(std::move(first));
    if (two) {
      RIG_TRY(Expect(","));
      RIG_TRY_ASSIGN(Part second, Implication());
      operands.push_back(std::move(second));
    }
    RIG_TRY(Expect(")"));
    return Build(function.kind, begin, begin, std::move(operands));
  }

  Result<Part> Channel() {
    const Token& token = Next();
    const std::string unit = unit_of_(token.text);
    if (unit.empty()) {
      const bool not_finite = token.text == "nan" || token.text == "NaN" || token.text == "inf";
      return SyntaxError(token.begin,
                         fmt::format("\"{}\" {}", token.text,
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
    channels_.insert(part.node->channel);
    return part;
  }

  std::string_view text_;
  std::span<const Token> tokens_;
  const Formula::UnitOf& unit_of_;
  std::set<std::string>& channels_;
  std::size_t index_ = 0;
  int nesting_ = 0;
};

}  // namespace
}  // namespace check

Result<Formula> Formula::Parse(std::string_view text, const UnitOf& unit_of) {
  if (text.size() > check::kLongestFormula) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("column {}: the formula goes on, expected at most {} characters",
                                 check::kLongestFormula + 1, check::kLongestFormula));
  }
  RIG_TRY_ASSIGN(const std::vector<check::Token> tokens, check::Tokenise(text));
  Formula formula;
  check::Parser parser(text, tokens, unit_of, formula.channels_);
  RIG_TRY_ASSIGN(formula.root_, parser.Run());
  return formula;
}

}  // namespace rig

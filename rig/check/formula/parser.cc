#include "rig/check/formula/parser.h"

#include <fmt/format.h>

#include "rig/check/formula/typing.h"

namespace rig {
namespace check {
namespace {

constexpr std::size_t kLongestFormula = 65'536;
constexpr int kDeepestNesting = 60;  // parser recursion: parentheses, prefixes, definitions

constexpr Operator kComparisons[] = {{"<", Kind::kLess},    {"<=", Kind::kLessOrEqual},
                                     {">", Kind::kGreater}, {">=", Kind::kGreaterOrEqual},
                                     {"==", Kind::kEqual},  {"!=", Kind::kNotEqual}};
constexpr Operator kOr[] = {{"or", Kind::kOr}, {"|", Kind::kOr}};
constexpr Operator kAnd[] = {{"and", Kind::kAnd}, {"&", Kind::kAnd}};
constexpr Operator kSums[] = {{"+", Kind::kAdd}, {"-", Kind::kSubtract}};
constexpr Operator kProducts[] = {{"*", Kind::kMultiply}, {"/", Kind::kDivide}};
constexpr Operator kPassages[] = {{"until", Kind::kUntil}, {"since", Kind::kSince}};
constexpr Operator kTemporal[] = {{"always", Kind::kAlways},
                                  {"eventually", Kind::kEventually},
                                  {"historically", Kind::kHistorically},
                                  {"once", Kind::kOnce}};

std::vector<Part> Two(Part a, Part b) {
  std::vector<Part> parts;
  parts.push_back(std::move(a));
  parts.push_back(std::move(b));
  return parts;
}

bool IsElapsed(const Part& part) { return part.node->kind == Kind::kTimeSince; }

}  // namespace

Result<Part> Parser::Run() {
  RIG_TRY_ASSIGN(Part part, Implication());
  if (Next().kind == Token::Kind::kEnd) return part;
  return SyntaxError(Next().begin, Quoted(Next().text) + ", expected an operator or the end");
}

bool Parser::Accept(std::string_view text) {
  if (Next().kind == Token::Kind::kEnd || Next().text != text) return false;
  ++index_;
  return true;
}

Status Parser::Expect(std::string_view text) {
  if (Accept(text)) return {};
  return Unexpected(fmt::format("\"{}\"", text));
}

tl::unexpected<Error> Parser::Unexpected(std::string_view expected) const {
  return SyntaxError(Next().begin,
                     Next().kind == Token::Kind::kEnd
                         ? fmt::format("the formula ends, expected {}", expected)
                         : fmt::format("{}, expected {}", Quoted(Next().text), expected));
}

const Operator* Parser::AcceptOneOf(std::span<const Operator> operators) {
  for (const Operator& candidate : operators) {
    if (Accept(candidate.text)) return &candidate;
  }
  return nullptr;
}

Status Parser::Descend() {
  if (++nesting_ <= kDeepestNesting) return {};
  return SyntaxError(Next().begin,
                     fmt::format("nested too deeply, expected at most {} levels", kDeepestNesting));
}

Result<Part> Parser::Build(Kind kind, std::size_t begin, std::size_t operator_at,
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

Status Parser::RefuseOpenOperand(const Part& left, std::string_view op) const {
  if (left.in_parentheses || !left.open_operand) return {};
  return SyntaxError(
      Next().begin,
      fmt::format("{} after {} reads two ways, expected parentheses around "
                  "what the temporal operator applies to",
                  Quoted(op), Quoted(text_.substr(left.begin, left.end - left.begin))));
}

Result<Part> Parser::LeftAssociative(Level operand, std::span<const Operator> operators,
                                     bool logical) {
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
    if (IsPassage(right.node->kind) && !right.in_parentheses) {
      return SyntaxError(right.begin, fmt::format("{} after {} reads two ways, expected "
                                                  "parentheses around it",
                                                  Quoted(right.node->text), Quoted(text)));
    }
    const std::size_t begin = left.begin;
    RIG_TRY_ASSIGN(left, Build(op->kind, begin, at, Two(std::move(left), std::move(right))));
  }
}

Result<Part> Parser::Implication() {
  RIG_TRY_ASSIGN(Part left, Disjunction());
  const std::size_t at = Next().begin;
  if (Next().text != "->") return left;
  RIG_TRY(RefuseOpenOperand(left, "->"));
  ++index_;
  RIG_TRY(Descend());
  RIG_TRY_ASSIGN(Part right, Implication());
  --nesting_;
  const std::size_t begin = left.begin;
  return Build(Kind::kImplies, begin, at, Two(std::move(left), std::move(right)));
}

Result<Part> Parser::Disjunction() { return LeftAssociative(&Parser::Conjunction, kOr, true); }
Result<Part> Parser::Conjunction() { return LeftAssociative(&Parser::Passage, kAnd, true); }
Result<Part> Parser::Sum() { return LeftAssociative(&Parser::Product, kSums, false); }
Result<Part> Parser::Product() { return LeftAssociative(&Parser::Unary, kProducts, false); }

// "a until[0 s, 5 s] b".
Result<Part> Parser::Passage() {
  RIG_TRY_ASSIGN(Part left, Comparison());
  const std::size_t at = Next().begin;
  if (Next().text != "until" && Next().text != "since") return left;
  RIG_TRY(RefuseOpenOperand(left, Next().text));
  const Kind kind = AcceptOneOf(kPassages)->kind;
  Duration from{0};
  std::optional<Duration> to;
  if (Accept("[")) RIG_TRY(Bounds(from, to));
  RIG_TRY_ASSIGN(Part right, Comparison());
  const std::size_t begin = left.begin;
  RIG_TRY_ASSIGN(Part part, Build(kind, begin, at, Two(std::move(left), std::move(right))));
  part.node->from = from;
  part.node->to = to;
  part.open_operand = true;
  if (Next().text == "until" || Next().text == "since") {
    RIG_TRY(RefuseOpenOperand(part, Next().text));
  }
  return part;
}

Result<Part> Parser::Comparison() {
  RIG_TRY_ASSIGN(Part left, Sum());
  const std::size_t at = Next().begin;
  const Operator* op = AcceptOneOf(kComparisons);
  if (op == nullptr) return left;
  RIG_TRY_ASSIGN(Part right, Sum());
  const std::size_t begin = left.begin;
  const bool elapsed = IsElapsed(left) || IsElapsed(right);
  Result<Part> result = Build(op->kind, begin, at, Two(std::move(left), std::move(right)));
  if (!result) return result;
  if (elapsed) RIG_TRY(CompareElapsed(*result->node, at));
  if (AcceptOneOf(kComparisons) != nullptr) {
    return SyntaxError(tokens_[index_ - 1].begin,
                       "a second comparison, expected two comparisons joined by \"and\"");
  }
  return result;
}

Result<Part> Parser::Unary() {
  RIG_TRY(Descend());
  RIG_TRY_ASSIGN(Part part, Prefixed());
  --nesting_;
  return part;
}

Result<Part> Parser::Prefixed() {
  const std::size_t begin = Next().begin;
  if (Accept("-")) return Prefix(Kind::kNegate, begin);
  if (Accept("not") || Accept("!")) return Prefix(Kind::kNot, begin);
  if (const Operator* op = AcceptOneOf(kTemporal)) return Temporal(op->kind, begin);
  return Primary();
}

Result<Part> Parser::Prefix(Kind kind, std::size_t begin) {
  if (kind == Kind::kNegate && Next().quantity.absolute) return BelowZeroCelsius(begin);
  RIG_TRY_ASSIGN(Part operand, Unary());
  const bool open = !operand.in_parentheses && operand.open_operand;
  std::vector<Part> operands;
  operands.push_back(std::move(operand));
  RIG_TRY_ASSIGN(Part part, Build(kind, begin, begin, std::move(operands)));
  part.open_operand = open;
  return part;
}

// "-5 °C": the sign belongs to the number.
Result<Part> Parser::BelowZeroCelsius(std::size_t begin) {
  const Token& token = Next();
  const auto quantity = ParsePoint("-" + std::string(token.text));
  if (!quantity) return SyntaxError(begin, quantity.error().message);
  RIG_TRY_ASSIGN(Part part, Primary());
  part.node->constant = quantity->si;
  part.node->text = "-" + part.node->text;
  part.begin = begin;
  return part;
}

Result<Part> Parser::Temporal(Kind kind, std::size_t begin) {
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
Status Parser::Bounds(Duration& from, std::optional<Duration>& to) {
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

namespace {

// A condition or a value.
Result<Part> ParseText(std::string_view text, ParseContext& context) {
  if (text.size() > kLongestFormula) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("column {}: the formula goes on, expected at most {} characters",
                                 kLongestFormula + 1, kLongestFormula));
  }
  RIG_TRY_ASSIGN(const std::vector<Token> tokens, Tokenise(text));
  return Parser(text, tokens, context, 0).Run();
}

}  // namespace
}  // namespace check

Result<Formula> Formula::Parse(std::string_view text, const Vocabulary& vocabulary) {
  Formula formula;
  check::ParseContext context{vocabulary, formula.channels_, {}, {}};
  RIG_TRY_ASSIGN(check::Part part, check::ParseText(text, context));
  RIG_TRY(check::AsCondition(part.node, part.begin));
  formula.root_ = std::move(part.node);
  for (const auto& [name, node] : context.defined) formula.definitions_.insert(name);
  return formula;
}

Status Formula::CheckDefinition(std::string_view text, const Vocabulary& vocabulary) {
  std::set<std::string> channels;
  check::ParseContext context{vocabulary, channels, {}, {}};
  RIG_TRY(check::ParseText(text, context));
  return {};
}

}  // namespace rig

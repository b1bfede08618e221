#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rig/check/formula/formula.h"
#include "rig/check/formula/formula_node.h"
#include "rig/check/formula/lexer.h"

namespace rig::check {

// A parsed part and how it was written.
struct Part {
  std::shared_ptr<Node> node;
  std::size_t begin;
  std::size_t end;
  bool in_parentheses = false;
  // An operator of time or "not" whose operand has no parentheses: "always a -> b" reads two ways.
  bool open_operand = false;
};

struct Operator {
  std::string_view text;
  Kind kind;
};

// What the texts of one formula share: the formula itself and the definitions it uses.
struct ParseContext {
  const Vocabulary& vocabulary;
  std::set<std::string>& channels;
  std::map<std::string, std::shared_ptr<const Node>, std::less<>> defined;  // parsed already
  std::set<std::string, std::less<>> open;                                  // being parsed
};

// Recursive descent over one text, one function per level of precedence, loosest first. Errors of
// all: INVALID_ARGUMENT "column N: what, expected what".
class Parser {
 public:
  // `nesting`: how deep the text itself is nested, in definitions.
  Parser(std::string_view text, std::span<const Token> tokens, ParseContext& context, int nesting)
      : text_(text), tokens_(tokens), context_(context), nesting_(nesting) {}

  // A condition or a value.
  Result<Part> Run();

 private:
  const Token& Next() const { return tokens_[index_]; }
  bool Accept(std::string_view text);
  Status Expect(std::string_view text);
  tl::unexpected<Error> Unexpected(std::string_view expected) const;
  const Operator* AcceptOneOf(std::span<const Operator> operators);
  Status Descend();
  // A node over parsed parts, typed; its text runs from `begin` to the last token read.
  Result<Part> Build(Kind kind, std::size_t begin, std::size_t operator_at,
                     std::vector<Part> operands);
  Status RefuseOpenOperand(const Part& left, std::string_view op) const;

  // Operators: parser.cc.
  using Level = Result<Part> (Parser::*)();
  Result<Part> LeftAssociative(Level operand, std::span<const Operator> operators, bool logical);
  Result<Part> Implication();
  Result<Part> Disjunction();
  Result<Part> Conjunction();
  Result<Part> Passage();
  Result<Part> Comparison();
  Result<Part> Sum();
  Result<Part> Product();
  Result<Part> Unary();
  Result<Part> Prefixed();
  Result<Part> Prefix(Kind kind, std::size_t begin);
  Result<Part> BelowZeroCelsius(std::size_t begin);
  Result<Part> Temporal(Kind kind, std::size_t begin);
  Status Bounds(Duration& from, std::optional<Duration>& to);

  // Operands: parser_operands.cc.
  Result<Part> Primary();
  Result<Part> Parenthesised(std::size_t begin);
  Result<Part> Call(Kind kind, std::size_t begin);
  Result<Part> CallOverTime(Kind kind, std::size_t begin);
  Result<Part> CallWithLevels(Kind kind, std::size_t begin);
  Result<Part> Channel();
  // A name that stands for another formula.
  Result<Part> Defined(const Token& token, const std::string& text);
  Result<std::shared_ptr<const Node>> ParseDefinition(const Token& token, const std::string& text);
  Result<Duration> Bound();

  std::string_view text_;
  std::span<const Token> tokens_;
  ParseContext& context_;
  std::size_t index_ = 0;
  int nesting_;
};

}  // namespace rig::check

#include "tests/rig/check/formula/foreign_notation.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <utility>
#include <vector>

namespace rig::check {
namespace {

// Translated, in parentheses unless it is one word.
struct Phrase {
  std::string text;
  bool is_value;
};

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Words ("x1", "until_"), numbers with what follows them ("0.5", "200ms") and symbols.
std::vector<std::string> Tokens(std::string_view text) {
  constexpr std::array<std::string_view, 9> kTwoCharacters = {
      "->", "=>", "&&", "||", "==", "!=", "<=", ">=", "//"};
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (IsWord(text[i])) {
      const bool number = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
      while (end < text.size() && (IsWord(text[end]) || (number && text[end] == '.'))) ++end;
    } else {
      for (const std::string_view symbol : kTwoCharacters) {
        if (text.substr(i).starts_with(symbol)) end = i + 2;
      }
    }
    const std::string token(text.substr(i, end - i));
    i = end;
    // reelay's tests write one formula as the rest of a C++ comment.
    if (token != " " && token != "\n" && token != "//") tokens.push_back(token);
  }
  tokens.emplace_back();  // the end
  return tokens;
}

class Translator {
 public:
  Translator(std::vector<std::string> tokens, const ForeignContext& context)
      : tokens_(std::move(tokens)), context_(context) {}

  Result<std::string> Run() {
    if (tokens_.size() > 2 && tokens_[1] == "=") next_ = 2;
    RIG_TRY_ASSIGN(const Phrase all, Implication());
    if (!Next().empty()) return Unexpected();
    return Condition(all);
  }

 private:
  const std::string& Next() const { return tokens_[next_]; }
  bool Accept(std::string_view token) {
    if (Next() != token) return false;
    ++next_;
    return true;
  }
  bool AcceptOneOf(std::initializer_list<std::string_view> tokens) {
    for (const std::string_view token : tokens) {
      if (Accept(token)) return true;
    }
    return false;
  }
  Status Expect(std::string_view token) {
    if (!Accept(token)) return Unexpected();
    return {};
  }
  tl::unexpected<Error> Unexpected() const {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("\"{}\" at token {} has no translation", Next(), next_));
  }

  static std::string Condition(const Phrase& phrase) {
    return phrase.is_value ? "(" + phrase.text + " >= 0)" : phrase.text;
  }
  static Phrase Join(const Phrase& a, std::string_view op, const Phrase& b) {
    return {fmt::format("({} {} {})", Condition(a), op, Condition(b)), false};
  }

  Result<Phrase> Implication() {
    RIG_TRY_ASSIGN(Phrase left, Disjunction());
    if (!AcceptOneOf({"->", "=>"})) return left;
    RIG_TRY_ASSIGN(const Phrase right, Implication());
    return Join(left, "->", right);
  }

  Result<Phrase> Disjunction() {
    RIG_TRY_ASSIGN(Phrase left, Conjunction());
    while (AcceptOneOf({"or", "||"})) {
      RIG_TRY_ASSIGN(const Phrase right, Conjunction());
      left = Join(left, "or", right);
    }
    return left;
  }

  Result<Phrase> Conjunction() {
    RIG_TRY_ASSIGN(Phrase left, Passage());
    while (AcceptOneOf({"and", "&&"})) {
      RIG_TRY_ASSIGN(const Phrase right, Passage());
      left = Join(left, "and", right);
    }
    return left;
  }

  Result<Phrase> Passage() {
    RIG_TRY_ASSIGN(Phrase left, Prefixed());
    std::string op;
    if (AcceptOneOf({"until", "until_", "U"})) op = "until";
    if (Accept("since")) op = "since";
    if (op.empty()) return left;
    RIG_TRY_ASSIGN(const std::string window, Window());
    RIG_TRY_ASSIGN(const Phrase right, Prefixed());
    return Join(left, op + window, right);
  }

  Result<Phrase> Prefixed() {
    static const std::map<std::string, std::string, std::less<>> kOperators = {
        {"always", "always"},
        {"alw_", "always"},
        {"G", "always"},
        {"eventually", "eventually"},
        {"ev_", "eventually"},
        {"F", "eventually"},
        {"historically", "historically"},
        {"H", "historically"},
        {"once", "once"}};
    const std::string sample = fmt::format("[1 {0}, 1 {0}]", context_.time_unit);
    std::string op;
    if (AcceptOneOf({"not", "!", "~"})) {
      op = "not";
    } else if (AcceptOneOf({"next", "s_next"})) {
      op = "eventually" + sample;
    } else if (AcceptOneOf({"prev", "s_prev", "pre"})) {
      op = "once" + sample;
    } else if (const auto found = kOperators.find(Next()); found != kOperators.end()) {
      ++next_;
      RIG_TRY_ASSIGN(const std::string window, Window());
      op = found->second + window;
    }
    if (op.empty()) return Comparison();
    RIG_TRY_ASSIGN(const Phrase operand, Prefixed());
    return Phrase{fmt::format("({} {})", op, Condition(operand)), false};
  }

  Result<Phrase> Comparison() {
    RIG_TRY_ASSIGN(Phrase left, Sum());
    const std::string op = Next();
    if (!AcceptOneOf({"<", "<=", ">", ">=", "==", "!="})) return left;
    RIG_TRY_ASSIGN(const Phrase right, Sum());
    if (!left.is_value || !right.is_value) return Unexpected();
    return Phrase{fmt::format("({} {} {})", left.text, op, right.text), false};
  }

  Result<Phrase> Sum() {
    RIG_TRY_ASSIGN(Phrase left, Primary());
    while (Accept("+")) {
      RIG_TRY_ASSIGN(const Phrase right, Primary());
      if (!left.is_value || !right.is_value) return Unexpected();
      left = Phrase{fmt::format("({} + {})", left.text, right.text), true};
    }
    return left;
  }

  Result<Phrase> Primary() {
    if (Accept("(")) return Enclosed(")");
    if (Accept("{")) return Enclosed("}");
    const std::string word = Next();
    if (word.empty() || !IsWord(word[0])) return Unexpected();
    ++next_;
    if (Accept("(")) {
      RIG_TRY_ASSIGN(const Phrase inner, Enclosed(")"));
      if (word == "abs" && inner.is_value) return Phrase{fmt::format("abs({})", inner.text), true};
      if (word != "rise" && word != "fall") return Unexpected();
      return Phrase{fmt::format("{}({})", word, Condition(inner)), false};
    }
    if (Accept("[")) {  // STLRom: the signal's value at t
      RIG_TRY(Expect("t"));
      RIG_TRY(Expect("]"));
    }
    return Phrase{word, !context_.flags.contains(word)};
  }

  Result<Phrase> Enclosed(std::string_view close) {
    RIG_TRY_ASSIGN(Phrase inner, Implication());
    RIG_TRY(Expect(close));
    return inner;
  }

  Result<std::string> Window() {
    if (!Accept("[")) return std::string();
    std::string from = "0 s";
    std::string to = "end";
    const bool without_from = Accept(":");
    if (!without_from) {
      RIG_TRY_ASSIGN(from, Bound());
    }
    const bool alone = !without_from && Next() == "]";
    if (alone) to = std::exchange(from, "0 s");
    if (!alone && !without_from && !AcceptOneOf({":", ","})) return Unexpected();
    if (!alone && Next() != "]") {
      RIG_TRY_ASSIGN(to, Bound());
    }
    RIG_TRY(Expect("]"));
    return fmt::format("[{}, {}]", from, to);
  }

  Result<std::string> Bound() {
    const std::string token = Next();
    if (token.empty() || std::isdigit(static_cast<unsigned char>(token[0])) == 0) {
      return Unexpected();
    }
    ++next_;
    const std::size_t unit = token.find_first_not_of("0123456789.");
    if (unit == std::string::npos) return token + " " + context_.time_unit;
    return token.substr(0, unit) + " " + token.substr(unit);
  }

  std::vector<std::string> tokens_;
  const ForeignContext& context_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::string> FromForeign(std::string_view text, const ForeignContext& context) {
  return Translator(Tokens(text), context).Run();
}

}  // namespace rig::check

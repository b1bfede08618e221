#include "rig/check/formula/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "rig/base/names.h"

namespace rig::check {
namespace {

constexpr std::array<std::string_view, 23> kKeywords = {
    "not",   "and",   "or",    "true",  "false",      "always",        "eventually", "historically",
    "once",  "rise",  "fall",  "abs",   "min",        "max",           "end",        "until",
    "since", "above", "below", "count", "time_since", "last_duration", "rate"};

constexpr std::array<std::string_view, 20> kSymbols = {"->", "<=", ">=", "==", "!=", "<", ">",
                                                       "!",  "&",  "|",  "(",  ")",  "[", "]",
                                                       ",",  "+",  "-",  "*",  "/",  "="};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c); }
bool IsUnitPart(char c) { return IsWordPart(c) || c == '.' || c == '/' || c == '%'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (At(next_) == ' ' || At(next_) == '\t' || At(next_) == '\n') ++next_;
      if (next_ >= text_.size()) break;
      RIG_TRY_ASSIGN(Token token, Next());
      tokens.push_back(std::move(token));
    }
    tokens.push_back({Token::Kind::kEnd, text_.size(), "", {}});
    return tokens;
  }

 private:
  char At(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  Result<Token> Next() {
    const char c = At(next_);
    if (IsDigit(c)) return Number();
    if (IsLetter(c)) return Name();
    for (std::string_view symbol : kSymbols) {
      if (!text_.substr(next_).starts_with(symbol)) continue;
      if (symbol == "=") return SyntaxError(next_, "\"=\", expected \"==\" to compare");
      return Take(Token::Kind::kSymbol, next_ + symbol.size());
    }
    const bool printable = c > ' ' && c < '\x7f';
    return SyntaxError(
        next_, printable ? fmt::format("\"{}\", expected a channel, a number or an operator", c)
                         : "a character that is not ASCII, expected a channel, a number or "
                           "an operator");
  }

  Token Take(Token::Kind kind, std::size_t end) {
    Token token{kind, next_, text_.substr(next_, end - next_), {}};
    next_ = end;
    return token;
  }

  Result<Token> Name() {
    std::size_t end = next_;
    while (IsWordPart(At(end)) || (At(end) == '.' && IsWordPart(At(end + 1)))) ++end;
    if (At(end) == '.')
      return SyntaxError(end, "\".\", expected the rest of a channel's name after it");
    return Take(Token::Kind::kName, end);
  }

  // Digits, fraction, exponent; then the unit.
  Result<Token> Number() {
    std::size_t end = SkipDigits(next_);
    if (At(end) == '.') {
      if (!IsDigit(At(end + 1))) return SyntaxError(end, "\".\", expected a digit after it");
      end = SkipDigits(end + 1);
    }
    if (At(end) == 'e' || At(end) == 'E') {
      const std::size_t digits = end + (At(end + 1) == '+' || At(end + 1) == '-' ? 2 : 1);
      if (IsDigit(At(digits))) end = SkipDigits(digits);
    }
    if (IsLetter(At(end)) || At(end) == '%') {
      return SyntaxError(next_, Quoted(text_.substr(next_, end - next_)) +
                                    " and a unit without a space, expected one space between "
                                    "number and unit");
    }
    if (const std::size_t celsius_end = CelsiusEnd(end); celsius_end != end) {
      if (!IsUnitPart(At(celsius_end))) return TakeQuantity(celsius_end);
      return SyntaxError(end + 1,
                         "°C is a scale, no unit to calculate with, expected K, or °C alone behind "
                         "a temperature");
    }
    const std::size_t unit_end = UnitEnd(end);
    if (unit_end == end && At(end) == ' ' && IsLetter(At(end + 1))) {
      RIG_TRY(RefuseUnlessKeyword(end + 1));
    }
    return TakeQuantity(unit_end);
  }

  // A word right after a number that is no unit.
  Status RefuseUnlessKeyword(std::size_t begin) const {
    std::size_t end = begin;
    while (IsWordPart(At(end))) ++end;
    const std::string_view word = text_.substr(begin, end - begin);
    if (IsKeyword(word)) return {};
    return SyntaxError(begin, Quoted(word) + " is no unit, expected one such as bpm or mL/h");
  }

  Result<Token> TakeQuantity(std::size_t end) {
    Token token = Take(Token::Kind::kNumber, end);
    Result<PhysicalQuantity> quantity = ParsePoint(token.text);
    if (!quantity || !std::isfinite(quantity->si)) {
      return SyntaxError(token.begin, Quoted(token.text) + ", expected a finite number");
    }
    token.quantity = std::move(*quantity);
    return token;
  }

  std::size_t SkipDigits(std::size_t i) const {
    while (IsDigit(At(i))) ++i;
    return i;
  }

  // Where "°C" after a number ends; the number's own end if it does not follow.
  std::size_t CelsiusEnd(std::size_t number_end) const {
    if (At(number_end) != ' ') return number_end;
    for (const std::string_view name : kCelsius) {
      if (text_.substr(number_end + 1).starts_with(name)) return number_end + 1 + name.size();
    }
    return number_end;
  }

  // Where the longest unit after a number ends; the number's own end if none follows.
  std::size_t UnitEnd(std::size_t number_end) const {
    const std::size_t begin = number_end + 1;
    if (At(number_end) != ' ' || !(IsLetter(At(begin)) || At(begin) == '%')) return number_end;
    std::size_t end = begin;
    while (IsUnitPart(At(end))) ++end;
    for (; end > begin; --end) {
      const std::string_view unit = text_.substr(begin, end - begin);
      const bool inside_a_word = IsWordPart(At(end)) || At(end) == '.' || At(end) == '%';
      if (!inside_a_word && ParseUnit(unit)) return end;
    }
    return number_end;
  }

  std::string_view text_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::vector<Token>> Tokenise(std::string_view formula) { return Lexer(formula).Run(); }

bool IsKeyword(std::string_view name) {
  return std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end();
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return fmt::format("\"{}\"", Shorten(text, kLongest));
}

tl::unexpected<Error> SyntaxError(std::size_t offset, std::string_view what) {
  return MakeError(Code::kInvalidArgument, fmt::format("column {}: {}", offset + 1, what));
}

}  // namespace rig::check

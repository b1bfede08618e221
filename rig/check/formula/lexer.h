#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"
#include "rig/base/units.h"

namespace rig::check {

struct Token {
  enum class Kind { kNumber, kName, kSymbol, kEnd };
  Kind kind;
  std::size_t begin;  // offset of its first character
  std::string_view text;
  PhysicalQuantity quantity;  // kNumber
};

// Cuts a formula into tokens; the last one is kEnd. A number is taken together with the longest
// unit that follows it after one space. Errors: INVALID_ARGUMENT "column N: what, expected what".
Result<std::vector<Token>> Tokenise(std::string_view formula);

bool IsKeyword(std::string_view name);

// A part of a formula as a message shows it: in quotes and not too long.
std::string Quoted(std::string_view text);

// "column N: what", columns counted from 1.
tl::unexpected<Error> SyntaxError(std::size_t offset, std::string_view what);

}  // namespace rig::check

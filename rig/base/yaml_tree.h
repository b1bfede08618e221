#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rig/base/result.h"

namespace rig {

// One value of a YAML file and where it stands. Only what our files use: no anchors, aliases, tags
// or second documents.
struct YamlNode {
  enum class Kind { kNull, kPlain, kQuoted, kMapping, kSequence };
  Kind kind = Kind::kNull;
  int line = 0;  // 1-based
  int column = 0;
  std::string text;             // scalars
  std::vector<YamlNode> keys;   // mapping: scalars, unique, as many as items
  std::vector<YamlNode> items;  // mapping, sequence

  bool is_scalar() const { return kind == Kind::kPlain || kind == Kind::kQuoted; }
  // What it is, for messages: "a mapping", "the text \"abc\"".
  std::string Describe() const;
};

// "file:line:column: what; expected what" as an INVALID_ARGUMENT.
tl::unexpected<Error> YamlError(const std::string& file_name, const YamlNode& node,
                                std::string_view what, std::string_view expected);

// Errors: INVALID_ARGUMENT at file:line:column for what is no YAML, no UTF-8, nested or large
// beyond reason.
Result<YamlNode> ParseYaml(std::string_view text, const std::string& file_name);

}  // namespace rig

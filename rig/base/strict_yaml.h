#pragma once

#include <google/protobuf/message.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/base/yaml_tree.h"

namespace rig {

// Where each value of a loaded file stands, so that later checks can point at it.
class SourceMap {
 public:
  SourceMap() = default;
  explicit SourceMap(std::string file) : file_(std::move(file)) {}
  void Set(const std::string& field_path, int line, int column);
  // "file:line:column" of a field path such as "steps[2].play.signal"; of its nearest parent if the
  // field was defaulted; the file alone for a path that is nowhere.
  std::string At(std::string_view field_path) const;
  // "file:line:column: what; expected what" as an INVALID_ARGUMENT.
  tl::unexpected<Error> Refuse(std::string_view field_path, std::string_view what,
                               std::string_view expected) const;

 private:
  std::string file_;
  std::map<std::string, std::pair<int, int>, std::less<>> places_;
};

// Fills a message from YAML text, strictly, by reflection; field rules are in
// proto/rig/v1/options.proto. Defaults are written out into the message. Message fields are
// mappings, repeated fields sequences, a oneof is written as the key of the member; enums by name
// in lower case; fields with a unit as quantities.
//
// Errors: INVALID_ARGUMENT with "file:line:column: what, expected what" for malformed YAML, an
// unknown or duplicate key, a wrong type, a missing or wrong unit, a value out of range, NaN, a
// missing required key, none or two members of a oneof.
Result<SourceMap> LoadYamlText(std::string_view text, const std::string& file_name,
                               google::protobuf::Message& message);

// What the scalar `$name` stands for in fields that take a quantity, as YAML text by name.
struct Substitution {
  std::map<std::string, std::string, std::less<>> values;
  std::set<std::string, std::less<>> used;  // names that stood somewhere, filled while loading
};

// The same from a parsed tree, with `$name` replaced. Errors: also for a name without a value, and,
// at the place of use, for a value that does not fit there.
Result<SourceMap> LoadYamlTree(const YamlNode& root, const std::string& file_name,
                               Substitution& substitution, google::protobuf::Message& message);

// The same from a file. Errors: also NOT_FOUND.
Result<SourceMap> LoadYamlFile(const std::filesystem::path& file,
                               google::protobuf::Message& message);

// YAML that LoadYamlText reads back to an equal message; quantities in the stored SI unit.
std::string WriteYaml(const google::protobuf::Message& message);

}  // namespace rig

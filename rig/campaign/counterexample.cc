#include "rig/campaign/counterexample.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "rig/base/digest.h"
#include "rig/base/yaml_tree.h"
#include "rig/controller/lint.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

struct Edit {
  std::size_t at;
  std::size_t length;
  std::string text;
};

const YamlNode* Find(const YamlNode& mapping, std::string_view key) {
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    if (mapping.keys[i].text == key) return &mapping.items[i];
  }
  return nullptr;
}

// Byte offset of a line and column, both from 1.
std::size_t OffsetOf(const std::string& text, int line, int column) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return text.size();
    at = end + 1;
  }
  return std::min(text.size(), at + static_cast<std::size_t>(column - 1));
}

// Where the text of a scalar stands, its quotes not included. Errors: INVALID_ARGUMENT where it is
// written in a way that is not its text, such as escapes.
Result<Edit> Replace(const std::string& text, const std::string& file_name, const YamlNode* node,
                     const std::string& with) {
  if (node == nullptr || !node->is_scalar()) {
    return MakeError(Code::kInvalidArgument, file_name + ": no value to replace");
  }
  const std::size_t start = OffsetOf(text, node->line, node->column);
  const std::size_t quote = node->kind == YamlNode::Kind::kQuoted ? 1 : 0;
  if (text.compare(start + quote, node->text.size(), node->text) != 0) {
    return YamlError(file_name, *node, "a value that cannot be replaced",
                     "it on one line without escapes");
  }
  return Edit{start + quote, node->text.size(), with};
}

const YamlNode* ValueOf(const YamlNode& root, const std::string& parameter) {
  const YamlNode* list = Find(root, "parameters");
  if (list == nullptr) return nullptr;
  for (const YamlNode& item : list->items) {
    const YamlNode* name = Find(item, "name");
    if (name != nullptr && name->text == parameter) return Find(item, "value");
  }
  return nullptr;
}

}  // namespace

Result<std::string> CounterexampleText(const std::string& text, const std::string& file_name,
                                       const v1::Condition& condition, const std::string& name) {
  RIG_TRY_ASSIGN(const YamlNode root, ParseYaml(text, file_name));
  std::vector<Edit> edits;
  const auto add = [&](const YamlNode* node, const std::string& with) -> Status {
    RIG_TRY_ASSIGN(Edit edit, Replace(text, file_name, node, with));
    edits.push_back(std::move(edit));
    return {};
  };
  RIG_TRY(add(Find(root, "scenario"), name));
  RIG_TRY(add(Find(root, "seed"), std::to_string(condition.seed())));
  for (const v1::Setting& setting : condition.parameters()) {
    RIG_TRY(add(ValueOf(root, setting.name()), setting.value()));
  }
  // From the back, so that the places before stay where they are.
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.at > b.at; });
  std::string edited = text;
  for (const Edit& edit : edits) edited.replace(edit.at, edit.length, edit.text);
  return edited;
}

Status CheckCounterexampleFile(const std::string& scenario, const std::string& file) {
  std::error_code error;
  const fs::path here = fs::weakly_canonical(fs::absolute(scenario).parent_path(), error);
  const fs::path there = fs::weakly_canonical(fs::absolute(file).parent_path(), error);
  if (here != there || fs::path(file).extension() != ".yaml") {
    return MakeError(
        Code::kInvalidArgument,
        fmt::format("{}: expected a .yaml file in {}, beside the scenario", file, here.string()));
  }
  if (fs::exists(file, error)) {
    return MakeError(Code::kAlreadyExists, file + ": is there already; expected a new file");
  }
  return {};
}

Status WriteCounterexample(const std::string& scenario, const v1::Condition& condition,
                           const std::string& file) {
  RIG_TRY(CheckCounterexampleFile(scenario, file));
  RIG_TRY_ASSIGN(const std::string text, ReadFile(scenario));
  RIG_TRY_ASSIGN(const std::string edited,
                 CounterexampleText(text, scenario, condition, fs::path(file).stem().string()));
  RIG_TRY(WriteFileAtomically(file, edited));
  const std::vector<std::string> problems = Lint(file, "");
  if (problems.empty()) return {};
  return MakeError(Code::kInvalidArgument, problems.front());
}

}  // namespace rig

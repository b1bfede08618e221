#include "rig/base/strict_yaml.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <set>
#include <vector>

#include "rig/base/digest.h"
#include "rig/base/field_text.h"
#include "rig/base/names.h"
#include "rig/base/yaml_tree.h"

namespace rig {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

std::vector<std::string> KeysOf(const Descriptor& type) {
  std::vector<std::string> keys;
  keys.reserve(static_cast<std::size_t>(type.field_count()));
  for (int i = 0; i < type.field_count(); ++i) keys.push_back(KeyOf(*type.field(i)));
  return keys;
}

std::string MembersOf(const OneofDescriptor& oneof) {
  std::string members;
  for (int i = 0; i < oneof.field_count(); ++i) {
    members += (i > 0 ? ", " : "") + KeyOf(*oneof.field(i));
  }
  return members;
}

bool TakesQuantity(const FieldDescriptor& field) {
  const v1::FieldRule& rule = RuleOf(field);
  return !rule.unit().empty() || rule.quantity_text() ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
}

// Walks a message type and a YAML tree side by side. Recursion is as deep as the schema at most.
class Loader {
 public:
  Loader(const std::string& file_name, Substitution& substitution)
      : file_name_(file_name), substitution_(substitution), where_(file_name) {}

  Status LoadMessage(const YamlNode& node, const std::string& path, Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    if (node.kind != YamlNode::Kind::kMapping) {
      return Refuse(node, node.Describe(),
                    type.field_count() == 0 ? "an empty mapping: {}"
                                            : "a mapping with " + OneOf("", KeysOf(type)));
    }
    std::set<const FieldDescriptor*> present;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const YamlNode& key = node.keys[i];
      RIG_TRY_ASSIGN(const FieldDescriptor* field, FindField(type, key));
      RIG_TRY(CheckOneof(*field, key, present));
      present.insert(field);
      const std::string below = path.empty() ? field->name() : path + "." + field->name();
      RIG_TRY(LoadField(*field, node.items[i], below, message));
    }
    return Complete(type, node, present, message);
  }

  SourceMap TakeWhere() { return std::move(where_); }

 private:
  tl::unexpected<Error> Refuse(const YamlNode& node, std::string_view what,
                               std::string_view expected) const {
    return YamlError(file_name_, node, what, expected);
  }

  Result<const FieldDescriptor*> FindField(const Descriptor& type, const YamlNode& key) const {
    for (int i = 0; i < type.field_count(); ++i) {
      if (KeyOf(*type.field(i)) == key.text) return type.field(i);
    }
    const std::string what = "unknown key " + key.Describe();
    if (type.field_count() == 0) return Refuse(key, what, "no keys");
    return Refuse(key, what, OneOf(key.text, KeysOf(type)));
  }

  Status CheckOneof(const FieldDescriptor& field, const YamlNode& key,
                    const std::set<const FieldDescriptor*>& present) const {
    const OneofDescriptor* oneof = field.real_containing_oneof();
    if (oneof == nullptr) return {};
    for (int i = 0; i < oneof->field_count(); ++i) {
      if (!present.contains(oneof->field(i))) continue;
      return Refuse(key, fmt::format("both \"{}\" and \"{}\"", KeyOf(*oneof->field(i)), key.text),
                    "only one of: " + MembersOf(*oneof));
    }
    return {};
  }

  Status LoadField(const FieldDescriptor& field, const YamlNode& node, const std::string& path,
                   Message& message) {
    where_.Set(path, node.line, node.column);
    if (field.is_map()) return Refuse(node, "a map field", "a type YAML files use");
    if (!field.is_repeated()) return LoadValue(field, node, path, message);
    if (node.kind != YamlNode::Kind::kSequence) {
      return Refuse(node, node.Describe(), "a list (\"- …\" or \"[…]\")");
    }
    if (node.items.empty() && RuleOf(field).non_empty()) {
      return Refuse(node, fmt::format("an empty list of {}", KeyOf(field)), "at least one item");
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string below = fmt::format("{}[{}]", path, i);
      where_.Set(below, node.items[i].line, node.items[i].column);
      RIG_TRY(LoadValue(field, node.items[i], below, message));
    }
    return {};
  }

  Status LoadValue(const FieldDescriptor& field, const YamlNode& node, const std::string& path,
                   Message& message) {
    const auto& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return LoadMessage(node, path,
                         field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                             : *reflection.MutableMessage(&message, &field));
    }
    if (!node.is_scalar()) {
      return Refuse(node, fmt::format("{} for {}", node.Describe(), KeyOf(field)),
                    "a single value");
    }
    if (node.text.starts_with('$') && TakesQuantity(field)) {
      return LoadNamedValue(field, node, message);
    }
    const auto stored = StoreText(node.text, node.kind == YamlNode::Kind::kQuoted, field, message);
    if (stored) return {};
    return Refuse(node, fmt::format("{}: {}", KeyOf(field), stored.error().what),
                  stored.error().expected);
  }

  // `$name` in place of a quantity.
  Status LoadNamedValue(const FieldDescriptor& field, const YamlNode& node, Message& message) {
    const std::string name = node.text.substr(1);
    const auto value = substitution_.values.find(name);
    if (value == substitution_.values.end()) {
      std::vector<std::string> known;
      for (const auto& [other, text] : substitution_.values) known.push_back(other);
      return Refuse(node, fmt::format("{}: no parameter \"{}\"", KeyOf(field), name),
                    OneOf(name, std::move(known)));
    }
    substitution_.used.insert(name);
    const auto stored = StoreText(value->second, false, field, message);
    if (stored) return {};
    return Refuse(node, fmt::format("{}: ${}: {}", KeyOf(field), name, stored.error().what),
                  stored.error().expected);
  }

  // What a mapping must have and does not; defaults for the rest.
  Status Complete(const Descriptor& type, const YamlNode& node,
                  const std::set<const FieldDescriptor*>& present, Message& message) const {
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
      const OneofDescriptor& oneof = *type.oneof_decl(i);
      if (!oneof.options().GetExtension(v1::one_required)) continue;
      if (message.GetReflection()->HasOneof(message, &oneof)) continue;
      return Refuse(node, fmt::format("no {} is given", oneof.name()),
                    "exactly one of: " + MembersOf(oneof));
    }
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (present.contains(&field) || field.real_containing_oneof() != nullptr) continue;
      const v1::FieldRule& rule = RuleOf(field);
      if (rule.required() || rule.non_empty()) {
        return Refuse(node, fmt::format("missing key \"{}\"", KeyOf(field)), "it to be given");
      }
      if (rule.default_text().empty() || field.is_repeated()) continue;
      const auto stored = StoreText(rule.default_text(), false, field, message);
      if (!stored) {
        return MakeError(Code::kInternal, fmt::format("{}: default of the schema: {}",
                                                      field.full_name(), stored.error().what));
      }
    }
    return {};
  }

  const std::string& file_name_;
  Substitution& substitution_;
  SourceMap where_;
};

}  // namespace

void SourceMap::Set(const std::string& field_path, int line, int column) {
  places_[field_path] = {line, column};
}

std::string SourceMap::At(std::string_view field_path) const {
  while (!field_path.empty()) {
    const auto place = places_.find(field_path);
    if (place != places_.end()) {
      return fmt::format("{}:{}:{}", file_, place->second.first, place->second.second);
    }
    const std::size_t end = field_path.find_last_of(".[");
    field_path = field_path.substr(0, end == std::string_view::npos ? 0 : end);
  }
  return file_;
}

tl::unexpected<Error> SourceMap::Refuse(std::string_view field_path, std::string_view what,
                                        std::string_view expected) const {
  return MakeError(Code::kInvalidArgument, fmt::format("{}: {}; expected {}", At(field_path),
                                                       Shorten(what, kLongestMessagePart),
                                                       Shorten(expected, kLongestMessagePart)));
}

Result<SourceMap> LoadYamlText(std::string_view text, const std::string& file_name,
                               Message& message) {
  RIG_TRY_ASSIGN(const YamlNode root, ParseYaml(text, file_name));
  Substitution none;
  return LoadYamlTree(root, file_name, none, message);
}

Result<SourceMap> LoadYamlTree(const YamlNode& root, const std::string& file_name,
                               Substitution& substitution, Message& message) {
  message.Clear();
  Loader loader(file_name, substitution);
  RIG_TRY(loader.LoadMessage(root, "", message));
  return loader.TakeWhere();
}

Result<SourceMap> LoadYamlFile(const std::filesystem::path& file, Message& message) {
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  return LoadYamlText(text, file.string(), message);
}

}  // namespace rig

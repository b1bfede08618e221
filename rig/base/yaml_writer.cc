#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <cctype>
#include <cstdlib>
#include <string>

#include "rig/base/field_text.h"
#include "rig/base/strict_yaml.h"

namespace rig {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Whether every reader of YAML takes the text, unquoted, for this very text.
bool IsPlain(const std::string& text) {
  constexpr std::string_view kInner = " _./,()%+=*<>-";
  constexpr const char* kWords[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  if (text.empty() || text.back() == ' ') return false;
  if (std::isalpha(static_cast<unsigned char>(text.front())) == 0 &&
      std::isdigit(static_cast<unsigned char>(text.front())) == 0) {
    return false;
  }
  std::string lower;
  for (const char c : text) {
    const bool allowed =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || kInner.find(c) != kInner.npos;
    if (!allowed) return false;
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const char* word : kWords) {
    if (lower == word) return false;
  }
  char* end = nullptr;
  std::strtod(lower.c_str(), &end);  // also reads "nan", "inf", "0x1f"
  return *end != '\0';
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        quoted += "\\\"";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      default:
        quoted += c;
    }
  }
  return quoted + "\"";
}

std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  FieldText value = TextOf(message, field, index);
  return value.is_text && !IsPlain(value.text) ? Quoted(value.text) : value.text;
}

// Whether loading would not put the value there by itself.
bool MustWrite(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) > 0;
  if (reflection.HasField(message, &field)) return true;
  if (field.has_presence()) return false;
  const v1::FieldRule& rule = RuleOf(field);
  const bool unset_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  return !unset_enum && (rule.required() || !rule.default_text().empty());
}

bool IsEmpty(const Message& message) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    if (MustWrite(message, *message.GetDescriptor()->field(i))) return false;
  }
  return true;
}

// Appends the message's keys. The first goes on the line that is already begun when `in_line`.
void AppendMessage(const Message& message, int indent, bool in_line, std::string& yaml) {
  const auto& reflection = *message.GetReflection();
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  const auto append_below = [&](const Message& below, bool item) {
    if (IsEmpty(below)) {
      yaml += " {}\n";
      return;
    }
    yaml += item ? " " : "\n";
    AppendMessage(below, indent + (item ? 4 : 2), item, yaml);
  };
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (!MustWrite(message, field)) continue;
    yaml += (in_line ? "" : margin) + KeyOf(field) + ":";
    in_line = false;
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field.is_repeated()) {
      if (is_message) {
        append_below(reflection.GetMessage(message, &field), false);
      } else {
        yaml += " " + ScalarText(message, field, -1) + "\n";
      }
      continue;
    }
    yaml += "\n";
    for (int j = 0; j < reflection.FieldSize(message, &field); ++j) {
      yaml += margin + "  -";
      if (is_message) {
        append_below(reflection.GetRepeatedMessage(message, &field, j), true);
      } else {
        yaml += " " + ScalarText(message, field, j) + "\n";
      }
    }
  }
}

}  // namespace

std::string WriteYaml(const Message& message) {
  if (IsEmpty(message)) return "{}\n";
  std::string yaml;
  AppendMessage(message, 0, false, yaml);
  return yaml;
}

}  // namespace rig

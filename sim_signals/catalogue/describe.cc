#include "sim_signals/catalogue/describe.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "rig/base/field_text.h"
#include "rig/v1/scenario.pb.h"

namespace rig {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string LowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string RangeOf(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    std::string names;
    for (int i = 1; i < field.enum_type()->value_count(); ++i) {  // the first one is "unset"
      names += (i > 1 ? ", " : "") + LowerCase(field.enum_type()->value(i)->name());
    }
    return names;
  }
  const v1::FieldRule& rule = RuleOf(field);
  if (rule.min_text().empty() && rule.max_text().empty()) return "";
  if (rule.max_text().empty()) return rule.min_text() + " or more";
  if (rule.min_text().empty()) return rule.max_text() + " or less";
  return rule.min_text() + " to " + rule.max_text();
}

void Describe(const Descriptor& message, const std::string& before,
              std::vector<ParameterDescription>& parameters) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const std::string key = before + KeyOf(field) + (field.is_repeated() ? "[]" : "");
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Describe(*field.message_type(), key + ".", parameters);
      continue;
    }
    const v1::FieldRule& rule = RuleOf(field);
    parameters.push_back({key, rule.unit() == "ns" ? "s" : rule.unit(),
                          rule.required() ? "required" : rule.default_text(), RangeOf(field),
                          rule.text(), rule.source()});
  }
}

GeneratorDescription Describe(const std::string& kind, const FieldDescriptor& field) {
  const v1::GeneratorInfo& info = field.message_type()->options().GetExtension(v1::generator);
  GeneratorDescription generator{kind, KeyOf(field), info.unit(), info.text(), info.source(), {}};
  Describe(*field.message_type(), "", generator.parameters);
  return generator;
}

// What artefacts of every kind can say.
GeneratorDescription DescribeArtefacts() {
  GeneratorDescription common{"artefacts", "artefacts",
                              "",          "A list of artefacts; what each can say beside its kind",
                              "",          {}};
  std::vector<ParameterDescription> all;
  Describe(*v1::Artefact::descriptor(), "", all);
  for (ParameterDescription& parameter : all) {
    const bool of_a_kind = parameter.key.find('.') != std::string::npos;
    if (!of_a_kind) common.parameters.push_back(std::move(parameter));
  }
  return common;
}

void DescribeMembers(const std::string& kind, const google::protobuf::OneofDescriptor& oneof,
                     std::vector<GeneratorDescription>& generators) {
  for (int i = 0; i < oneof.field_count(); ++i) {
    generators.push_back(Describe(kind, *oneof.field(i)));
  }
}

}  // namespace

std::vector<GeneratorDescription> Generators() {
  std::vector<GeneratorDescription> generators;
  DescribeMembers("source", *v1::Play::descriptor()->FindOneofByName("source"), generators);
  DescribeMembers("rhythm", *v1::Rhythm::descriptor()->FindOneofByName("kind"), generators);
  const Descriptor& body = *v1::Body::descriptor();
  for (int i = 0; i < body.field_count(); ++i) {
    if (body.field(i)->message_type() == v1::Rhythm::descriptor()) continue;
    generators.push_back(Describe("body", *body.field(i)));
  }
  generators.push_back(DescribeArtefacts());
  DescribeMembers("artefact", *v1::Artefact::descriptor()->FindOneofByName("kind"), generators);
  DescribeMembers("plant", *v1::Plant::descriptor()->FindOneofByName("model"), generators);
  return generators;
}

}  // namespace rig

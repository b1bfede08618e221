#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "rig/base/result.h"
#include "rig/v1/options.pb.h"

// Single values of message fields as text, by the rules of proto/rig/v1/options.proto.
namespace rig {

const v1::FieldRule& RuleOf(const google::protobuf::FieldDescriptor& field);
// The key of a field in YAML.
const std::string& KeyOf(const google::protobuf::FieldDescriptor& field);

// What a value was and what it should have been.
struct BadValue {
  std::string what;
  std::string expected;
};

// Stores one value into a field (appends to a repeated one). `quoted`: it stood in quotes, so it is
// no plain number or boolean.
tl::expected<void, BadValue> StoreText(std::string_view text, bool quoted,
                                       const google::protobuf::FieldDescriptor& field,
                                       google::protobuf::Message& message);

// The text that StoreText reads back to the same value; `index` is -1 for a field that is not
// repeated. `is_text`: the value is a string, so it may need quotes.
struct FieldText {
  std::string text;
  bool is_text;
};
FieldText TextOf(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field, int index);

}  // namespace rig

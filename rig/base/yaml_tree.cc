#include "rig/base/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <sstream>
#include <utility>

#include "rig/base/names.h"

namespace rig {
namespace {

constexpr std::size_t kLargestText = 16u << 20;
constexpr std::size_t kDeepestNesting = 32;  // our schemas need 7
constexpr std::size_t kLongestShown = 40;

YamlNode NodeAt(YamlNode::Kind kind, const YAML::Mark& mark) {
  YamlNode node;
  node.kind = kind;
  node.line = mark.line + 1;
  node.column = mark.column + 1;
  return node;
}

// Builds the tree from the parser's events. Throws the parser's own exception, which ParseYaml
// catches, since that is the only way to stop it.
class TreeBuilder : public YAML::EventHandler {
 public:
  YamlNode Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Refuse(mark, "?", anchor);
    Attach(NodeAt(YamlNode::Kind::kNull, mark), mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YAML::ParserException(mark, "an alias; expected the value written out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Refuse(mark, tag, anchor);
    YamlNode node = NodeAt(tag == "?" ? YamlNode::Kind::kPlain : YamlNode::Kind::kQuoted, mark);
    const bool has_control = std::any_of(value.begin(), value.end(), [](unsigned char c) {
      return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    });
    if (has_control) throw YAML::ParserException(mark, "a control character; expected text");
    node.text = value;
    Attach(std::move(node), mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Refuse(mark, tag, anchor);
    Open(YamlNode::Kind::kSequence, mark);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Refuse(mark, tag, anchor);
    Open(YamlNode::Kind::kMapping, mark);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Level {
    YamlNode node;
    YAML::Mark mark;
    std::set<std::string> seen;
  };

  static void Refuse(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      throw YAML::ParserException(mark, "an anchor; expected the value alone");
    }
    const bool untagged = tag.empty() || tag == "?" || tag == "!";
    if (!untagged) throw YAML::ParserException(mark, "a tag; expected the value alone");
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark) {
    if (levels_.size() == kDeepestNesting) {
      throw YAML::ParserException(
          mark, fmt::format("nested too deep; expected at most {} levels", kDeepestNesting));
    }
    levels_.push_back(Level{NodeAt(kind, mark), mark, {}});
  }

  void Close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    Attach(std::move(level.node), level.mark);
  }

  void Attach(YamlNode node, const YAML::Mark& mark) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& parent = levels_.back();
    const bool is_key = parent.node.kind == YamlNode::Kind::kMapping &&
                        parent.node.keys.size() == parent.node.items.size();
    if (!is_key) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    if (!node.is_scalar()) throw YAML::ParserException(mark, "not a key; expected a name");
    if (!parent.seen.insert(node.text).second) {
      throw YAML::ParserException(
          mark, fmt::format("duplicate key {}; expected each key once", node.Describe()));
    }
    parent.node.keys.push_back(std::move(node));
  }

  YamlNode root_;
  std::vector<Level> levels_;
};

// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629), 0 if there is none.
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  std::uint32_t code = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code >= kSmallest[length] && code <= 0x10ffff && !surrogate ? length : 0;
}

// The parser takes control character 4 for the end of the text and replaces what is no UTF-8, both
// silently.
Status CheckCharacters(std::string_view text, const std::string& file_name) {
  YamlNode here;
  here.line = 1;
  here.column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = Utf8Length(text.substr(i));
    if (length == 0) return YamlError(file_name, here, "not UTF-8", "text in UTF-8");
    const auto c = static_cast<unsigned char>(text[i]);
    const bool allowed = (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t';
    if (!allowed) return YamlError(file_name, here, "a control character", "text");
    i += length;
    here.line += c == '\n' ? 1 : 0;
    here.column = c == '\n' ? 1 : here.column + 1;
  }
  return {};
}

}  // namespace

std::string YamlNode::Describe() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kPlain:
    case Kind::kQuoted:
      return fmt::format("\"{}\"", Shorten(text, kLongestShown));
    case Kind::kMapping:
      return "a mapping";
    case Kind::kSequence:
      return "a list";
  }
  return "nothing";
}

tl::unexpected<Error> YamlError(const std::string& file_name, const YamlNode& node,
                                std::string_view what, std::string_view expected) {
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("{}:{}:{}: {}; expected {}", file_name, node.line, node.column,
                  Shorten(what, kLongestMessagePart), Shorten(expected, kLongestMessagePart)));
}

Result<YamlNode> ParseYaml(std::string_view text, const std::string& file_name) {
  YamlNode start;
  start.line = 1;
  start.column = 1;
  if (text.size() > kLargestText) {
    return YamlError(file_name, start, fmt::format("{} bytes of YAML", text.size()),
                     fmt::format("at most {}", kLargestText));
  }
  RIG_TRY(CheckCharacters(text, file_name));
  TreeBuilder builder;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      return YamlError(file_name, start, "nothing in the file", "a mapping");
    }
    YamlNode root = builder.Take();
    TreeBuilder second;
    if (parser.HandleNextDocument(second)) {
      return YamlError(file_name, second.Take(), "a second document", "one document per file");
    }
    return root;
  } catch (const YAML::Exception& error) {
    YamlNode here;
    here.line = error.mark.line + 1;
    here.column = error.mark.column + 1;
    const std::size_t split = error.msg.find("; expected ");
    if (split == std::string::npos) return YamlError(file_name, here, error.msg, "YAML");
    return YamlError(file_name, here, error.msg.substr(0, split), error.msg.substr(split + 11));
  } catch (const std::exception& error) {
    return YamlError(file_name, start, error.what(), "YAML");
  }
}

}  // namespace rig

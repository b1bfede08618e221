#include "rig/cli/score/event_table.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "rig/base/digest.h"

namespace rig {
namespace {

std::vector<std::string_view> Fields(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  while (true) {
    const auto at = line.find(separator);
    fields.push_back(line.substr(0, at));
    if (at == std::string_view::npos) return fields;
    line.remove_prefix(at + 1);
  }
}

class Parser {
 public:
  explicit Parser(const std::string& name) : name_(name) {}

  Status Line(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return {};
    if (columns_.empty()) return Header(line);
    return Row(Fields(line, separator_));
  }
  Result<EventTable> Take() {
    if (columns_.empty()) return Refuse("no header line", "onset and duration columns");
    return std::move(table_);
  }

 private:
  tl::unexpected<Error> Refuse(std::string_view what, std::string_view expected) const {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}:{}: {}; expected {}", name_, number_, what, expected));
  }

  Status Header(std::string_view line) {
    separator_ = line.find('\t') != std::string_view::npos ? '\t' : ',';
    const auto names = Fields(line, separator_);
    for (std::size_t i = 0; i < names.size(); ++i) columns_[std::string(names[i])] = i;
    width_ = names.size();
    for (const char* name : {"onset", "duration"}) {
      if (!columns_.contains(name)) return Refuse(fmt::format("no column {}", name), "one");
    }
    return {};
  }

  Status Row(const std::vector<std::string_view>& fields) {
    if (fields.size() != width_) {
      return Refuse(fmt::format("{} fields", fields.size()), fmt::format("{}", width_));
    }
    if (columns_.contains("recordingDuration")) {
      RIG_TRY_ASSIGN(const double recorded_s, Number(fields, "recordingDuration"));
      if (table_.recorded_s > 0 && recorded_s != table_.recorded_s) {
        return Refuse(fmt::format("recordingDuration {:g}", recorded_s),
                      fmt::format("{:g} as before", table_.recorded_s));
      }
      table_.recorded_s = recorded_s;
    }
    if (const auto column = columns_.find("eventType"); column != columns_.end()) {
      const std::string_view type = fields[column->second];
      if (type == "bckg") return {};
      if (!type.starts_with("sz")) {
        return Refuse(fmt::format("eventType \"{}\"", type), "sz… for a seizure, or bckg");
      }
    }
    RIG_TRY_ASSIGN(const double onset, Number(fields, "onset"));
    RIG_TRY_ASSIGN(const double duration, Number(fields, "duration"));
    table_.events.push_back({onset, onset + duration});
    return {};
  }

  Result<double> Number(const std::vector<std::string_view>& fields, const char* column) const {
    const std::string_view field = fields[columns_.find(column)->second];
    double value = 0;
    const auto read = std::from_chars(field.data(), field.data() + field.size(), value);
    const bool valid = read.ec == std::errc() && read.ptr == field.data() + field.size() &&
                       std::isfinite(value) && value >= 0;
    if (!valid) return Refuse(fmt::format("{} \"{}\"", column, field), "seconds, 0 or more");
    return value;
  }

  const std::string& name_;
  int number_ = 0;
  char separator_ = ',';
  std::size_t width_ = 0;
  std::map<std::string, std::size_t, std::less<>> columns_;
  EventTable table_;
};

}  // namespace

Result<EventTable> ParseEventTable(std::string_view text, const std::string& name) {
  Parser parser(name);
  for (const std::string_view line : Fields(text, '\n')) RIG_TRY(parser.Line(line));
  return parser.Take();
}

Result<EventTable> ReadEventTable(const std::string& file) {
  RIG_TRY_ASSIGN(const std::string text, ReadFile(file));
  return ParseEventTable(text, file);
}

}  // namespace rig

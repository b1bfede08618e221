#include <fmt/format.h>

#include <cmath>

#include "sim_signals/recorded/edf.h"
#include "sim_signals/recorded/text.h"

namespace rig {
namespace {

constexpr char kDuration = '\x15', kText = '\x14', kEnd = '\0';
// Three hundred years.
constexpr double kMaxSeconds = 9.2e9;

bool ParseSeconds(std::string_view text, std::int64_t& ns) {
  double seconds = 0.0;
  const bool read = ParseNumber(text, seconds) && seconds > -kMaxSeconds && seconds < kMaxSeconds;
  if (!read) return false;
  // Whole seconds and the rest apart, so that a nanosecond of a long recording is not lost.
  const std::size_t point = std::min(text.find_first_of(".eE"), text.size());
  const bool plain = point == text.size() || text[point] == '.';
  const double whole = plain ? std::trunc(seconds) : 0.0;
  double part = seconds - whole;
  if (plain && point + 1 < text.size()) {
    if (!ParseNumber("0" + std::string(text.substr(point)), part)) return false;
    if (text.front() == '-') part = -part;
  }
  ns = static_cast<std::int64_t>(whole) * 1'000'000'000 +
       static_cast<std::int64_t>(std::floor(part * 1e9 + 0.5));
  return true;
}

// What stands before the next `mark`, which is taken away, too; none if there is no such mark.
bool TakeUntil(std::string_view& rest, std::string_view marks, std::string_view& before,
               char& mark) {
  const std::size_t at = rest.find_first_of(marks);
  if (at == std::string_view::npos) return false;
  before = rest.substr(0, at);
  mark = rest[at];
  rest.remove_prefix(at + 1);
  return true;
}

}  // namespace

Result<std::vector<EdfAnnotationList>> ParseEdfAnnotations(std::string_view bytes,
                                                           const std::string& name) {
  std::vector<EdfAnnotationList> lists;
  std::string_view rest = bytes;
  constexpr std::string_view kAfterOnset("\x15\x14", 2);
  constexpr std::string_view kAfterText("\x14\0", 2);
  const auto damaged = [&](std::string_view what) {
    return MakeError(Code::kDataLoss, fmt::format("{}: {} at byte {} of the annotations; expected "
                                                  "+ONSET, texts and a zero byte",
                                                  name, what, bytes.size() - rest.size()));
  };
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kEnd), rest.size()));
    if (rest.empty()) return lists;
    EdfAnnotationList list;
    std::string_view field;
    char mark = 0;
    const bool signed_onset = rest.front() == '+' || rest.front() == '-';
    if (!signed_onset || !TakeUntil(rest, kAfterOnset, field, mark) ||
        !ParseSeconds(field, list.onset_ns)) {
      return damaged("no onset");
    }
    if (mark == kDuration) {
      const bool read = TakeUntil(rest, std::string_view(&kText, 1), field, mark) &&
                        ParseSeconds(field, list.duration_ns) && list.duration_ns >= 0;
      if (!read) return damaged("no duration");
    }
    while (true) {
      if (!TakeUntil(rest, kAfterText, field, mark)) return damaged("a text without an end");
      if (mark == kEnd) break;
      list.texts.emplace_back(field);
    }
    if (!field.empty()) return damaged("a text that is not closed");
    if (list.texts.empty()) return damaged("an onset without texts");
    lists.push_back(std::move(list));
  }
}

}  // namespace rig

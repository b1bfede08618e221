#include "rig/base/names.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace rig {
namespace {

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

bool IsName(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::string OneOf(std::string_view given, std::vector<std::string> known) {
  constexpr std::size_t kMostShown = 8;
  if (known.empty()) return "none";
  given = given.substr(0, 64);  // a hostile key is not worth the time
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (std::string& name : known) {
    const std::size_t distance = EditDistance(given, name);
    ranked.emplace_back(distance, std::move(name));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text = "one of: ";
  for (std::size_t i = 0; i < ranked.size() && i < kMostShown; ++i) {
    text += (i > 0 ? ", " : "") + ranked[i].second;
  }
  if (ranked.size() > kMostShown) text += ", …";
  return text;
}

std::string Shorten(std::string_view text, std::size_t limit) {
  const bool is_long = text.size() > limit;
  if (is_long) {
    const auto continues = [&](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (limit > 0 && continues(text[limit])) --limit;
    text = text.substr(0, limit);
  }
  std::string shown(text);
  for (char& c : shown) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control) c = ' ';
  }
  return is_long ? shown + "…" : shown;
}

}  // namespace rig

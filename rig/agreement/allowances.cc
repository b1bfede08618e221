#include "rig/agreement/allowances.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <string_view>

#include "rig/base/strict_yaml.h"
#include "rig/base/units.h"

namespace rig {
namespace {

bool IsPartOfName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\n") == std::string::npos;
}

// Whether a pattern says no more than that there is a name.
bool FitsAll(const std::string& pattern) {
  return pattern.find_first_not_of("*?") == std::string::npos;
}

std::string Told(const v1::Allowance& one) {
  return fmt::format("{} of {}/{}{}{}", one.bound(), one.scenario().empty() ? "*" : one.scenario(),
                     one.check().empty() ? "*" : one.check(), one.channel().empty() ? "" : " on ",
                     one.channel());
}

// Errors: INVALID_ARGUMENT.
Result<double> CheckAllowance(const v1::Allowance& one, const SourceMap& where,
                              const std::string& path) {
  RIG_TRY_ASSIGN(const PhysicalQuantity bound, ParseQuantity(one.bound()));
  const bool is_positive = bound.si > 0;
  if (!is_positive) return where.Refuse(path + ".bound", one.bound(), "more than 0");
  const bool is_time = bound.dimension == ParseUnit("s")->dimension;
  if (one.of() == v1::TIME_MARGIN && !is_time) {
    return where.Refuse(path + ".bound", one.bound() + " of a margin in time", "a time");
  }
  if (IsBlank(one.because())) return where.Refuse(path + ".because", "blank", "the cause");
  for (const auto& [key, pattern] :
       {std::pair(".scenario", &one.scenario()), std::pair(".check", &one.check())}) {
    // fnmatch knows more than is said here: "[a-z]*" would fit every name, too.
    if (pattern->find_first_of("[\\") == std::string::npos) continue;
    return where.Refuse(path + key, fmt::format("\"{}\"", *pattern), "a name, with * and ? in it");
  }
  if (FitsAll(one.scenario()) && FitsAll(one.check()) && one.channel().empty()) {
    return where.Refuse(path, "an allowance for every check", "a scenario, check or channel");
  }
  return bound.si;
}

}  // namespace

bool FitsPattern(const std::string& pattern, const std::string& name) {
  return pattern.empty() || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

bool NamesChannel(const std::string& text, const std::string& channel) {
  for (std::size_t at = text.find(channel); at != std::string::npos;
       at = text.find(channel, at + 1)) {
    const std::size_t end = at + channel.size();
    const bool starts = at == 0 || !IsPartOfName(text[at - 1]);
    const bool ends = end == text.size() || !IsPartOfName(text[end]);
    if (starts && ends) return true;
  }
  return false;
}

Status Allowances::Load(const std::filesystem::path& file) {
  v1::Agreement message;
  RIG_TRY_ASSIGN(const SourceMap where, LoadYamlFile(file, message));
  for (const Entry& entry : entries_) {
    if (entry.device != message.device()) continue;
    return where.Refuse("device", "allowances of " + message.device() + " again, as in " + entry.at,
                        "one file for a device");
  }
  std::vector<Entry> entries;
  for (int i = 0; i < message.allowances_size(); ++i) {
    const v1::Allowance& one = message.allowances(i);
    const std::string path = fmt::format("allowances[{}]", i);
    RIG_TRY_ASSIGN(const double bound, CheckAllowance(one, where, path));
    for (const Entry& earlier : entries) {
      const bool again = earlier.message.scenario() == one.scenario() &&
                         earlier.message.check() == one.check() &&
                         earlier.message.channel() == one.channel() &&
                         earlier.message.of() == one.of() && earlier.bound == bound;
      if (again) return where.Refuse(path, Told(one) + " again", "each allowance once");
    }
    entries.push_back({message.device(), one, bound, where.At(path)});
  }
  std::move(entries.begin(), entries.end(), std::back_inserter(entries_));
  files_.push_back(file.string());
  return {};
}

std::optional<Allowed> Allowances::Cover(const DifferenceSite& site, double excess) {
  const auto unit = ParseUnit(site.unit);
  if (!unit) return std::nullopt;
  Entry* best = nullptr;
  for (Entry& entry : entries_) {
    const v1::Allowance& one = entry.message;
    const bool fits = entry.device == site.device && one.of() == site.of &&
                      FitsPattern(one.scenario(), site.scenario) &&
                      FitsPattern(one.check(), site.check) &&
                      (one.channel().empty() || NamesChannel(site.text, one.channel())) &&
                      ParseQuantity(one.bound())->dimension == unit->dimension;
    const bool covers = fits && excess <= entry.bound;
    if (covers && (best == nullptr || entry.bound < best->bound)) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  best->used = true;
  return Allowed{best->bound, best->message.because()};
}

void Allowances::NoteCompared(const std::string& device, const std::string& scenario) {
  for (Entry& entry : entries_) {
    entry.due =
        entry.due || (entry.device == device && FitsPattern(entry.message.scenario(), scenario));
  }
}

void Allowances::NoteScenario(const std::string& device, const std::string& scenario,
                              const std::vector<std::string>& checks) {
  for (Entry& entry : entries_) {
    if (entry.device != device || !FitsPattern(entry.message.scenario(), scenario)) continue;
    entry.known =
        entry.known || std::any_of(checks.begin(), checks.end(), [&](const std::string& check) {
          return FitsPattern(entry.message.check(), check);
        });
  }
}

std::vector<std::string> Allowances::ForNothing() const {
  std::vector<std::string> unknown;
  for (const Entry& entry : entries_) {
    if (entry.known) continue;
    unknown.push_back(fmt::format("{}: {} has no such scenario and check: {}", entry.at,
                                  entry.device, Told(entry.message)));
  }
  return unknown;
}

std::vector<std::string> Allowances::Idle() const {
  std::vector<std::string> idle;
  for (const Entry& entry : entries_) {
    if (entry.due && !entry.used)
      idle.push_back(entry.at + ": no difference needs " + Told(entry.message));
  }
  return idle;
}

}  // namespace rig

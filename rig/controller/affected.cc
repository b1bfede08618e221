#include "rig/controller/affected.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "rig/base/calendar.h"
#include "rig/base/digest.h"
#include "rig/base/folder.h"
#include "rig/base/strict_yaml.h"
#include "rig/bench/bench.h"
#include "rig/record/record.h"
#include "rig/v1/device.pb.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// Names in a formula or in a message written as text: channels have dots in them.
std::set<std::string> WordsOf(const std::string& text) {
  std::set<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && IsWord(text[end])) ++end;
    if (end > i) words.insert(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
  return words;
}

// What a run's formulas may call by a name of their own: the scenario's and the device's
// definitions, those as they were then.
std::optional<std::map<std::string, std::string>> DefinitionsOf(const v1::RunRecord& record,
                                                                const fs::path& evidence) {
  std::map<std::string, std::string> texts;
  for (const v1::Definition& one : record.resolved_scenario().definitions()) {
    texts[one.name()] = one.formula();
  }
  for (const v1::File& input : record.inputs()) {
    if (fs::path(input.path()).filename() != "requirements.yaml") continue;
    const auto text = ReadFile(ObjectPath(evidence, input.sha256()));
    v1::Requirements requirements;
    if (!text || !LoadYamlText(*text, input.path(), requirements)) return std::nullopt;
    for (const v1::Definition& one : requirements.definitions()) texts[one.name()] = one.formula();
    return texts;
  }
  return std::nullopt;
}

// One run that the instrument took part in.
class Dependence {
 public:
  Dependence(const v1::RunRecord& record, const fs::path& evidence, const std::string& fixture)
      : record_(record), definitions_(DefinitionsOf(record, evidence)) {
    for (const v1::Wire& wire : record.resolved_bench().wiring()) {
      if (wire.fixture() != fixture) continue;
      signals_.insert(wire.signal());
      const WireKind kind = KindOf(record.resolved_bench(), wire);
      feeds_ = feeds_ || kind == WireKind::kSupply || kind == WireKind::kStimulus ||
               kind == WireKind::kLine;
    }
    for (const v1::CodedOutput& coded : record.resolved_bench().coded_outputs()) {
      bool ours = signals_.contains(coded.positive()) || signals_.contains(coded.negative());
      for (const std::string& bit : coded.bits()) ours = ours || signals_.contains(bit);
      if (ours) signals_.insert(coded.signal());
    }
  }

  // Empty: the check does not depend on it.
  std::string Why(const v1::CheckResult& result) const {
    const v1::Check* check = CheckOf(result.id());
    std::string text = result.formula();
    if (check != nullptr) text += " " + ToJson(*check);
    const std::string channel = FindChannel(text);
    if (!channel.empty()) return "reads " + channel;
    if (feeds_) return "the device was powered, fed or driven by it";
    if (check == nullptr && result.formula().empty()) return "in doubt: what it reads is not known";
    if (check != nullptr && check->has_golden())
      return "in doubt: the golden may hold its channels";
    if (!definitions_) return "in doubt: the device's definitions are not in the evidence";
    if (record_.resolved_scenario().plants_size() > 0) {
      return "the plant that the device acts on is driven by what was captured";
    }
    return "";
  }

 private:
  // Results of alarm checks are called "<check>.<result>".
  const v1::Check* CheckOf(const std::string& id) const {
    for (const v1::Check& check : record_.resolved_scenario().checks()) {
      if (id == check.id() || id.starts_with(check.id() + ".")) return &check;
    }
    return nullptr;
  }

  // The first channel of a wired signal that the text names, itself or by a definition.
  std::string FindChannel(const std::string& text) const {
    std::set<std::string> seen;
    std::set<std::string> open = WordsOf(text);
    while (!open.empty()) {
      std::string word = *open.begin();
      open.erase(open.begin());
      if (!seen.insert(word).second) continue;
      const std::size_t dot = word.find('.');
      if (dot != std::string::npos) {
        const std::string_view kind = std::string_view(word).substr(0, dot);
        const std::string rest = word.substr(dot + 1);
        const bool of_wire = kind == "observed" || kind == "commanded" || kind == "truth";
        if (of_wire && signals_.contains(rest.substr(0, rest.find('.')))) return word;
      }
      // Some checks name signals without the word before the dot.
      if (signals_.contains(word)) return "observed." + word;
      if (!definitions_) continue;
      const auto definition = definitions_->find(word);
      if (definition != definitions_->end()) open.merge(WordsOf(definition->second));
    }
    return "";
  }

  const v1::RunRecord& record_;
  std::optional<std::map<std::string, std::string>> definitions_;
  std::set<std::string> signals_;
  bool feeds_ = false;
};

// The names under which the instrument took part in a run.
std::set<std::string> FixturesOf(const v1::RunRecord& record, const Instrument& instrument) {
  std::set<std::string> fixtures;
  for (const v1::Fixture& fixture : record.resolved_bench().fixtures()) {
    std::set<std::string> serials{fixture.calibration().serial(), fixture.expect().serial()};
    for (const v1::FixtureSeen& seen : record.health().fixtures()) {
      if (seen.fixture() == fixture.name()) serials.insert(seen.serial());
    }
    serials.erase("");
    const bool same_names =
        record.resolved_bench().bench() == instrument.bench && fixture.name() == instrument.fixture;
    const bool known = !serials.empty() && !instrument.serial.empty();
    if (known ? serials.contains(instrument.serial) : same_names) fixtures.insert(fixture.name());
  }
  return fixtures;
}

void AddVerdicts(const v1::RunRecord& record, const fs::path& evidence,
                 const Instrument& instrument, v1::AffectedVerdicts& affected) {
  std::set<std::string> listed;
  for (const std::string& fixture : FixturesOf(record, instrument)) {
    const Dependence dependence(record, evidence, fixture);
    for (const v1::CheckResult& check : record.checks()) {
      if (check.verdict() == v1::ERROR || check.verdict() == v1::VERDICT_UNSET) continue;
      const std::string why = dependence.Why(check);
      if (why.empty() || !listed.insert(check.id()).second) continue;
      v1::AffectedVerdict& verdict = *affected.add_verdicts();
      verdict.set_run(record.run());
      verdict.set_device(record.device());
      verdict.set_scenario(record.scenario());
      verdict.set_started(record.started());
      verdict.set_check(check.id());
      verdict.set_verdict(check.verdict());
      *verdict.mutable_verifies() = check.verifies();
      verdict.set_firmware(fmt::format("{} {}", record.firmware().identity().version(),
                                       record.firmware().sha256().substr(0, 12)));
      verdict.set_why(why);
    }
  }
}

}  // namespace

Result<v1::AffectedVerdicts> FindAffected(const std::string& evidence, const Instrument& instrument,
                                          const std::string& since) {
  const auto folders = ListFolder(fs::path(evidence) / "runs");
  if (folders ? folders->empty() : folders.error().code == Code::kNotFound) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: no runs to search; expected the evidence folder of the "
                                 "verdicts in question (rig calibrate affected … --evidence DIR)",
                                 evidence));
  }
  RIG_TRY(folders);
  v1::AffectedVerdicts affected;
  affected.set_bench(instrument.bench);
  affected.set_fixture(instrument.fixture);
  affected.set_serial(instrument.serial);
  affected.set_since(since);
  for (const fs::path& folder : *folders) {
    affected.set_runs(affected.runs() + 1);
    const auto record = LoadRunRecord(folder);
    if (!record) {
      affected.add_unreadable(
          fmt::format("{}: {}", folder.filename().string(), record.error().message));
      continue;
    }
    // ISO days sort as text; a run that does not say when it began may have been since then.
    const bool counts = record->started().empty() || LatestDay(record->started()) >= since;
    if (counts) AddVerdicts(*record, evidence, instrument, affected);
  }
  return affected;
}

}  // namespace rig

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "reports/reports.h"
#include "rig/base/units.h"
#include "rig/check/score/beats.h"
#include "rig/check/score/episodes.h"
#include "rig/check/score/runs.h"
#include "rig/cli/score/annotation_files.h"
#include "rig/cli/score/measures.h"
#include "rig/cli/score/score_command.h"

namespace rig {
namespace {

struct EcgOptions : PairOptions {
  std::string kind = "vf";
  double least_sensitivity = -1;  // percent; below 0: no limit
  double least_predictivity = -1;

  void AddLimits(CLI::App& command) {
    command.add_option("--min-sensitivity", least_sensitivity, "Limit, in percent")
        ->check(NumberIn(0, 100));
    command.add_option("--min-predictivity", least_predictivity, "Limit, in percent")
        ->check(NumberIn(0, 100));
  }
  void Require(const std::string& what, Measures& measures) const {
    if (least_sensitivity >= 0) {
      measures.Require(what + " sensitivity", true, least_sensitivity / 100);
    }
    if (least_predictivity >= 0) {
      measures.Require(what + " positive predictivity", true, least_predictivity / 100);
    }
  }
};

std::string MatrixText(const score::BeatScore& beats) {
  using score::kBeatClassNames;
  TextTable table{{"reference \\ test"}, {}};
  for (int test = 0; test < score::kBeatClasses; ++test) {
    table.header.emplace_back(1, static_cast<char>(std::tolower(kBeatClassNames[test])));
  }
  for (std::size_t reference = 0; reference < score::kBeatClasses; ++reference) {
    std::vector<std::string> row{std::string(1, kBeatClassNames[reference])};
    for (std::size_t test = 0; test < score::kBeatClasses; ++test) {
      const bool possible = reference < score::kClassO || test < score::kClassO;
      row.push_back(possible ? std::to_string(beats.counts[reference][test]) : "");
    }
    table.rows.push_back(std::move(row));
  }
  return RenderTable(table, false);
}

int ScoreBeatsOf(const EcgOptions& options) {
  const auto pair = ReadPair(options);
  if (!pair) return TellError(pair.error());
  const score::BeatScore beats =
      score::ScoreBeats(pair->reference, pair->test, pair->period, pair->window);
  Measures measures;
  measures.AddShare("QRS sensitivity", beats.QrsSensitivity());
  measures.AddShare("QRS positive predictivity", beats.QrsPredictivity());
  measures.AddShare("VEB sensitivity", beats.VentricularSensitivity());
  measures.AddShare("VEB positive predictivity", beats.VentricularPredictivity());
  measures.AddShare("VEB false positive rate", beats.VentricularFalsePositives());
  measures.AddShare("SVEB sensitivity", beats.SupraventricularSensitivity());
  measures.AddShare("SVEB positive predictivity", beats.SupraventricularPredictivity());
  options.Require("QRS", measures);
  const double shutdown_s = pair->Seconds(beats.test_shutdown);
  nlohmann::ordered_json more{{"reference", options.reference}, {"test", options.test}};
  for (std::size_t r = 0; r < score::kBeatClasses; ++r) {
    for (std::size_t t = 0; t < score::kBeatClasses; ++t) {
      if (r >= score::kClassO && t >= score::kClassO) continue;
      more["matrix"][std::string(1, score::kBeatClassNames[r])]
          [std::string(1, score::kBeatClassNames[t])] = beats.counts[r][t];
    }
  }
  more["shutdown_s"] = shutdown_s;
  more["scored"] = pair->ExtentJson(true);
  return Tell(measures, more,
              MatrixText(beats) +
                  fmt::format("test shutdown {:.1f} s; {}\n", shutdown_s, pair->Extent(true)),
              options.json);
}

int ScoreRunsOf(const EcgOptions& options) {
  const auto pair = ReadPair(options);
  if (!pair) return TellError(pair.error());
  Measures measures;
  nlohmann::ordered_json more{{"reference", options.reference}, {"test", options.test}};
  for (const auto& [kind, name] :
       {std::pair(score::RunKind::kVentricular, std::string("VE")),
        std::pair(score::RunKind::kSupraventricular, std::string("SVE"))}) {
    const score::RunScore runs =
        score::ScoreRuns(pair->reference, pair->test, kind, pair->period, pair->window);
    measures.AddShare(name + " couplet sensitivity", runs.CoupletSensitivity());
    measures.AddShare(name + " couplet positive predictivity", runs.CoupletPredictivity());
    measures.AddShare(name + " short run sensitivity", runs.ShortSensitivity());
    measures.AddShare(name + " short run positive predictivity", runs.ShortPredictivity());
    measures.AddShare(name + " long run sensitivity", runs.LongSensitivity());
    measures.AddShare(name + " long run positive predictivity", runs.LongPredictivity());
    more["matrices"][name] = {{"sensitivity", runs.sensitivity},
                              {"predictivity", runs.predictivity}};
  }
  more["scored"] = pair->ExtentJson(true);
  return Tell(measures, more, pair->Extent(true), options.json);
}

int ScoreEpisodesOf(const EcgOptions& options) {
  const auto pair = ReadPair(options);
  if (!pair) return TellError(pair.error());
  const score::EpisodeKind kind = options.kind == "af"   ? score::EpisodeKind::kAf
                                  : options.kind == "vf" ? score::EpisodeKind::kVf
                                                         : score::EpisodeKind::kVfRhythm;
  const score::EpisodeScore episodes =
      score::ScoreEpisodes(pair->reference, pair->test, kind, pair->period);
  Measures measures;
  measures.AddShare("episode sensitivity", episodes.sensitivity);
  measures.AddShare("episode positive predictivity", episodes.predictivity);
  options.Require("episode", measures);
  // Ticks are no independent trials: durations carry no interval.
  const auto share = [](const score::Fraction& fraction) {
    return fraction.trials > 0
               ? fmt::format("{:.2f} %", 100.0 * static_cast<double>(fraction.hits) /
                                             static_cast<double>(fraction.trials))
               : std::string("-");
  };
  const auto seconds = [&](std::int64_t ticks) { return pair->Seconds(ticks); };
  const std::string text =
      fmt::format(
          "{} episodes; duration sensitivity {}, positive predictivity {}; reference {:.1f} s, "
          "test "
          "{:.1f} s\n",
          options.kind, share(episodes.duration_sensitivity), share(episodes.duration_predictivity),
          seconds(episodes.duration_sensitivity.trials),
          seconds(episodes.duration_predictivity.trials)) +
      pair->Extent(false);
  const nlohmann::ordered_json more{{"reference", options.reference},
                                    {"test", options.test},
                                    {"kind", options.kind},
                                    {"overlap_s", seconds(episodes.duration_sensitivity.hits)},
                                    {"reference_s", seconds(episodes.duration_sensitivity.trials)},
                                    {"test_s", seconds(episodes.duration_predictivity.trials)},
                                    {"scored", pair->ExtentJson(false)}};
  return Tell(measures, more, text, options.json);
}

}  // namespace

void AddScoreBeats(CLI::App& score, int& exit_code) {
  auto options = std::make_shared<EcgOptions>();
  CLI::App* command = score.add_subcommand(
      "beats", "Beat by beat after EC57, as WFDB's bxb: label matrix, sensitivity, +P");
  command->footer(
      "Examples:\n"
      "  rig score beats 100.atr 100.qrs\n"
      "  rig score beats 100.atr 100.qrs --from '0 s' --json\n"
      "  rig score beats 100.atr 100.qrs --min-sensitivity 99.5 --min-predictivity 99.5\n");
  options->AddTo(*command, true);
  options->AddLimits(*command);
  command->callback([options, &exit_code] { exit_code = ScoreBeatsOf(*options); });
}

void AddScoreRuns(CLI::App& score, int& exit_code) {
  auto options = std::make_shared<EcgOptions>();
  CLI::App* command = score.add_subcommand(
      "runs", "Run by run after EC57, as WFDB's rxr: couplets, short (3-5) and long runs");
  command->footer("Example:\n  rig score runs 105.atr 105.tst\n");
  options->AddTo(*command, true);
  command->callback([options, &exit_code] { exit_code = ScoreRunsOf(*options); });
}

void AddScoreEpisodes(CLI::App& score, int& exit_code) {
  auto options = std::make_shared<EcgOptions>();
  CLI::App* command = score.add_subcommand(
      "episodes", "Episodes of VF or AF after EC57, as WFDB's epicmp: any overlap matches");
  command->footer(
      "Examples:\n"
      "  rig score episodes cu01.atr cu01.tst\n"
      "  rig score episodes 422.atr 422.tst --kind vf-rhythm\n");
  options->AddTo(*command, false);
  command
      ->add_option("--kind", options->kind,
                   "vf: marks [ and ]; vf-rhythm: rhythm changes (VF…; af: (AFIB")
      ->check(CLI::IsMember({"vf", "vf-rhythm", "af"}))
      ->capture_default_str();
  options->AddLimits(*command);
  command->callback([options, &exit_code] { exit_code = ScoreEpisodesOf(*options); });
}

}  // namespace rig

#include "rig/campaign/campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "rig/base/digest.h"
#include "rig/campaign/sequential.h"
#include "rig/check/statistics/claims.h"
#include "rig/record/record.h"
#include "rig/search/design.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

namespace fs = std::filesystem;
using WallClock = std::chrono::steady_clock;

// campaign.json is written again at most this often: a long campaign's is large.
constexpr std::chrono::seconds kSavePeriod{1};
// Seeds people can type.
constexpr std::uint64_t kSeeds = 1'000'000'000;

constexpr char kRandomConditions[] =
    "; conditions: parameters uniform over their ranges, seeds at random";

const char* NameOf(CampaignMethod method) {
  switch (method) {
    case CampaignMethod::kGrid:
      return "grid";
    case CampaignMethod::kLatinHypercube:
      return "lhs";
    case CampaignMethod::kRandom:
      break;
  }
  return "random";
}

Result<std::vector<Point>> DesignOf(const CampaignOptions& options, std::size_t dimensions) {
  if (options.method == CampaignMethod::kGrid) return GridPoints(dimensions, options.points);
  if (options.runs == 0) {
    return MakeError(Code::kInvalidArgument, "a campaign of 0 runs; expected at least 1");
  }
  if (options.method == CampaignMethod::kRandom) {
    return RandomPoints(dimensions, options.runs, options.seed);
  }
  if (dimensions == 0) {
    return MakeError(Code::kInvalidArgument,
                     "a Latin hypercube over nothing; expected a parameter with low and high");
  }
  return LatinHypercube(dimensions, options.runs, options.seed);
}

// A grid varies its parameters and nothing else; otherwise every run has a seed of its own.
void PlanConditions(const CampaignOptions& options, const Trials& trials,
                    const std::vector<Point>& design, v1::CampaignPlan& plan) {
  RandomStream random(options.seed, "campaign_seeds");
  std::set<std::uint64_t> seeds;
  for (const Point& point : design) {
    std::uint64_t seed = trials.scenario_seed();
    if (options.method != CampaignMethod::kGrid) {
      do {
        seed = random.Next() % kSeeds;
      } while (!seeds.insert(seed).second);
    }
    *plan.add_conditions() = trials.ConditionAt(point, seed);
  }
  plan.set_runs(static_cast<std::uint32_t>(design.size()));
}

std::string CountText(const v1::CampaignRecord& record) {
  std::map<v1::Verdict, int> counts;
  for (const v1::CampaignRun& run : record.runs()) ++counts[run.verdict()];
  std::string text;
  for (const auto& [verdict, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, VerdictText(verdict));
  }
  return text;
}

void Progress(const v1::CampaignPlan& plan, v1::CampaignRecord& record) {
  int ended = 0;
  double least = 0;
  v1::Verdict worst = v1::PASS;
  record.set_least(-1);
  for (int i = 0; i < record.runs_size(); ++i) {
    const v1::CampaignRun& run = record.runs(i);
    if (run.verdict() == v1::VERDICT_UNSET) continue;
    ++ended;
    worst = Worst(worst, run.verdict());
    if (run.margin_kind() == v1::MARGIN_KIND_UNSET) continue;
    if (record.least() >= 0 && least <= run.margin()) continue;
    record.set_least(i);
    least = run.margin();
  }
  record.set_progress(fmt::format("{} of {} runs ended", ended, plan.runs()));
  record.set_verdict(ended == 0 ? v1::VERDICT_UNSET : worst);
}

std::string EarlierText(const v1::CampaignPlan& plan) {
  if (plan.earlier().empty()) return "";
  return fmt::format("; not the first of this scenario and firmware, see {}",
                     fmt::join(plan.earlier(), ", "));
}

class Campaign {
 public:
  Campaign(const CampaignOptions& options, const TrialEvents& events)
      : options_(options), events_(events) {}

  Result<v1::CampaignRecord> Do() {
    const bool fine = options_.confidence > 0 && options_.confidence < 1;
    if (!fine) {
      return MakeError(Code::kInvalidArgument, fmt::format("a confidence of {}; expected between "
                                                           "0 and 1, such as 0.95",
                                                           options_.confidence));
    }
    plan_.set_method(NameOf(options_.method));
    plan_.set_seed(options_.seed);
    plan_.set_confidence(options_.confidence);
    if (options_.method == CampaignMethod::kGrid) {
      plan_.set_points(static_cast<std::uint32_t>(options_.points));
    }
    RIG_TRY(PlanSequential());
    RIG_TRY_ASSIGN(Trials trials, Trials::Open(options_.trials, TrialKind::kCampaign, plan_));
    RIG_TRY_ASSIGN(const std::vector<Point> design,
                   DesignOf(options_, trials.space().dimensions()));
    PlanConditions(options_, trials, design, plan_);
    RIG_TRY_ASSIGN(const std::string sha256, trials.WritePlan(plan_));
    if (events_.planned) events_.planned(trials.folder(), plan_, sha256);
    record_.set_name(plan_.name());
    record_.set_plan_sha256(sha256);
    record_.set_state(v1::RUNNING);
    for (const v1::Condition& condition : plan_.conditions()) {
      *record_.add_runs()->mutable_condition() = condition;
    }
    RIG_TRY(Save(trials));
    RIG_TRY(RunAll(trials));
    record_.set_state(v1::ENDED);
    RIG_TRY(Save(trials));
    return record_;
  }

 private:
  Status PlanSequential() {
    if (!options_.sequential) return {};
    if (options_.method != CampaignMethod::kRandom) {
      return MakeError(Code::kInvalidArgument,
                       "a sequential test of conditions that are not random; expected --method "
                       "random");
    }
    const statistics::SequentialPlan& test = *options_.sequential;
    v1::SequentialPlan& plan = *plan_.mutable_sequential();
    plan.set_acceptable(test.acceptable);
    plan.set_rejectable(test.rejectable);
    plan.set_alpha(test.alpha);
    plan.set_beta(test.beta);
    plan.set_digest(statistics::DigestOf(test));
    RIG_TRY(statistics::SequentialTest::Start(test, plan.digest()));
    return {};
  }

  // With a sequential test no more at once than have workers: the rest may not be needed.
  Status RunAll(Trials& trials) {
    const std::vector<v1::Condition> all(plan_.conditions().begin(), plan_.conditions().end());
    const std::size_t batch = plan_.has_sequential()
                                  ? std::max<std::size_t>(1, options_.trials.workers.jobs)
                                  : all.size();
    for (std::size_t first = 0; first < all.size(); first += batch) {
      const std::size_t last = std::min(all.size(), first + batch);
      RIG_TRY(RunSome(trials,
                      {all.begin() + std::ptrdiff_t(first), all.begin() + std::ptrdiff_t(last)},
                      first));
      if (!plan_.has_sequential()) continue;
      RIG_TRY_ASSIGN(const SequentialOutcome outcome,
                     OutcomeOf(plan_, trials.bench_is_virtual(), record_));
      if (outcome.decision != statistics::SequentialDecision::kContinue) break;
    }
    return {};
  }

  Status RunSome(Trials& trials, const std::vector<v1::Condition>& conditions, std::size_t first) {
    Status saved;
    RIG_TRY(trials.Run(conditions, events_, [&](std::size_t index, const v1::CampaignRun& run) {
      *record_.mutable_runs(static_cast<int>(first + index)) = run;
      if (WallClock::now() - saved_at_ < kSavePeriod) return;
      if (const Status now = Save(trials); !now) saved = now;
    }));
    return saved;
  }

  Status Save(const Trials& trials) {
    for (v1::CampaignRun& run : *record_.mutable_runs()) {
      if (!run.run().empty()) run.set_trace_kept(trials.HasTrace(run.run()));
    }
    RIG_TRY(State(plan_, trials.bench_is_virtual(), record_));
    RIG_TRY(WriteFileAtomically(fs::path(trials.folder()) / "campaign.json", ToJson(record_)));
    saved_at_ = WallClock::now();
    return {};
  }

  const CampaignOptions& options_;
  const TrialEvents& events_;
  v1::CampaignPlan plan_;
  v1::CampaignRecord record_;
  WallClock::time_point saved_at_;
};

}  // namespace

std::string ConditionKey(const v1::CampaignRun& run, bool bench_is_virtual) {
  const bool by_trace =
      bench_is_virtual && run.verdict() == v1::PASS && !run.trace_sha256().empty();
  return by_trace ? run.trace_sha256() : ToJson(run.condition());
}

Status State(const v1::CampaignPlan& plan, bool bench_is_virtual, v1::CampaignRecord& record) {
  Progress(plan, record);
  record.set_claims(false);
  record.clear_confidence();
  record.clear_reliability();
  std::size_t ended = 0;
  std::vector<Trial> trials;
  for (const v1::CampaignRun& run : record.runs()) {
    if (run.verdict() == v1::VERDICT_UNSET) continue;
    ++ended;
    trials.push_back({ConditionKey(run, bench_is_virtual),
                      bench_is_virtual ? BenchKind::kVirtual : BenchKind::kReal, run.verdict()});
  }
  if (plan.has_sequential() && record.state() == v1::ENDED) {
    RIG_TRY(StateSequential(plan, bench_is_virtual, record));
    record.set_statement(record.statement() + kRandomConditions + EarlierText(plan));
    return {};
  }
  if (ended != plan.runs() || record.state() != v1::ENDED) {
    record.set_statement(
        fmt::format("no claim: {}; the plan has {}", record.progress(), plan.runs()));
    return {};
  }
  if (plan.method() == "grid") {
    record.set_statement(
        record.verdict() == v1::PASS
            ? fmt::format("all {} points of the grid passed; of values between them and of other "
                          "seeds nothing is claimed",
                          plan.runs())
            : fmt::format("of the {} points of the grid: {}", plan.runs(), CountText(record)));
    return {};
  }
  if (plan.method() == "lhs") {
    record.set_statement(
        fmt::format("{} of {} runs; no claim: the points of a Latin hypercube are not "
                    "independent draws, which a binomial claim needs (--method random makes them)",
                    CountText(record), plan.runs()));
    return {};
  }
  RIG_TRY_ASSIGN(const std::vector<Claim> claims, ClaimsOf(trials, plan.confidence()));
  record.set_claims(true);
  record.set_confidence(claims.front().confidence);
  record.set_reliability(claims.front().reliability);
  record.set_statement(claims.front().text + kRandomConditions + EarlierText(plan));
  return {};
}

Result<v1::CampaignRecord> RunCampaign(const CampaignOptions& options, const TrialEvents& events) {
  return Campaign(options, events).Do();
}

}  // namespace rig

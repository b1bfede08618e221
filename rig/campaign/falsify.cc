#include "rig/campaign/falsify.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>

#include "rig/base/digest.h"
#include "rig/campaign/counterexample.h"
#include "rig/controller/environment.h"
#include "rig/record/record.h"
#include "rig/search/cma_es.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

// Where to look next, given the values where it looked before.
class Searcher {
 public:
  virtual ~Searcher() = default;
  virtual std::vector<Point> Ask() = 0;
  virtual void Tell(const std::vector<double>& values) = 0;
  virtual std::size_t restarts() const = 0;
};

class CmaEsSearcher : public Searcher {
 public:
  // Margins are no precise functions: a descent ends where steps of a hundredth of a range, or
  // gains of half a percent of a limit, no longer matter.
  CmaEsSearcher(std::size_t dimensions, std::uint64_t seed)
      : search_(dimensions, {.sigma = 0.2,
                             .seed = seed,
                             .smallest_step = 0.01,
                             .smallest_gain = 0.005,
                             .patience = 4}) {}
  std::vector<Point> Ask() override { return search_.Ask(); }
  void Tell(const std::vector<double>& values) override { search_.Tell(values); }
  std::size_t restarts() const override { return search_.restarts(); }

 private:
  RestartedCmaEs search_;
};

class RandomSearcher : public Searcher {
 public:
  RandomSearcher(std::size_t dimensions, std::uint64_t seed)
      : dimensions_(dimensions), random_(seed, "random_search") {}
  std::vector<Point> Ask() override {
    std::vector<Point> points(kAtOnce, Point(dimensions_));
    for (Point& point : points) {
      for (double& coordinate : point) coordinate = random_.Uniform();
    }
    return points;
  }
  void Tell(const std::vector<double>& /*values*/) override {}
  std::size_t restarts() const override { return 0; }

 private:
  static constexpr std::size_t kAtOnce = 8;
  std::size_t dimensions_;
  RandomStream random_;
};

std::unique_ptr<Searcher> MakeSearcher(SearchMethod method, std::size_t dimensions,
                                       std::uint64_t seed) {
  if (method == SearchMethod::kRandom) return std::make_unique<RandomSearcher>(dimensions, seed);
  return std::make_unique<CmaEsSearcher>(dimensions, seed);
}

const char* NameOf(SearchMethod method) {
  return method == SearchMethod::kRandom ? "random" : "cmaes";
}

double ValueOf(const v1::CampaignRun& run) {
  return run.margin_kind() == v1::MARGIN_KIND_UNSET ? std::numeric_limits<double>::quiet_NaN()
                                                    : run.margin();
}

class Falsification {
 public:
  Falsification(const FalsifyOptions& options, const FalsifyEvents& events)
      : options_(options), events_(events) {}

  Result<v1::SearchRecord> Do() {
    if (options_.budget == 0) {
      return MakeError(Code::kInvalidArgument, "a budget of 0 runs; expected at least 1");
    }
    const std::string& scenario = options_.trials.scenario;
    if (!options_.output.empty()) RIG_TRY(CheckCounterexampleFile(scenario, options_.output));
    v1::CampaignPlan plan;
    RIG_TRY_ASSIGN(Trials trials, Trials::Open(options_.trials, TrialKind::kSearch, plan));
    if (trials.space().dimensions() == 0) {
      return MakeError(Code::kInvalidArgument,
                       scenario + ": nothing to search; expected a parameter with low and high");
    }
    FillPlan(plan);
    RIG_TRY_ASSIGN(const std::string sha256, trials.WritePlan(plan));
    if (events_.trials.planned) events_.trials.planned(trials.folder(), plan, sha256);
    record_.set_name(plan.name());
    record_.set_plan_sha256(sha256);
    record_.set_state(v1::RUNNING);
    record_.set_counterexample(-1);
    RIG_TRY(Look(trials, options_.method));
    if (options_.compare_random && options_.method != SearchMethod::kRandom) {
      RIG_TRY(Look(trials, SearchMethod::kRandom));
    }
    RIG_TRY(KeepCounterexample(trials));
    record_.set_state(v1::ENDED);
    RIG_TRY(Save(trials));
    if (record_.counterexample() >= 0 && !options_.output.empty()) {
      RIG_TRY(WriteCounterexample(scenario, CounterexampleCondition(), options_.output));
    }
    return record_;
  }

 private:
  void FillPlan(v1::CampaignPlan& plan) const {
    plan.set_method(NameOf(options_.method));
    plan.set_runs(static_cast<std::uint32_t>(options_.budget));
    plan.set_seed(options_.seed);
    plan.set_compare_random(options_.compare_random);
  }

  Status Look(Trials& trials, SearchMethod method) {
    v1::Search& search = *record_.add_searches();
    search.set_method(NameOf(method));
    search.set_least(-1);
    const auto searcher = MakeSearcher(method, trials.space().dimensions(), options_.seed);
    while (!search.found() && search.simulations() < options_.budget) {
      std::vector<Point> points = searcher->Ask();
      const bool whole = points.size() <= options_.budget - search.simulations();
      if (!whole) points.resize(options_.budget - search.simulations());
      std::vector<double> values;
      RIG_TRY(Evaluate(trials, points, search, values));
      if (whole && values.size() == points.size()) searcher->Tell(values);
      search.set_restarts(static_cast<std::uint32_t>(searcher->restarts()));
      RIG_TRY(Save(trials));
    }
    return {};
  }

  // Runs a few at once, so that not all of a population run once a failure has been found.
  Status Evaluate(Trials& trials, const std::vector<Point>& points, v1::Search& search,
                  std::vector<double>& values) {
    const std::size_t at_once = std::max<std::size_t>(options_.trials.workers.jobs, 1);
    for (std::size_t begin = 0; begin < points.size() && !search.found(); begin += at_once) {
      std::vector<v1::Condition> conditions;
      for (std::size_t i = begin; i < std::min(begin + at_once, points.size()); ++i) {
        conditions.push_back(trials.ConditionAt(points[i], trials.scenario_seed()));
      }
      std::vector<v1::CampaignRun> runs(conditions.size());
      RIG_TRY(trials.Run(conditions, events_.trials,
                         [&](std::size_t i, const v1::CampaignRun& run) { runs[i] = run; }));
      for (const v1::CampaignRun& run : runs) {
        Take(run, search);
        values.push_back(ValueOf(run));
      }
    }
    return {};
  }

  // What ran beside the first failure but after it in order is evidence, not a simulation needed.
  void Take(const v1::CampaignRun& run, v1::Search& search) {
    *search.add_runs() = run;
    if (search.found()) return;
    search.set_simulations(search.simulations() + 1);
    search.set_found(run.verdict() == v1::FAIL);
    if (run.verdict() == v1::ERROR) search.set_errors(search.errors() + 1);
    if (run.verdict() == v1::INCONCLUSIVE) search.set_undecided(search.undecided() + 1);
    const bool less = run.margin_kind() != v1::MARGIN_KIND_UNSET &&
                      (search.least() < 0 || run.margin() < search.runs(search.least()).margin());
    if (less || search.found()) search.set_least(search.runs_size() - 1);
    if (events_.ended) events_.ended(search.method(), search.simulations(), run);
  }

  Status KeepCounterexample(const Trials& trials) {
    for (int i = 0; i < record_.searches_size(); ++i) {
      const v1::Search& search = record_.searches(i);
      if (!search.found()) continue;
      const v1::Condition& condition = search.runs(search.least()).condition();
      record_.set_counterexample(i);
      record_.set_replay(ReplayCommand(trials.OrderOf(condition)));
      const std::string& scenario = options_.trials.scenario;
      RIG_TRY_ASSIGN(const std::string text, ReadFile(scenario));
      const std::string name = options_.output.empty()
                                   ? fs::path(scenario).stem().string() + "_counterexample"
                                   : fs::path(options_.output).stem().string();
      RIG_TRY_ASSIGN(const std::string edited, CounterexampleText(text, scenario, condition, name));
      const fs::path kept = fs::path(trials.folder()) / "counterexample.yaml";
      RIG_TRY(WriteFileAtomically(kept, edited));
      record_.set_counterexample_file(options_.output.empty() ? kept.string() : options_.output);
      return {};
    }
    return {};
  }

  const v1::Condition& CounterexampleCondition() const {
    const v1::Search& search = record_.searches(record_.counterexample());
    return search.runs(search.least()).condition();
  }

  Status Save(const Trials& trials) {
    for (v1::Search& search : *record_.mutable_searches()) {
      for (v1::CampaignRun& run : *search.mutable_runs()) {
        run.set_trace_kept(trials.HasTrace(run.run()));
      }
    }
    return WriteFileAtomically(fs::path(trials.folder()) / "search.json", ToJson(record_));
  }

  const FalsifyOptions& options_;
  const FalsifyEvents& events_;
  v1::SearchRecord record_;
};

}  // namespace

Result<v1::SearchRecord> Falsify(const FalsifyOptions& options, const FalsifyEvents& events) {
  return Falsification(options, events).Do();
}

v1::Verdict SearchVerdict(const v1::SearchRecord& record) {
  bool errors = false;
  bool undecided = false;
  for (const v1::Search& search : record.searches()) {
    if (search.found()) return v1::FAIL;
    errors = errors || search.errors() > 0;
    undecided = undecided || search.undecided() > 0;
  }
  if (errors || record.state() != v1::ENDED) return v1::ERROR;
  return undecided ? v1::INCONCLUSIVE : v1::PASS;
}

}  // namespace rig

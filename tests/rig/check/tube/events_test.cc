#include "rig/check/tube/events.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

namespace rig::golden {
namespace {

using Kind = EventProblem::Kind;

constexpr std::int64_t kEnd = 1'000'000;

EventComparison Compare(const std::vector<Event>& golden, const std::vector<Event>& observed,
                        std::int64_t latency_ns = 10, const std::vector<Unseen>& unseen = {}) {
  return CompareEvents(golden, kEnd, observed, unseen, [&](std::int64_t) {
    return EventTolerance{0.1, latency_ns};
  });
}

std::vector<Kind> Kinds(const EventComparison& result) {
  std::vector<Kind> kinds;
  for (const EventProblem& problem : result.problems) kinds.push_back(problem.kind);
  return kinds;
}

TEST(CompareEventsTest, MatchesEachGoldenEventWithinTheLatency) {
  const auto result = Compare({{100, 1}, {200, 0}}, {{110, 1}, {190, 0}});
  EXPECT_TRUE(result.problems.empty());
  ASSERT_EQ(result.matches.size(), 2u);
  EXPECT_EQ(result.matches[0].latency_ns, 10);
  EXPECT_EQ(result.matches[1].latency_ns, -10);
}

TEST(CompareEventsTest, ListsALateAndAnEarlyEventWithItsLatency) {
  const auto result = Compare({{100, 1}, {200, 0}}, {{111, 1}, {150, 0}});
  EXPECT_THAT(Kinds(result), testing::ElementsAre(Kind::kLate, Kind::kEarly));
  EXPECT_EQ(result.problems[0].latency_ns, 11);
  EXPECT_EQ(result.problems[1].latency_ns, -50);
}

TEST(CompareEventsTest, ListsMissingAndExtraEvents) {
  const auto result = Compare({{100, 1}, {200, 0}, {300, 1}}, {{100, 1}, {200, 0}, {250, 7}});
  EXPECT_THAT(Kinds(result), testing::ElementsAre(Kind::kExtra, Kind::kMissing));
  EXPECT_EQ(result.problems[1].event.ns, 300);
}

TEST(CompareEventsTest, KeepsTheOrder) {
  const auto result = Compare({{100, 1}, {104, 2}}, {{101, 2}, {105, 1}});
  EXPECT_THAT(Kinds(result), testing::ElementsAre(Kind::kOutOfOrder));
}

TEST(CompareEventsTest, TellsMessagesApartByTheirText) {
  const auto result = Compare({{.ns = 100, .text = "alarm"}}, {{.ns = 100, .text = "alarn"}});
  EXPECT_THAT(Kinds(result), testing::ElementsAre(Kind::kMissing, Kind::kExtra));
}

TEST(CompareEventsTest, LeavesUndecidedWhatMayHaveGoneUnseen) {
  const auto gap = Compare({{100, 1}}, {}, 10, {{105, 120}});
  EXPECT_TRUE(gap.problems.empty());
  EXPECT_EQ(gap.undecided_at, 100);
  const auto apart = Compare({{100, 1}}, {}, 10, {{111, 120}});
  EXPECT_THAT(Kinds(apart), testing::ElementsAre(Kind::kMissing));
  const auto behind = Compare({}, {{.ns = 500, .value = 1, .after_gap = true}});
  EXPECT_TRUE(behind.problems.empty());
  EXPECT_EQ(behind.undecided_at, 500);
}

TEST(CompareEventsTest, LeavesUndecidedAnExtraEventWhosePartnerMayLieBehindTheGoldensEnd) {
  EXPECT_TRUE(Compare({}, {{kEnd - 9, 1}}).problems.empty());
  EXPECT_EQ(Compare({}, {{kEnd - 10, 1}}).problems.size(), 1u);
}

TEST(CompareEventsTest, UsesTheToleranceOfTheGoldenEventsOwnInstant) {
  const auto tolerance_at = [](std::int64_t ns) {
    return EventTolerance{0.1, ns < 150 ? std::int64_t{5} : std::int64_t{50}};
  };
  const auto result =
      CompareEvents({{100, 1}, {200, 0}}, kEnd, {{110, 1}, {240, 0}}, {}, tolerance_at);
  EXPECT_THAT(Kinds(result), testing::ElementsAre(Kind::kLate));
  EXPECT_EQ(result.matches.size(), 1u);
}

// Events jittered within the latency always match; with one taken away or added never.
TEST(CompareEventsTest, FindsThePerfectMatchWheneverThereIsOne) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Event> golden;
    std::vector<Event> observed;
    for (int i = 0; i < 12; ++i) {
      golden.push_back({1000 + std::uniform_int_distribution<int>(0, 60)(random), 0});
      golden.back().value = std::uniform_int_distribution<int>(0, 2)(random);
    }
    const auto earlier = [](const Event& a, const Event& b) { return a.ns < b.ns; };
    std::sort(golden.begin(), golden.end(), earlier);
    std::int64_t last = 0;
    for (Event event : golden) {
      event.ns = std::max(last, event.ns + std::uniform_int_distribution<int>(-10, 10)(random));
      last = event.ns;
      observed.push_back(event);
    }
    ASSERT_TRUE(Compare(golden, observed).problems.empty()) << round;
    observed.erase(observed.begin() + round % 12);
    ASSERT_FALSE(Compare(golden, observed).problems.empty()) << round;
  }
}

TEST(SummarizeTest, GivesTheDistributionOfLatencies) {
  std::vector<EventMatch> matches;
  for (int i = 100; i >= 1; --i) matches.push_back({0, i});
  const LatencySummary summary = Summarize(matches);
  EXPECT_EQ(summary.least, 1);
  EXPECT_EQ(summary.median, 50);
  EXPECT_EQ(summary.percentile95, 95);
  EXPECT_EQ(summary.most, 100);
  EXPECT_EQ(Summarize({}).most, 0);
}

}  // namespace
}  // namespace rig::golden

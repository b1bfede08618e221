#include "rig/check/alarm/episode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rig/check/judged_trace.h"

namespace rig::check {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;

v1::AlarmEpisodeCheck Episode(std::int64_t from_s, std::int64_t until_s) {
  v1::AlarmEpisodeCheck check;
  check.set_condition("truth.condition");
  check.set_alarm("device.alarm");
  check.set_sound("sound");
  check.set_lamp("lamp");
  check.set_from(from_s * kSecond);
  check.set_until(until_s * kSecond);
  return check;
}

// An alarm over 200 s, at milliseconds; steady signals, so that each test says what it changes.
class Course {
 public:
  Course() : trace_(200'000) {
    trace_.Channel("truth.condition", "1", {{0, 0}, {20'000, 1}, {60'000, 0}});
    trace_.Channel("device.log_entries", "1", {{0, 2}, {25'000, 3}});
    trace_.Channel("device.limit", "1", {{0, 45}});
    trace_.Channel("device.lesser", "1", {{0, 0}, {30'000, 1}});
    trace_.Channel("observed.yellow", "1", {{0, 0}});
  }
  Course& Channel(const std::string& name,
                  std::initializer_list<std::pair<std::int64_t, double>> points) {
    trace_.Channel(name, "1", points);
    return *this;
  }
  // Alarm, sound and lamp alike.
  Course& Signals(std::initializer_list<std::pair<std::int64_t, double>> points) {
    return Channel("device.alarm", points)
        .Channel("observed.sound", points)
        .Channel("observed.lamp", points);
  }
  v1::CheckResult Judge(const v1::AlarmEpisodeCheck& check, const std::string& name) const {
    std::string field;
    const auto statements = AlarmStatements(check, field);
    v1::CheckResult none;
    none.set_reason(statements ? "no statement " + name : statements.error().message);
    if (!statements) return none;
    for (const AlarmStatement& statement : *statements) {
      if (statement.name == name) return trace_.Judge(statement.formula);
    }
    return none;
  }
  v1::Verdict Verdict(const v1::AlarmEpisodeCheck& check, const std::string& name) const {
    return Judge(check, name).verdict();
  }

 private:
  JudgedTrace trace_;
};

v1::AlarmEpisodeCheck WithDelay(std::int64_t max_s) {
  v1::AlarmEpisodeCheck check = Episode(0, 100);
  check.mutable_delay()->set_max(max_s * kSecond);
  return check;
}

TEST(AlarmDelayTest, HoldsTheOnsetAgainstTheDeclaredMaximum) {
  Course course;
  course.Signals({{0, 0}, {25'000, 1}});
  EXPECT_EQ(course.Verdict(WithDelay(6), "ALM-11.alarm"), v1::PASS);
  EXPECT_EQ(course.Verdict(WithDelay(6), "ALM-11.sound"), v1::PASS);
  EXPECT_EQ(course.Verdict(WithDelay(6), "ALM-11.light"), v1::PASS);
  EXPECT_EQ(course.Verdict(WithDelay(4), "ALM-11.alarm"), v1::FAIL);
}

TEST(AlarmDelayTest, PassesNothingUnderAStandingAlarm) {
  Course stuck;
  stuck.Signals({{0, 1}});
  for (const char* name : {"ALM-11.alarm", "ALM-11.sound", "ALM-11.light"}) {
    EXPECT_EQ(stuck.Verdict(WithDelay(6), name), v1::INCONCLUSIVE) << name;
  }
  Course flashing;  // of another alarm, dark at the onset
  flashing.Signals({{0, 0}, {25'000, 1}})
      .Channel("observed.lamp", {{0, 0}, {18'000, 1}, {19'000, 0}, {21'000, 1}});
  EXPECT_EQ(flashing.Verdict(WithDelay(6), "ALM-11.light"), v1::INCONCLUSIVE);
  EXPECT_EQ(flashing.Verdict(WithDelay(6), "ALM-11.sound"), v1::PASS);
}

TEST(AlarmDelayTest, PassesNothingWithoutAnOnset) {
  Course course;
  course.Signals({{0, 1}});
  v1::AlarmEpisodeCheck check = WithDelay(5);
  check.set_from(70 * kSecond);
  EXPECT_EQ(course.Verdict(check, "ALM-11.alarm"), v1::INCONCLUSIVE);
}

v1::AlarmEpisodeCheck WithLatch(v1::AlarmLatch::Kind kind) {
  v1::AlarmEpisodeCheck check = Episode(30, 150);
  v1::AlarmLatch& latch = *check.mutable_latch();
  latch.set_kind(kind);
  latch.set_within(kSecond);
  latch.set_repeat(15 * kSecond);
  if (kind == v1::AlarmLatch::LATCHING) latch.set_reset(100 * kSecond);
  return check;
}

TEST(AlarmLatchTest, WantsALatchedAlarmUntilItsReset) {
  const auto check = WithLatch(v1::AlarmLatch::LATCHING);
  Course kept;
  kept.Signals({{0, 0}, {25'000, 1}, {100'500, 0}});
  EXPECT_EQ(kept.Verdict(check, "ALM-14.latched"), v1::PASS)
      << kept.Judge(check, "ALM-14.latched").reason();
  EXPECT_EQ(kept.Verdict(check, "ALM-14.reset"), v1::PASS);
  Course lost;
  lost.Signals({{0, 0}, {25'000, 1}, {70'000, 0}});
  EXPECT_EQ(lost.Verdict(check, "ALM-14.latched"), v1::FAIL);
  Course stuck;
  stuck.Signals({{0, 0}, {25'000, 1}});
  EXPECT_EQ(stuck.Verdict(check, "ALM-14.reset"), v1::FAIL);
}

TEST(AlarmLatchTest, WantsANonLatchingAlarmToStopByItself) {
  const auto check = WithLatch(v1::AlarmLatch::NON_LATCHING);
  Course stops;
  stops.Signals({{0, 0}, {25'000, 1}, {60'500, 0}});
  EXPECT_EQ(stops.Verdict(check, "ALM-14.ends"), v1::PASS);
  Course stays;
  stays.Signals({{0, 0}, {25'000, 1}, {63'000, 0}});
  EXPECT_EQ(stays.Verdict(check, "ALM-14.ends"), v1::FAIL);
}

TEST(AlarmLatchTest, PassesNothingWithoutTheAlarm) {
  Course never;
  never.Signals({{0, 0}});
  EXPECT_EQ(never.Verdict(WithLatch(v1::AlarmLatch::NON_LATCHING), "ALM-14.ends"),
            v1::INCONCLUSIVE);
  EXPECT_EQ(never.Verdict(WithLatch(v1::AlarmLatch::LATCHING), "ALM-14.reset"), v1::INCONCLUSIVE);
}

TEST(AlarmLatchTest, AllowsNoResetToSilenceWhatHolds) {
  auto check = WithLatch(v1::AlarmLatch::LATCHING);
  check.mutable_latch()->set_reset_while_held(40 * kSecond);
  Course goes_on;
  goes_on.Signals({{0, 0}, {25'000, 1}});
  EXPECT_EQ(goes_on.Verdict(check, "ALM-14.reset_while_held"), v1::PASS);
  Course silenced;
  silenced.Signals({{0, 0}, {25'000, 1}, {40'100, 0}});
  EXPECT_EQ(silenced.Verdict(check, "ALM-14.reset_while_held"), v1::FAIL);
}

v1::AlarmEpisodeCheck WithPause() {
  v1::AlarmEpisodeCheck check = Episode(10, 190);
  v1::AudioPause& pause = *check.mutable_pause();
  pause.set_at(40 * kSecond);
  pause.set_duration(120 * kSecond);
  pause.set_tolerance(kSecond);
  pause.set_indicator("paused");
  return check;
}

TEST(AudioPauseTest, HoldsSoundLightAndIndicatorAgainstTheSetTime) {
  Course course;
  course.Channel("device.alarm", {{0, 1}})
      .Channel("observed.sound", {{0, 1}, {40'100, 0}, {160'200, 1}})
      .Channel("observed.lamp", {{0, 1}})
      .Channel("observed.paused", {{0, 0}, {40'100, 1}, {160'200, 0}});
  for (const char* name : {"ALM-12.silent", "ALM-12.light", "ALM-12.indicator", "ALM-12.returns"}) {
    EXPECT_EQ(course.Verdict(WithPause(), name), v1::PASS) << name;
  }
}

TEST(AudioPauseTest, FailsAPauseThatLastsTooLongOrTakesTheLight) {
  Course course;
  course.Channel("device.alarm", {{0, 1}})
      .Channel("observed.sound", {{0, 1}, {40'100, 0}, {170'000, 1}})
      .Channel("observed.lamp", {{0, 1}, {40'100, 0}})
      .Channel("observed.paused", {{0, 0}, {40'100, 1}, {170'000, 0}});
  for (const char* name : {"ALM-12.light", "ALM-12.indicator", "ALM-12.returns"}) {
    EXPECT_EQ(course.Verdict(WithPause(), name), v1::FAIL) << name;
  }
}

TEST(AudioPauseTest, HoldsANewAlarmAgainstWhatIsDeclared) {
  auto check = WithPause();
  check.mutable_pause()->set_new_alarm("device.lesser");
  check.mutable_pause()->set_at(20 * kSecond);
  check.mutable_pause()->set_new_alarm_declared(v1::AudioPause::SOUNDS);
  Course sounds;
  sounds.Signals({{0, 1}, {20'100, 0}, {30'500, 1}}).Channel("observed.paused", {{0, 0}});
  EXPECT_EQ(sounds.Verdict(check, "ALM-13.sounds"), v1::PASS);
  Course silent;
  silent.Signals({{0, 1}, {20'100, 0}}).Channel("observed.paused", {{0, 0}});
  EXPECT_EQ(silent.Verdict(check, "ALM-13.sounds"), v1::FAIL);
  Course stuck;
  stuck.Signals({{0, 1}}).Channel("observed.paused", {{0, 0}});
  EXPECT_EQ(stuck.Verdict(check, "ALM-13.sounds"), v1::INCONCLUSIVE);
  check.mutable_pause()->set_new_alarm_declared(v1::AudioPause::STAYS_SILENT);
  EXPECT_EQ(silent.Verdict(check, "ALM-13.silent"), v1::PASS);
  EXPECT_EQ(sounds.Verdict(check, "ALM-13.silent"), v1::FAIL);
}

TEST(AlarmOrderTest, WantsTheHigherPrioritysLampAlone) {
  auto check = Episode(10, 100);
  check.mutable_order()->set_lesser("device.lesser");
  check.mutable_order()->add_dark("yellow");
  Course right;
  right.Signals({{0, 0}, {25'000, 1}});
  EXPECT_EQ(right.Verdict(check, "ALM-15.light"), v1::PASS);
  Course wrong;
  wrong.Channel("device.alarm", {{0, 0}, {25'000, 1}})
      .Channel("observed.sound", {{0, 0}, {25'000, 1}})
      .Channel("observed.lamp", {{0, 0}, {25'000, 1}, {30'000, 0}});
  EXPECT_EQ(wrong.Verdict(check, "ALM-15.light"), v1::FAIL);
}

TEST(SupplyLossTest, WantsLimitsAndStatesBack) {
  auto check = Episode(10, 150);
  v1::SupplyLoss& loss = *check.mutable_supply_loss();
  loss.set_at(70 * kSecond);
  loss.set_back(95 * kSecond);
  loss.set_within(5 * kSecond);
  loss.set_restored("device.limit == 45");
  Course kept;
  kept.Signals({{0, 0}}).Channel("device.limit", {{71'000, 0}, {99'000, 45}});
  EXPECT_EQ(kept.Verdict(check, "ALM-16.restored"), v1::PASS);
  Course lost;
  lost.Signals({{0, 0}}).Channel("device.limit", {{71'000, 0}, {99'000, 50}});
  EXPECT_EQ(lost.Verdict(check, "ALM-16.restored"), v1::FAIL);
}

TEST(AlarmLogTest, WantsOneEntryMore) {
  auto check = Episode(10, 150);
  check.mutable_log()->set_entries("device.log_entries");
  check.mutable_log()->set_at_from(2);
  check.mutable_log()->set_at_until(3);
  EXPECT_EQ(Course().Verdict(check, "ALM-18.entries"), v1::PASS);
  check.mutable_log()->set_at_until(4);
  EXPECT_EQ(Course().Verdict(check, "ALM-18.entries"), v1::FAIL);
  check.mutable_log()->set_at_from(1);
  EXPECT_EQ(Course().Verdict(check, "ALM-18.entries"), v1::INCONCLUSIVE);
}

TEST(AlarmLogTest, WantsWhatTheEntrySays) {
  auto check = Episode(10, 150);
  check.mutable_log()->set_entries("device.log_entries");
  check.mutable_log()->set_at_until(3);
  check.mutable_log()->set_entry("device.limit == 45 and device.lesser == 1");
  EXPECT_EQ(Course().Verdict(check, "ALM-18.entry"), v1::PASS);
  check.mutable_log()->set_entry("device.limit == 50 and device.lesser == 1");
  EXPECT_EQ(Course().Verdict(check, "ALM-18.entry"), v1::FAIL);
}

// From medium (2) to high (3) 30 s after the alarm's onset; the condition lasts from 20 s to 60 s.
v1::AlarmEpisodeCheck WithEscalation() {
  auto check = Episode(10, 100);
  check.set_alarm("device.priority == 2");
  v1::AlarmEscalation& escalation = *check.mutable_escalation();
  escalation.set_to("device.priority == 3");
  escalation.set_after(30 * kSecond);
  escalation.set_tolerance(kSecond);
  escalation.set_acknowledged("device.acknowledged");
  return check;
}

using Points = std::initializer_list<std::pair<std::int64_t, double>>;

std::pair<v1::Verdict, v1::Verdict> Escalated(Points priority, Points acknowledged = {{0, 0}}) {
  Course course;
  course.Channel("device.priority", priority).Channel("device.acknowledged", acknowledged);
  const auto check = WithEscalation();
  return {course.Verdict(check, "escalation.early"), course.Verdict(check, "escalation.reached")};
}

TEST(AlarmEscalationTest, WantsTheHigherPriorityInItsTime) {
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}, {55'500, 3}}), std::pair(v1::PASS, v1::PASS));
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}, {54'000, 3}}), std::pair(v1::PASS, v1::PASS));
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}}), std::pair(v1::PASS, v1::FAIL));
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}, {57'000, 3}}), std::pair(v1::PASS, v1::FAIL));
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}, {35'000, 3}}), std::pair(v1::FAIL, v1::PASS));
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}, {35'000, 3}, {36'000, 0}}).first, v1::FAIL);
}

TEST(AlarmEscalationTest, PassesNothingThatDidNotLast) {
  const std::pair open(v1::INCONCLUSIVE, v1::INCONCLUSIVE);
  EXPECT_EQ(Escalated({{0, 0}}), open);
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}, {40'000, 0}}), open);
  EXPECT_EQ(Escalated({{0, 0}, {25'000, 2}}, {{0, 0}, {40'000, 1}}), open);
  EXPECT_EQ(Escalated({{0, 0}, {40'000, 2}, {70'000, 3}}), open);  // the condition ended at 60 s
}

TEST(AlarmStatementsTest, RefuseTimesThatLeaveNothingToLookAt) {
  std::string field;
  auto check = WithDelay(100);
  auto refused = AlarmStatements(check, field);
  ASSERT_FALSE(refused);
  EXPECT_EQ(field, "delay.max");
  check = Episode(0, 150);
  check.mutable_supply_loss()->set_at(20 * kSecond);
  check.mutable_supply_loss()->set_back(51 * kSecond);
  refused = AlarmStatements(check, field);
  ASSERT_FALSE(refused);
  EXPECT_EQ(field, "supply_loss.back");
  EXPECT_THAT(refused.error().message, HasSubstr("expected 30 s at most"));
  check = WithEscalation();
  check.mutable_escalation()->set_tolerance(30 * kSecond);
  ASSERT_FALSE(AlarmStatements(check, field));
  EXPECT_EQ(field, "escalation.tolerance");
  refused = AlarmStatements(Episode(0, 100), field);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("declares nothing"));
}

}  // namespace
}  // namespace rig::check

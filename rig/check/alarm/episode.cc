#include "rig/check/alarm/episode.h"

#include <fmt/format.h>

namespace rig {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
// ALM-16 speaks of losses up to this.
constexpr std::int64_t kLongestLossNs = 30 * kSecondNs;

std::string Time(std::int64_t ns) {
  if (ns % kSecondNs == 0) return fmt::format("{} s", ns / kSecondNs);
  if (ns % 1'000'000 == 0) return fmt::format("{} ms", ns / 1'000'000);
  return fmt::format("{} ns", ns);
}

std::string Window(const char* op, std::int64_t from_ns, std::int64_t to_ns) {
  return fmt::format("{}[{}, {}] ", op, Time(from_ns), Time(to_ns));
}

std::string Always(std::int64_t from_ns, std::int64_t to_ns, const std::string& what) {
  return Window("always", from_ns, to_ns) + "(" + what + ")";
}

std::string Within(std::int64_t ns, const std::string& what) {
  return Window("eventually", 0, ns) + "(" + what + ")";
}

// Just before: all change happens at whole nanoseconds. One instant is a sample and no tolerance,
// so that the time to spare stays that of what follows.
std::string JustBefore(const std::string& what) {
  return "historically[1 ns, 1 ns] (" + what + ")";
}

// Off for a lamp's period: what flashed already answers nothing.
std::string Quiet(const std::string& signal) {
  return fmt::format("count({}, {}) == 0", signal, Time(kLampPeriodNs));
}

class Statements {
 public:
  Statements(const v1::AlarmEpisodeCheck& check, std::string& field)
      : check_(check),
        field_(field),
        condition_("(" + check.condition() + ")"),
        alarm_("(" + check.alarm() + ")"),
        sound_("observed." + check.sound()),
        lamp_("observed." + check.lamp()) {}

  Result<std::vector<AlarmStatement>> Do() {
    field_.clear();
    if (check_.has_delay()) RIG_TRY(Delay(check_.delay()));
    if (check_.has_pause()) RIG_TRY(Pause(check_.pause()));
    if (check_.has_latch()) RIG_TRY(Latch(check_.latch()));
    if (check_.has_order()) RIG_TRY(Order(check_.order()));
    if (check_.has_supply_loss()) RIG_TRY(SupplyLoss(check_.supply_loss()));
    if (check_.has_log()) Log(check_.log());
    if (check_.has_escalation()) RIG_TRY(Escalation(check_.escalation()));
    if (!statements_.empty()) return std::move(statements_);
    return MakeError(Code::kInvalidArgument,
                     "declares nothing; expected at least one of delay, pause, latch, order, "
                     "supply_loss, log, escalation");
  }

 private:
  void Add(const char* name, std::string text, std::string formula) {
    statements_.push_back({name, std::move(text), std::move(formula)});
  }

  Status Refuse(const char* field, std::string what) {
    field_ = field;
    return MakeError(Code::kInvalidArgument, std::move(what));
  }

  Status WantOrder(const char* field, std::int64_t a, std::int64_t b, const char* what) {
    if (a < b) return {};
    return Refuse(field, fmt::format("{} is not before {}; expected {}", Time(a), Time(b), what));
  }

  Status WantSoundAndLamp(const char* field) {
    if (!check_.sound().empty() && !check_.lamp().empty()) return {};
    return Refuse(field, "needs sound and lamp; expected both named");
  }

  // ALM-11. Condition delay and signal generation delay together. An onset under a standing alarm
  // or signal measures nothing.
  Status Delay(const v1::AlarmDelay& delay) {
    const std::int64_t last = check_.until() - delay.max();
    RIG_TRY(WantOrder("delay.max", check_.from(), last, "until later than from by more than max"));
    const std::string onset =
        fmt::format("rise({}) and ({})", condition_, JustBefore("not " + alarm_));
    const auto follows = [&](const char* name, const char* what, const std::string& premise,
                             const std::string& signal) {
      Add(name, fmt::format("{} within {} of the condition's onset", what, Time(delay.max())),
          Always(check_.from(), last,
                 fmt::format("({}) -> ({})", premise, Within(delay.max(), signal))));
    };
    const auto quiet = [&](const std::string& signal) {
      return fmt::format("{} and ({})", onset, Quiet(signal));
    };
    follows("ALM-11.alarm", "the alarm is reported", onset, alarm_);
    if (!check_.sound().empty()) follows("ALM-11.sound", "it sounds", quiet(sound_), sound_);
    if (!check_.lamp().empty()) follows("ALM-11.light", "the lamp is lit", quiet(lamp_), lamp_);
    return {};
  }

  // ALM-12, ALM-13.
  Status Pause(const v1::AudioPause& pause) {
    RIG_TRY(WantSoundAndLamp("pause"));
    const bool declared = pause.new_alarm_declared() != v1::AudioPause::NEW_ALARM_UNSET;
    if (declared == pause.new_alarm().empty()) {
      return Refuse("pause", "new_alarm and new_alarm_declared; expected both of them, or neither");
    }
    const std::int64_t tolerance = pause.tolerance();
    const std::int64_t begun = pause.at() + tolerance;
    const std::int64_t end = pause.at() + pause.duration();
    RIG_TRY(WantOrder("pause.tolerance", begun, end - tolerance, "less than half the duration"));
    const std::string indicator = "observed." + pause.indicator();
    if (pause.new_alarm_declared() == v1::AudioPause::SOUNDS) {
      Add("ALM-13.sounds", "a new alarm sounds despite the pause, as declared",
          Always(begun, end - tolerance,
                 fmt::format("(rise({}) and ({})) -> ({})", pause.new_alarm(), Quiet(sound_),
                             Within(tolerance, sound_))));
      return {};
    }
    RIG_TRY(WantOrder("pause.duration", end + tolerance, check_.until(),
                      "until after the end of the pause"));
    const std::string silent = Always(begun, end - tolerance, "not " + sound_);
    Add("ALM-12.silent", fmt::format("no sound for {}", Time(pause.duration())), silent);
    Add("ALM-12.light", "the lamp goes on as without pause",
        Always(pause.at(), end - kLampPeriodNs, Within(kLampPeriodNs, lamp_)));
    Add("ALM-12.indicator", "the indicator shows the pause, and only the pause",
        fmt::format("({}) and ({})", Always(begun, end - tolerance, indicator),
                    Always(end + tolerance, check_.until(), "not " + indicator)));
    Add("ALM-12.returns", "the sound returns when the pause expires",
        Window("eventually", end - tolerance, end + tolerance) + "(rise(" + sound_ + "))");
    if (pause.new_alarm_declared() == v1::AudioPause::STAYS_SILENT) {
      // The first part says it, the second makes it open where no new alarm came.
      Add("ALM-13.silent", "a new alarm stays silent during the pause, as declared",
          fmt::format("({}) and ({})", silent,
                      Always(begun, end - tolerance,
                             fmt::format("rise({}) -> (not {})", pause.new_alarm(), sound_))));
    }
    return {};
  }

  // ALM-14.
  Status Latch(const v1::AlarmLatch& latch) {
    RIG_TRY(WantSoundAndLamp("latch"));
    if (latch.kind() == v1::AlarmLatch::KIND_UNSET) {
      return Refuse("latch.kind", "no kind; expected latching or non_latching");
    }
    const std::string off =
        fmt::format("(not {}) and (not {}) and (not {})", alarm_, sound_, lamp_);
    const std::string goes_on =
        fmt::format("{} and ({}) and ({})", alarm_, Within(kLampPeriodNs, lamp_),
                    Within(latch.repeat(), sound_));
    if (latch.kind() == v1::AlarmLatch::NON_LATCHING) {
      const std::int64_t last = check_.until() - latch.within() - kLampPeriodNs;
      RIG_TRY(WantOrder("latch.within", check_.from(), last, "a longer span"));
      Add("ALM-14.ends", "the signals stop by themselves when the condition ends",
          Always(check_.from(), last,
                 fmt::format("(fall({}) and ({})) -> ({})", condition_, JustBefore(alarm_),
                             Within(latch.within(), Always(0, kLampPeriodNs, off)))));
    }
    if (latch.kind() == v1::AlarmLatch::LATCHING) {
      const std::int64_t end = latch.reset() > 0 ? latch.reset() : check_.until();
      const std::int64_t last = end - latch.repeat() - kLampPeriodNs;
      RIG_TRY(WantOrder("latch.repeat", check_.from(), last, "a longer span"));
      // Whenever the condition ends, the alarm stays until the reset and its signals go on.
      Add("ALM-14.latched", "alarm and signals go on when the condition has ended",
          fmt::format(
              "({}) and ({})",
              Always(check_.from(), last, fmt::format("(once {}) -> ({})", alarm_, goes_on)),
              Always(check_.from(), last, fmt::format("fall({}) -> {}", condition_, alarm_))));
      if (latch.reset() > 0) RIG_TRY(Reset(latch, off));
    }
    if (latch.reset_while_held() == 0) return {};
    const std::int64_t held = latch.reset_while_held();
    Add("ALM-14.reset_while_held", "a reset silences nothing while the condition holds",
        Always(held, held + latch.repeat(), fmt::format("{} -> ({})", condition_, goes_on)));
    return {};
  }

  Status Reset(const v1::AlarmLatch& latch, const std::string& off) {
    const std::int64_t settled = latch.reset() + latch.within();
    RIG_TRY(WantOrder("latch.reset", settled, check_.until(), "until after the reset has acted"));
    // Where the condition came back the reset could not end the alarm for good: open.
    const std::string ended =
        fmt::format("historically[0 s, {}] (not {})", Time(latch.within()), condition_);
    Add("ALM-14.reset", "a reset ends alarm and signals when the condition has ended",
        Always(settled, check_.until(),
               fmt::format("((once {}) and ({})) -> ({})", alarm_, ended, off)));
    return {};
  }

  // ALM-15.
  Status Order(const v1::AlarmOrder& order) {
    RIG_TRY(WantSoundAndLamp("order"));
    const std::int64_t last = check_.until() - kLampPeriodNs;
    RIG_TRY(WantOrder("order", check_.from(), last, "a span of more than 2500 ms"));
    std::string wins = fmt::format("({})", Within(kLampPeriodNs, lamp_));
    for (const std::string& dark : order.dark())
      wins += fmt::format(" and (not observed.{})", dark);
    Add("ALM-15.light", "the higher priority is shown while both alarms are reported",
        Always(check_.from(), last,
               fmt::format("({} and ({})) -> ({})", alarm_, order.lesser(), wins)));
    return {};
  }

  // ALM-16.
  Status SupplyLoss(const v1::SupplyLoss& loss) {
    RIG_TRY(WantOrder("supply_loss.at", kSecondNs, loss.at(), "a loss later than 1 s"));
    RIG_TRY(WantOrder("supply_loss.back", loss.at(), loss.back(), "back after at"));
    if (loss.back() - loss.at() > kLongestLossNs) {
      return Refuse("supply_loss.back", "a loss of more than 30 s; expected 30 s at most");
    }
    const std::int64_t back = loss.back() + loss.within();
    RIG_TRY(WantOrder("supply_loss.within", back, check_.until(), "until after the restoration"));
    Add("ALM-16.restored", "limits and states are those from before the loss of supply",
        Always(loss.at(), loss.at(),
               fmt::format("(historically[0 s, 1 s] ({0})) -> ({1})", loss.restored(),
                           Always(back - loss.at(), check_.until() - loss.at(), loss.restored()))));
    return {};
  }

  // ALM-18.
  void Log(const v1::AlarmLog& log) {
    const std::int64_t length = check_.until() - check_.from();
    Add("ALM-18.entries",
        fmt::format("the log has {} entries, {} before", log.at_until(), log.at_from()),
        Always(check_.from(), check_.from(),
               fmt::format("({} == {}) -> ({})", log.entries(), log.at_from(),
                           Always(length, length,
                                  fmt::format("{} == {}", log.entries(), log.at_until())))));
    if (log.entry().empty()) return;
    Add("ALM-18.entry", "the log says what happened",
        Always(check_.until(), check_.until(), log.entry()));
  }

  // While condition and alarm go on without acknowledgement; the higher priority may replace the
  // alarm's own.
  Status Escalation(const v1::AlarmEscalation& escalation) {
    const std::int64_t tolerance = escalation.tolerance();
    const std::int64_t latest = escalation.after() + tolerance;
    const std::int64_t last = check_.until() - latest;
    RIG_TRY(WantOrder("escalation.tolerance", tolerance, escalation.after(), "less than after"));
    RIG_TRY(WantOrder("escalation.after", check_.from(), last,
                      "until later than from by more than after and tolerance"));
    const std::string to = "(" + escalation.to() + ")";
    std::string goes_on = fmt::format("{} and ({} or {})", condition_, alarm_, to);
    if (!escalation.acknowledged().empty()) {
      goes_on += " and (not (" + escalation.acknowledged() + "))";
    }
    const std::string onset = fmt::format("rise({}) and ({})", alarm_, JustBefore("not " + to));
    const std::int64_t earliest = escalation.after() - tolerance;
    const std::string too_early = Window("eventually", 0, earliest - 1) + to;
    Add("escalation.early", fmt::format("no higher priority before {}", Time(earliest)),
        Always(check_.from(), last,
               fmt::format("({} and (({}) or ({}))) -> (not ({}))", onset,
                           Always(0, earliest, goes_on), too_early, too_early)));
    Add("escalation.reached", fmt::format("the higher priority by {}", Time(latest)),
        Always(check_.from(), last,
               fmt::format("({} and ({})) -> ({})", onset, Always(0, latest, goes_on),
                           Window("eventually", earliest, latest) + to)));
    return {};
  }

  const v1::AlarmEpisodeCheck& check_;
  std::string& field_;
  const std::string condition_;
  const std::string alarm_;
  const std::string sound_;
  const std::string lamp_;
  std::vector<AlarmStatement> statements_;
};

}  // namespace

Result<std::vector<AlarmStatement>> AlarmStatements(const v1::AlarmEpisodeCheck& check,
                                                    std::string& field) {
  return Statements(check, field).Do();
}

}  // namespace rig

#include "sim_signals/body/rhythms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim_signals/body/sinus_rhythm.h"
#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

using Origin = HeartCycle::Origin;

// The heart is refractory: irregular intervals are not shorter. Regular ones are as they are set,
// and a premature beat comes where its coupling puts it.
constexpr double kShortestS = 0.17;

// Beats one after the other, each of one origin, after intervals that vary at random or not at all.
class IrregularRhythm : public RhythmModel {
 public:
  struct Intervals {
    double mean_s;
    double variation;  // standard deviation over mean; their logarithms are normal
  };
  IrregularRhythm(const RhythmStart& start, Origin origin, Intervals intervals)
      : origin_(origin),
        intervals_(intervals),
        variance_(Log(1.0 + intervals.variation * intervals.variation)),
        key_(StreamKey(start.seed, fmt::format("body/intervals[{}]", start.index))),
        next_(FirstBeat(start, intervals.mean_s)) {}

  HeartCycle Next() override {
    HeartCycle cycle;
    cycle.r = next_;
    cycle.origin = cycle.usual_origin = origin_;
    cycle.usual_s = intervals_.mean_s;
    const double swing = std::clamp(GaussianAt(key_, drawn_++), -3.0, 3.0);
    const double interval = intervals_.mean_s * Exp(std::sqrt(variance_) * swing - 0.5 * variance_);
    next_ += FromSeconds(std::max(kShortestS, interval));
    return cycle;
  }

 private:
  Origin origin_;
  Intervals intervals_;
  double variance_;
  std::uint64_t key_;
  RunTime next_;
  std::uint64_t drawn_ = 0;
};

// Atria whose beats are conducted late, not always, or never.
class BlockedRhythm : public RhythmModel {
 public:
  BlockedRhythm(const RhythmStart& start, v1::AvBlock block)
      : block_(std::move(block)),
        interval_(FromSeconds(1.0 / block_.rate())),
        atrial_(FirstBeat(start, 1.0 / block_.rate())),
        ventricular_(FirstBeat(start, 1.0 / block_.escape_rate())) {}

  HeartCycle Next() override {
    return block_.degree() == v1::AvBlock::THIRD ? NextIndependent() : NextConducted();
  }

 private:
  HeartCycle NextIndependent() {
    HeartCycle cycle;
    cycle.usual_s = 1.0 / block_.escape_rate();
    if (atrial_ < ventricular_) {
      cycle.p = atrial_;
      atrial_ += interval_;
      return cycle;
    }
    cycle.r = ventricular_;
    cycle.origin = cycle.usual_origin = Origin::kVentricular;
    ventricular_ += FromSeconds(cycle.usual_s);
    return cycle;
  }

  HeartCycle NextConducted() {
    HeartCycle cycle;
    cycle.usual_s = Seconds(interval_);
    cycle.p = atrial_;
    atrial_ += interval_;
    const bool in_groups = block_.degree() != v1::AvBlock::FIRST;
    if (in_groups && conducted_ + 1 == block_.group()) {
      conducted_ = 0;
      conduction_ = Duration(0);
      return cycle;
    }
    // Wenckebach: each beat is conducted later than the one before, by less each time, so that the
    // intervals shorten up to the pause.
    if (block_.degree() == v1::AvBlock::WENCKEBACH && conducted_ > 0) {
      conduction_ += FromSeconds(0.06 / static_cast<double>(conducted_));
    }
    ++conducted_;
    cycle.r = *cycle.p + Duration(block_.conduction()) + conduction_;
    return cycle;
  }

  v1::AvBlock block_;
  Duration interval_;
  RunTime atrial_, ventricular_;  // the next of each
  std::uint32_t conducted_ = 0;   // since the last blocked one
  Duration conduction_{};         // added to the first one's
};

class PacedModel : public RhythmModel {
 public:
  PacedModel(const RhythmStart& start, v1::PacedRhythm paced)
      : paced_(std::move(paced)), next_(FirstBeat(start, 1.0 / paced_.rate())) {}

  HeartCycle Next() override {
    constexpr Duration kAtrialResponse(40'000'000);
    constexpr Duration kVentricularResponse(60'000'000);
    HeartCycle cycle;
    cycle.usual_s = 1.0 / paced_.rate();
    const bool atrial = paced_.mode() != v1::PacedRhythm::VENTRICULAR;
    const bool ventricular = paced_.mode() != v1::PacedRhythm::ATRIAL;
    RunTime activation = next_;
    if (atrial) {
      cycle.atrial_pulse = activation;
      if (paced_.capture()) cycle.p = activation + kAtrialResponse;
      activation += Duration(paced_.delay());
    }
    if (ventricular) cycle.ventricular_pulse = activation;
    if (paced_.capture()) cycle.r = activation + kVentricularResponse;
    if (ventricular) cycle.origin = cycle.usual_origin = Origin::kVentricular;
    next_ += FromSeconds(cycle.usual_s);
    return cycle;
  }

 private:
  v1::PacedRhythm paced_;
  RunTime next_;  // pulse
};

class AlternatingModel : public RhythmModel {
 public:
  AlternatingModel(const RhythmStart& start, v1::AlternatingRhythm pairs)
      : pairs_(std::move(pairs)),
        next_(FirstBeat(start, Seconds(Duration(pairs_.long_interval())))) {}

  HeartCycle Next() override {
    HeartCycle cycle;
    cycle.r = next_;
    const Duration interval(second_ ? pairs_.short_interval() : pairs_.long_interval());
    cycle.usual_s = Seconds(interval);
    cycle.longest_s = Seconds(Duration(pairs_.long_interval()));
    if (second_ && pairs_.ventricular()) {
      cycle.origin = Origin::kVentricular;
    } else {
      cycle.p = next_ - SinusConduction(Seconds(interval));
    }
    second_ = !second_;
    next_ += Duration(second_ ? pairs_.short_interval() : pairs_.long_interval());
    return cycle;
  }

 private:
  v1::AlternatingRhythm pairs_;
  RunTime next_;
  bool second_ = false;
};

}  // namespace

Duration FromSeconds(double s) {
  return Duration(static_cast<std::int64_t>(std::floor(s * 1e9 + 0.5)));
}

RunTime FirstBeat(const RhythmStart& start, double interval_s) {
  constexpr double kPart = 0.4;
  const RunTime first = start.begin + FromSeconds(kPart * interval_s);
  return start.last_r ? std::max(first, *start.last_r + FromSeconds(interval_s)) : first;
}

Duration SinusConduction(double interval_s) {
  constexpr double kAt60BpmS = 1.0 / 6.0;  // ECGSYN: P lies 60 degrees before R
  return FromSeconds(kAt60BpmS * std::sqrt(std::sqrt(interval_s)));
}

std::vector<double> UsualIntervals(const v1::Rhythm& rhythm) {
  switch (rhythm.kind_case()) {
    case v1::Rhythm::kSinus:
      return {1.0 / rhythm.sinus().rate()};
    case v1::Rhythm::kAtrialFibrillation:
      return {1.0 / rhythm.atrial_fibrillation().rate()};
    case v1::Rhythm::kVentricularTachycardia:
      return {1.0 / rhythm.ventricular_tachycardia().rate()};
    case v1::Rhythm::kAvBlock: {
      const v1::AvBlock& block = rhythm.av_block();
      const bool third = block.degree() == v1::AvBlock::THIRD;
      return {1.0 / (third ? block.escape_rate() : block.rate())};
    }
    case v1::Rhythm::kPaced:
      if (!rhythm.paced().capture()) return {};
      return {1.0 / rhythm.paced().rate()};
    case v1::Rhythm::kAlternating:
      return {Seconds(Duration(rhythm.alternating().short_interval())),
              Seconds(Duration(rhythm.alternating().long_interval()))};
    case v1::Rhythm::kVentricularFibrillation:
    case v1::Rhythm::kAsystole:
    case v1::Rhythm::KIND_NOT_SET:
      break;
  }
  return {};
}

std::unique_ptr<RhythmModel> MakeRhythm(const v1::Rhythm& rhythm, const RhythmStart& start) {
  switch (rhythm.kind_case()) {
    case v1::Rhythm::kSinus:
      return std::make_unique<SinusRhythm>(start, rhythm.sinus());
    case v1::Rhythm::kAtrialFibrillation: {
      const v1::AtrialFibrillation& fibrillation = rhythm.atrial_fibrillation();
      return std::make_unique<IrregularRhythm>(
          start, Origin::kSinus,
          IrregularRhythm::Intervals{1.0 / fibrillation.rate(), fibrillation.variation()});
    }
    case v1::Rhythm::kVentricularTachycardia: {
      const v1::VentricularTachycardia& tachycardia = rhythm.ventricular_tachycardia();
      return std::make_unique<IrregularRhythm>(
          start, Origin::kVentricular,
          IrregularRhythm::Intervals{1.0 / tachycardia.rate(), tachycardia.variation()});
    }
    case v1::Rhythm::kAvBlock:
      return std::make_unique<BlockedRhythm>(start, rhythm.av_block());
    case v1::Rhythm::kPaced:
      return std::make_unique<PacedModel>(start, rhythm.paced());
    case v1::Rhythm::kAlternating:
      return std::make_unique<AlternatingModel>(start, rhythm.alternating());
    case v1::Rhythm::kVentricularFibrillation:
    case v1::Rhythm::kAsystole:
    case v1::Rhythm::KIND_NOT_SET:
      break;
  }
  return nullptr;
}

}  // namespace rig

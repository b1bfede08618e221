#include "rig/check/score/beats.h"

#include <algorithm>
#include <cstdlib>

#include "rig/check/score/beat_series.h"

namespace rig::score {
namespace {

using Counts = std::array<std::array<std::int64_t, kBeatClasses>, kBeatClasses>;

constexpr std::array<BeatClass, 5> kClasses = {kClassN, kClassS, kClassV, kClassF, kClassQ};

BeatClass ClassOf(Label label) {
  switch (label) {
    case Label::kN:
      return kClassN;
    case Label::kS:
      return kClassS;
    case Label::kV:
      return kClassV;
    case Label::kF:
      return kClassF;
    case Label::kQ:
      return kClassQ;
    default:
      return kClassO;
  }
}

// The next beat of a side and the one after; kNever after the last.
class Cursor {
 public:
  explicit Cursor(const Annotations& beats) : beats_(&beats) {}
  std::int64_t time() const { return TimeAt(next_); }
  std::int64_t following() const { return TimeAt(next_ + 1); }
  BeatClass type() const { return ClassOf((*beats_)[next_].label); }
  void Advance() { ++next_; }
  void Back() { --next_; }
  bool AtFirst() const { return next_ == 0; }

 private:
  std::int64_t TimeAt(std::size_t i) const {
    return i < beats_->size() ? (*beats_)[i].time : kNever;
  }
  const Annotations* beats_;
  std::size_t next_ = 0;
};

class Comparison {
 public:
  Comparison(const BeatSeries& reference, const BeatSeries& test, Period period,
             std::int64_t window, Counts& counts)
      : reference_(reference),
        test_(test),
        period_(period),
        window_(window),
        counts_(counts),
        ref_(reference.beats),
        tst_(test.beats) {}

  void Do() {
    SkipLearning();
    while (GoesOn()) {
      if (tst_.time() < ref_.time()) {
        TestFirst();
      } else {
        ReferenceFirst();
      }
    }
  }

 private:
  // At the border the last test beat of the learning period may belong to the first reference beat
  // after it, and the first test beat after it to a reference beat before.
  void SkipLearning() {
    while (ref_.time() < period_.start) ref_.Advance();
    while (tst_.time() < period_.start) tst_.Advance();
    if (!tst_.AtFirst()) {
      const std::int64_t upcoming = tst_.time();
      tst_.Back();
      const std::int64_t distance = ref_.time() - tst_.time();
      if (distance <= window_ && distance < std::abs(ref_.time() - upcoming)) {
        Pair();
        return;
      }
      tst_.Advance();
    }
    if (period_.start > 0 && tst_.time() - period_.start <= window_ &&
        std::abs(ref_.time() - tst_.following()) < std::abs(ref_.time() - tst_.time())) {
      tst_.Advance();
    }
  }

  bool GoesOn() const {
    if (period_.end > 0) return ref_.time() <= period_.end || tst_.time() <= period_.end;
    return ref_.time() != kNever;
  }

  // Whether beats `distance` apart are a pair, when the later one could also go to a rival beat,
  // unless that one has a better partner.
  bool Matches(std::int64_t distance, std::int64_t to_rival) const {
    const std::int64_t rivals_own = std::abs(ref_.following() - tst_.following());
    return distance <= window_ && (distance < to_rival || rivals_own < to_rival);
  }

  void TestFirst() {
    if (Matches(ref_.time() - tst_.time(), std::abs(ref_.time() - tst_.following()))) {
      Pair();
      return;
    }
    if (!Contains(reference_.fibrillation, tst_.time())) {
      ++counts_[Contains(reference_.shutdown, tst_.time()) ? kClassX : kClassO][tst_.type()];
    }
    tst_.Advance();
  }

  void ReferenceFirst() {
    if (Matches(tst_.time() - ref_.time(), std::abs(tst_.time() - ref_.following()))) {
      Pair();
      return;
    }
    ++counts_[ref_.type()][Contains(test_.shutdown, ref_.time()) ? kClassX : kClassO];
    ref_.Advance();
  }

  void Pair() {
    ++counts_[ref_.type()][tst_.type()];
    ref_.Advance();
    tst_.Advance();
  }

  const BeatSeries& reference_;
  const BeatSeries& test_;
  Period period_;
  std::int64_t window_;
  Counts& counts_;
  Cursor ref_;
  Cursor tst_;
};

std::int64_t TotalShutdown(const BeatSeries& test, Period period) {
  std::int64_t total = 0;
  for (const Interval& interval : test.shutdown) {
    const std::int64_t end = interval.end == kNever ? period.end : interval.end;
    total += std::max<std::int64_t>(0, end - interval.begin);
  }
  return total;
}

}  // namespace

BeatScore ScoreBeats(const Annotations& reference, const Annotations& test, Period period,
                     std::int64_t window) {
  BeatScore score;
  const BeatSeries reference_series = ReadBeatSeries(reference, window);
  const BeatSeries test_series = ReadBeatSeries(test, window);
  Comparison(reference_series, test_series, period, window, score.counts).Do();
  // Neither side has a class there: nothing to count.
  score.counts[kClassO][kClassO] = 0;
  score.counts[kClassX][kClassO] = 0;
  score.counts[kClassO][kClassX] = 0;
  score.test_shutdown = TotalShutdown(test_series, period);
  return score;
}

std::int64_t BeatScore::Row(BeatClass reference) const {
  return Detected(reference) + counts[reference][kClassO] + counts[reference][kClassX];
}

std::int64_t BeatScore::Detected(BeatClass reference) const {
  std::int64_t sum = 0;
  for (const BeatClass test : kClasses) sum += counts[reference][test];
  return sum;
}

std::int64_t BeatScore::Extra(BeatClass test) const {
  return counts[kClassO][test] + counts[kClassX][test];
}

std::int64_t BeatScore::Sum(std::span<const BeatClass> references, BeatClass test) const {
  std::int64_t sum = 0;
  for (const BeatClass reference : references) sum += counts[reference][test];
  return sum;
}

Fraction BeatScore::QrsSensitivity() const {
  Fraction fraction;
  for (const BeatClass reference : kClasses) {
    fraction.hits += Detected(reference);
    fraction.trials += Row(reference);
  }
  return fraction;
}

Fraction BeatScore::QrsPredictivity() const {
  Fraction fraction = QrsSensitivity();
  fraction.trials = fraction.hits;
  for (const BeatClass test : kClasses) fraction.trials += Extra(test);
  return fraction;
}

Fraction BeatScore::VentricularSensitivity() const {
  return {counts[kClassV][kClassV], Row(kClassV)};
}

Fraction BeatScore::VentricularPredictivity() const {
  constexpr std::array<BeatClass, 2> kFalse = {kClassN, kClassS};
  const std::int64_t hits = counts[kClassV][kClassV];
  return {hits, hits + Sum(kFalse, kClassV) + Extra(kClassV)};
}

Fraction BeatScore::VentricularFalsePositives() const {
  const Fraction predictivity = VentricularPredictivity();
  const std::int64_t false_positives = predictivity.trials - predictivity.hits;
  std::int64_t true_negatives = 0;
  for (const BeatClass test : {kClassN, kClassS, kClassF, kClassQ}) {
    constexpr std::array<BeatClass, 4> kOthers = {kClassN, kClassS, kClassF, kClassQ};
    true_negatives += Sum(kOthers, test) + Extra(test);
  }
  return {false_positives, false_positives + true_negatives};
}

Fraction BeatScore::SupraventricularSensitivity() const {
  return {counts[kClassS][kClassS], Row(kClassS)};
}

Fraction BeatScore::SupraventricularPredictivity() const {
  constexpr std::array<BeatClass, 3> kFalse = {kClassN, kClassV, kClassF};
  const std::int64_t hits = counts[kClassS][kClassS];
  return {hits, hits + Sum(kFalse, kClassS) + Extra(kClassS)};
}

}  // namespace rig::score

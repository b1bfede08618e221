#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "rig/check/tube/tube.h"

namespace rig::golden {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 4;
constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kRounding = 8 * std::numeric_limits<double>::epsilon();

double Number(std::int64_t ns) { return static_cast<double>(ns); }

// Lemire's monotonic queue: the most extreme value among the points pushed and not yet dropped.
// `sign` 1 keeps the highest, -1 the lowest.
class ExtremeWindow {
 public:
  ExtremeWindow(const std::vector<double>& values, double sign) : values_(values), sign_(sign) {}
  void Push(std::size_t i) {
    const double value = sign_ * values_[i];
    while (queue_.size() > head_ && queue_.back().value <= value) queue_.pop_back();
    queue_.push_back({i, value});
  }
  // Forgets the points before `first`.
  void Drop(std::size_t first) {
    while (queue_.size() > head_ && queue_[head_].index < first) ++head_;
  }
  // -infinity (after the sign) when there is none.
  double Value() const { return queue_.size() > head_ ? queue_[head_].value : -kInfinite; }

 private:
  struct Entry {
    std::size_t index;
    double value;
  };
  const std::vector<double>& values_;
  const double sign_;
  std::vector<Entry> queue_;
  std::size_t head_ = 0;
};

// A straight line over one elementary interval, by its values at both ends.
struct Line {
  double a;
  double b;
  double At(double share) const { return a + share * (b - a); }
};

// Up to three lines whose maximum is the distance to one edge of the tube: a convex function.
class Distance {
 public:
  void Add(Line line) { lines_[count_++] = line; }
  bool empty() const { return count_ == 0; }
  double At(double share) const {
    double value = -kInfinite;
    for (std::size_t i = 0; i < count_; ++i) value = std::max(value, lines_[i].At(share));
    return value;
  }
  // Where the function is smallest: at an end or where two lines meet.
  double Lowest() const {
    double best = At(1) < At(0) ? 1.0 : 0.0;
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double gap = lines_[i].a - lines_[j].a;
        const double share = gap / (gap - (lines_[i].b - lines_[j].b));
        if (share > 0 && share < 1 && At(share) < At(best)) best = share;
      }
    }
    return best;
  }
  // The stretch where all lines are below 0.
  Line Below() const {
    Line stretch{0, 1};
    for (std::size_t i = 0; i < count_; ++i) {
      const auto [a, b] = lines_[i];
      if (a >= 0 && b < 0) stretch.a = std::max(stretch.a, a / (a - b));
      if (a < 0 && b >= 0) stretch.b = std::min(stretch.b, a / (a - b));
    }
    return stretch;
  }

 private:
  std::array<Line, 3> lines_{};
  std::size_t count_ = 0;
};

// Walks both curves once, from one change of anything to the next.
template <bool kLinear>
class Sweep {
 public:
  Sweep(const Tube& tube, const Curve& curve, const Stretch& stretch, TubeComparison& result)
      : tube_(tube),
        curve_(curve),
        stretch_(stretch),
        result_(result),
        w_(tube.time_ns),
        high_(tube.top, 1),
        low_(tube.bottom, -1) {}

  void Run() {
    // Held values hold for the last nanosecond, too; a straight line is closed at its end.
    const std::int64_t last = kLinear ? curve_.end : curve_.end + 1;
    const std::int64_t to = std::min(stretch_.to, last);
    a_ = stretch_.from;
    if (!(a_ < to)) return;
    SeekCurve();
    SeekTube();
    while (a_ < to) {
      b_ = std::min({to, NextSample(), NextEntry(), NextExit()});
      Interval();
      a_ = b_;
      if (kLinear && a_ == curve_.end) return JumpAtTheEnd();
      Advance();
    }
  }

 private:
  // Seen at that instant only, with the window that ends there.
  void JumpAtTheEnd() {
    const Sample& last = curve_.samples.empty() ? start_ : curve_.samples.back();
    if (last.ns != a_) return;
    start_ = last;
    slope_ = 0;
    xa_ = last.value;
    Interval();
  }
  std::size_t Size() const { return tube_.t.size(); }
  std::int64_t NextSample() const {
    return sample_ < curve_.samples.size() ? curve_.samples[sample_].ns : kNever;
  }
  std::int64_t NextEntry() const { return enter_ < Size() ? tube_.t[enter_] - w_ : kNever; }
  // When the point or step `left_` + 1 takes over at the left end of the window.
  std::int64_t NextExit() const {
    if (left_ < Size()) return tube_.t[left_] + w_;
    // Held values hold up to and including the golden's end.
    return gone_ || kLinear ? kNever : tube_.end + 1 + w_;
  }

  // `sample_`: the first sample behind a_.
  void SeekCurve() {
    const auto after =
        std::upper_bound(curve_.samples.begin(), curve_.samples.end(), a_,
                         [](std::int64_t at, const Sample& sample) { return at < sample.ns; });
    sample_ = static_cast<std::size_t>(after - curve_.samples.begin());
    StartSegment();
    xb_ = xa_;
  }
  // `left_`: the first golden point behind a_ - w; `enter_`: the first behind a_ + w.
  void SeekTube() {
    left_ = static_cast<std::size_t>(std::upper_bound(tube_.t.begin(), tube_.t.end(), a_ - w_) -
                                     tube_.t.begin());
    enter_ = kLinear || left_ == 0 ? left_ : left_ - 1;
    Advance();
  }

  void StartSegment() {
    start_ = sample_ == 0 ? Sample{a_, std::numeric_limits<double>::quiet_NaN()}
                          : curve_.samples[sample_ - 1];
    slope_ = 0;
    if (kLinear && sample_ > 0 && sample_ < curve_.samples.size()) {
      const Sample& next = curve_.samples[sample_];
      slope_ = (next.value - start_.value) / Number(next.ns - start_.ns);
    }
    xa_ = X(a_);
  }
  double X(std::int64_t ns) const {
    return kLinear ? start_.value + slope_ * Number(ns - start_.ns) : start_.value;
  }

  // Moves all indices to a_.
  void Advance() {
    xa_ = xb_;
    if (NextSample() <= a_) {
      while (NextSample() <= a_) ++sample_;
      StartSegment();
    } else if (kLinear) {
      xa_ = X(a_);
    }
    for (; enter_ < Size() && tube_.t[enter_] - w_ <= a_; ++enter_) {
      high_.Push(enter_);
      low_.Push(enter_);
    }
    if (NextExit() > a_) return;
    while (left_ < Size() && tube_.t[left_] + w_ <= a_) ++left_;
    if (!kLinear && left_ == Size() && tube_.end + 1 + w_ <= a_) gone_ = true;
    // Of held values the one in force at the left end of the window belongs to it.
    const std::size_t first = kLinear || gone_ ? left_ : left_ - 1;
    high_.Drop(first);
    low_.Drop(first);
  }

  void Interval() {
    xb_ = kLinear ? X(b_) : xa_;
    const double top = high_.Value();
    const double bottom = -low_.Value();
    const double highest = kLinear ? std::max(xa_, xb_) : xa_;
    const double lowest = kLinear ? std::min(xa_, xb_) : xa_;
    // Most intervals change nothing that is known already; a NaN is not among them.
    if (top - highest >= enough_ && lowest - bottom >= enough_) return;
    if (std::isnan(xa_) || std::isnan(xb_)) return NoValue();
    Distance to_top;
    Distance to_bottom;
    if (std::isfinite(top)) {
      to_top.Add({top - xa_, top - xb_});
      to_bottom.Add({xa_ - bottom, xb_ - bottom});
    }
    if (kLinear) {
      AddEdge(left_, a_ - w_, b_ - w_, to_top, to_bottom);
      AddEdge(enter_, a_ + w_, b_ + w_, to_top, to_bottom);
    }
    if (to_top.empty()) return NoGolden();
    Take(to_top, to_bottom);
  }

  // The golden at one end of the moving window: on the segment before point `next`.
  void AddEdge(std::size_t next, std::int64_t from, std::int64_t to, Distance& to_top,
               Distance& to_bottom) const {
    if (next == 0 || next >= Size()) return;
    const double length = Number(tube_.t[next] - tube_.t[next - 1]);
    const double a = Number(from - tube_.t[next - 1]) / length;
    const double b = Number(to - tube_.t[next - 1]) / length;
    const Line top{tube_.top[next - 1], tube_.top[next]};
    const Line bottom{tube_.bottom[next - 1], tube_.bottom[next]};
    to_top.Add({top.At(a) - xa_, top.At(b) - xb_});
    to_bottom.Add({xa_ - bottom.At(a), xb_ - bottom.At(b)});
  }

  void Take(const Distance& to_top, const Distance& to_bottom) {
    const Line x{xa_, xb_};
    std::array<Line, 2> outside{};
    std::array<double, 2> depth{};
    std::size_t count = 0;
    for (const Distance* distance : {&to_top, &to_bottom}) {
      const double where = distance->Lowest();
      const double margin = distance->At(where);
      if (!(margin >= result_.closest)) {
        result_.closest = margin;
        result_.closest_at = Instant(where, false);
        result_.value_there = x.At(where);
      }
      const double scale = std::max(std::fabs(x.At(where)), std::fabs(x.At(where) + margin));
      if (margin >= -kRounding * scale) continue;
      outside[count] = distance->Below();
      depth[count++] = -margin;
    }
    const bool swapped = count == 2 && outside[1].a < outside[0].a;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t k = swapped ? count - 1 - i : i;
      AddExcursion(Instant(outside[k].a, false), Instant(outside[k].b, true), depth[k]);
    }
    enough_ = std::max(0.0, result_.closest);
  }

  std::int64_t Instant(double share, bool up) const {
    const double ns = share * Number(b_ - a_);
    return a_ + static_cast<std::int64_t>(up ? std::ceil(ns) : std::floor(ns));
  }

  void AddExcursion(std::int64_t begin, std::int64_t end, double depth) {
    auto& all = result_.excursions;
    if (!all.empty() && begin <= all.back().end) {
      all.back().end = std::max(all.back().end, end);
      all.back().depth = std::max(all.back().depth, depth);
      return;
    }
    all.push_back({begin, std::max(end, begin + 1), depth});
  }

  void NoValue() {
    // Only the first value may be late; a gap behind it is one wherever the golden has a value.
    const std::int64_t late = sample_ == 0 ? w_ + stretch_.ends_ns : 0;
    const std::int64_t begin = tube_.begin + late;
    if (result_.no_value_at || !(b_ > begin && a_ < tube_.end)) return;
    result_.no_value_at = std::max(a_, begin);
  }
  void NoGolden() {
    const std::int64_t begin = tube_.begin - w_ - stretch_.ends_ns;
    const std::int64_t end = tube_.end + w_ + stretch_.ends_ns;
    if (result_.no_golden_at) return;
    if (a_ < begin) result_.no_golden_at = a_;
    if (b_ > end + 1 || (b_ > end && kLinear)) {
      result_.no_golden_at = std::max(kLinear ? a_ : a_ - 1, end);
    }
  }

  const Tube& tube_;
  const Curve& curve_;
  const Stretch& stretch_;
  TubeComparison& result_;
  const std::int64_t w_;
  ExtremeWindow high_;
  ExtremeWindow low_;
  std::int64_t a_ = 0;
  std::int64_t b_ = 0;
  std::size_t sample_ = 0;
  std::size_t left_ = 0;
  std::size_t enter_ = 0;
  bool gone_ = false;  // the golden's last held value has left the window
  Sample start_{};
  double slope_ = 0;
  double xa_ = 0;
  double xb_ = 0;
  double enough_ = kInfinite;  // a distance to both edges that is no news
};

}  // namespace

void CompareWithTube(const Tube& tube, const Curve& curve, const Stretch& stretch,
                     TubeComparison& result) {
  if (tube.interpolation == Interpolation::kLinear) {
    Sweep<true>(tube, curve, stretch, result).Run();
  } else {
    Sweep<false>(tube, curve, stretch, result).Run();
  }
}

}  // namespace rig::golden

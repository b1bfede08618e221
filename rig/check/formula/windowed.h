#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "rig/check/formula/stream.h"

namespace rig::check {

// First in, first out, in one block of memory that is used again.
template <typename T>
class Ring {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& front() { return slots_[head_]; }
  T& back() { return slots_[(head_ + size_ - 1) & mask_]; }
  T& operator[](std::size_t i) { return slots_[(head_ + i) & mask_]; }
  void push_back(const T& value) {
    if (size_ == slots_.size()) Grow();
    slots_[(head_ + size_++) & mask_] = value;
  }
  void pop_back() { --size_; }
  void pop_front() {
    head_ = (head_ + 1) & mask_;
    --size_;
  }
  void clear() { size_ = 0; }

 private:
  void Grow() {
    std::vector<T> larger(std::max<std::size_t>(16, 2 * slots_.size()));
    for (std::size_t i = 0; i < size_; ++i) larger[i] = (*this)[i];
    slots_.swap(larger);
    mask_ = slots_.size() - 1;
    head_ = 0;
  }
  std::vector<T> slots_;
  std::size_t mask_ = 0;
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

// What is told of a window that slides over pieces. Pieces enter in order and leave in order.
//   void Enter(const Piece<In>&)   the piece before ends where this one begins
//   void LeaveUntil(Position)      forgets pieces that end there or earlier
//   Position first_end()           where the first piece in it that counts ends
//   Out value()
//
// The stream tells `window`, [p + first, p + last], for every p of `range`. Constant work for each
// piece, whatever the window; memory for the pieces of one window.
template <typename In, typename Out, typename Aggregate>
class Sliding : public Stream<Out> {
 public:
  Sliding(std::unique_ptr<Stream<In>> in, Range window, Range range, Aggregate aggregate)
      : in_(std::move(in)),
        from_(window.first),
        to_(window.last),
        range_(range),
        p_(range.first),
        window_(std::move(aggregate)) {}

  bool Advance() override {
    const bool more = in_.Advance();
    const Position known = in_.known();
    const Position limit = std::min(known == kForever ? kForever : known - to_, range_.last + 1);
    while (p_ < limit) {
      while (in_.has_next() && in_.next_begin() - to_ <= p_) Enter();
      window_.LeaveUntil(p_ + from_);
      this->Tell(p_, window_.value());
      const Position enters = in_.has_next() ? in_.next_begin() - to_ : kForever;
      const Position end = window_.first_end();
      p_ = std::min({enters, end == kForever ? kForever : end - from_, limit});
    }
    return this->KnownUntil(limit > range_.last ? kForever : limit) || more;
  }

  Out Outlook() override {
    while (Advance()) {
    }
    if (this->known() > range_.first) return Stream<Out>::Outlook();
    // The window of the first position is not complete.
    while (in_.has_next() && in_.next_begin() < in_.known()) Enter();
    if (entered_) window_.LeaveUntil(range_.first + from_);
    return entered_ ? window_.outlook() : this->Nothing();
  }

 private:
  void Enter() {
    const Position begin = in_.next_begin();
    entered_ = true;
    window_.Enter({begin, in_.Take()});
  }

  Reader<In> in_;
  const Position from_;
  const Position to_;
  const Range range_;
  Position p_;
  bool entered_ = false;
  Aggregate window_;
};

// The lowest or highest robustness in a window. D. Lemire, Streaming maximum-minimum filter, 2006:
// of the pieces in the window those are kept that no later one outdoes.
class WindowExtremum {
 public:
  explicit WindowExtremum(Extremum which) : sign_(which == Extremum::kMin ? 1.0 : -1.0) {}

  void Enter(const Piece<Bounds>& piece) {
    const bool exact = piece.value.low == piece.value.high;
    if (!exact && one_) Split();
    if (!exact) inexact_end_ = kForever;
    if (exact && inexact_end_ == kForever) inexact_end_ = piece.begin;
    Push(lows_, piece.begin, sign_ * piece.value.low);
    if (!one_) Push(highs_, piece.begin, sign_ * piece.value.high);
  }
  void LeaveUntil(Position p) {
    while (lows_.front().end <= p) lows_.pop_front();
    if (one_) return;
    while (highs_.front().end <= p) highs_.pop_front();
    if (inexact_end_ > p) return;
    one_ = true;  // nothing inexact is left in the window: both queues are the same
    highs_.clear();
  }
  Position first_end() {
    Position end = lows_.front().end;
    if (!one_) end = std::min({end, highs_.front().end, inexact_end_});
    return end;
  }
  Bounds value() {
    const double low = sign_ * lows_.front().value;
    return {low, one_ ? low : sign_ * highs_.front().value};
  }
  // With the rest of the window unknown.
  Bounds outlook() {
    if (lows_.empty()) return kNothingKnown;
    return sign_ > 0 ? Bounds{-kInfinity, value().high} : Bounds{value().low, kInfinity};
  }

 private:
  struct Candidate {
    double value;  // times sign_, so that the lowest counts
    Position end;
  };
  static void Push(Ring<Candidate>& queue, Position begin, double value) {
    if (!queue.empty() && queue.back().end == kForever) queue.back().end = begin;
    while (!queue.empty() && value <= queue.back().value) queue.pop_back();
    queue.push_back({value, kForever});
  }
  void Split() {
    highs_ = lows_;
    one_ = false;
  }

  double sign_;
  Ring<Candidate> lows_;
  Ring<Candidate> highs_;  // unused while all in the window is exact
  bool one_ = true;
  Position inexact_end_ = std::numeric_limits<Position>::min();
};

// What a stretch of time makes of the robustness of `a until b` (or `a since b`) beyond it:
// v becomes max(reach, min(hold, v)).
struct Passage {
  Bounds reach;
  Bounds hold;
};

constexpr Bounds Least(Bounds a, Bounds b) {
  return {std::min(a.low, b.low), std::min(a.high, b.high)};
}
constexpr Bounds Greatest(Bounds a, Bounds b) {
  return {std::max(a.low, b.low), std::max(a.high, b.high)};
}
// First `near`, behind it `far`.
constexpr Passage Through(const Passage& near, const Passage& far) {
  return {Greatest(near.reach, Least(near.hold, far.reach)), Least(near.hold, far.hold)};
}

inline bool Same(const Passage& a, const Passage& b) {
  return Same(a.reach, b.reach) && Same(a.hold, b.hold);
}

// The robustness of `a until b` within a window: near is old. Of `a since b`: near is young.
// Passages cannot be taken out again, so the window is kept as two stacks: products of the old part
// from each of its pieces on, and one product of the young part. Every piece is moved once.
class WindowPassage {
 public:
  enum class Near { kOld, kYoung };
  explicit WindowPassage(Near near) : near_(near) {}

  void Enter(const Piece<Passage>& piece) {
    if (!young_.empty()) {
      young_.back().end = piece.begin;
    } else if (!old_.empty()) {
      old_.front().end = piece.begin;  // the bottom of the stack is its youngest
    }
    young_product_ = young_.empty() ? piece.value : Join(young_product_, piece.value);
    young_.push_back({piece.value, kForever});
  }
  void LeaveUntil(Position p) {
    while (true) {
      if (old_.empty()) Turn();
      if (old_.back().end > p) return;
      old_.pop_back();
    }
  }
  Position first_end() { return old_.back().end; }
  Bounds value() {
    return young_.empty() ? old_.back().value.reach : Join(old_.back().value, young_product_).reach;
  }
  // With the rest of the window unknown.
  Bounds outlook() {
    if (old_.empty() && young_.empty()) return kNothingKnown;
    if (near_ == Near::kYoung) return kNothingKnown;
    if (old_.empty()) Turn();
    const Passage all =
        young_.empty() ? old_.back().value : Join(old_.back().value, young_product_);
    return {all.reach.low, std::max(all.reach.high, all.hold.high)};
  }

 private:
  struct Kept {
    Passage value;
    Position end;
  };
  Passage Join(const Passage& old, const Passage& young) const {
    return near_ == Near::kOld ? Through(old, young) : Through(young, old);
  }
  void Turn() {
    for (std::size_t i = young_.size(); i-- > 0;) {
      Kept kept = young_[i];
      if (!old_.empty()) kept.value = Join(kept.value, old_.back().value);
      old_.push_back(kept);
    }
    young_.clear();
  }

  Near near_;
  std::vector<Kept> old_;  // youngest at the bottom
  std::vector<Kept> young_;
  Passage young_product_{};
};

// How many spans of truth touch the window; NaN where that is not known.
class WindowCount {
 public:
  void Enter(const Piece<double>& piece) {
    if (!pieces_.empty()) pieces_.back().end = piece.begin;
    pieces_.push_back({piece.value, kForever});
    Count(piece.value, 1);
  }
  void LeaveUntil(Position p) {
    for (; pieces_.front().end <= p; pieces_.pop_front()) Count(pieces_.front().truth, -1);
  }
  Position first_end() { return pieces_.front().end; }
  double value() { return unknown_ == 0 ? static_cast<double>(spans_) : kUnknown; }
  double outlook() { return kUnknown; }

 private:
  struct Kept {
    double truth;
    Position end;
  };
  void Count(double truth, int by) {
    if (truth > 0) spans_ += by;
    if (truth == 0) unknown_ += by;
  }
  Ring<Kept> pieces_;
  std::int64_t spans_ = 0;
  std::int64_t unknown_ = 0;
};

}  // namespace rig::check

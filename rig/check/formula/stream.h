#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "rig/check/formula/steps.h"

// A formula's parts as streams: each takes pieces of piecewise constant functions from those below
// it and tells its own as soon as they are determined. The same streams judge a recorded trace and
// one that is still growing.
namespace rig::check {

// Behind every position of a trace.
constexpr Position kForever = std::numeric_limits<Position>::max() / 4;
// The last position of a range that goes on until the trace ends.
constexpr Position kOpen = kForever - 1;
// `p` later by so much; open ranges stay open.
constexpr Position Later(Position p, Position by) { return p >= kOpen ? kOpen : p + by; }

// Robustness: what it is at least and at most. They differ where something is unknown.
struct Bounds {
  double low;   // above 0: the formula holds whatever the unknown is
  double high;  // below 0: it is violated whatever the unknown is
};

constexpr Bounds kNothingKnown = {-kInfinity, kInfinity};
constexpr Bounds Negated(Bounds b) { return {-b.high, -b.low}; }

inline bool Same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}
inline bool Same(Bounds a, Bounds b) { return Same(a.low, b.low) && Same(a.high, b.high); }

// A value that holds from a position until the next piece.
template <typename V>
struct Piece {
  Position begin;
  V value;
};

// How far the trace has come. Shared by the streams of one formula.
struct Timeline {
  Position reached = -1;    // everything up to and including it is known
  Position end = kForever;  // of the trace, once it is known
  bool ended() const { return end != kForever; }
};

// The part of a formula over one range of positions. `V`: double for values (NaN: unknown), Bounds
// for conditions.
template <typename V>
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // Tells more, about one block of what the trace holds. False: nothing more can be told until the
  // trace goes on.
  virtual bool Advance() = 0;

  // What can be said already of the value at the range's first position; where that is not told
  // yet, of the conditions that look at the whole range from there. Takes in all that is there.
  virtual V Outlook() {
    while (Advance()) {
    }
    return first_told_ ? first_ : Nothing();
  }

  // Everything before this position has been told. kForever: all of the range.
  Position known() const { return known_; }
  // Told and not yet taken, in order; the first of all begins at the range's first position.
  std::vector<Piece<V>>& ready() { return ready_; }

 protected:
  void Tell(Position begin, V value) {
    if (first_told_ && Same(value, last_)) return;
    if (!first_told_) first_ = value;
    first_told_ = true;
    last_ = value;
    ready_.push_back({begin, value});
  }
  // True if that is news.
  bool KnownUntil(Position p) {
    if (p <= known_) return false;
    known_ = p;
    return true;
  }
  static V Nothing() {
    if constexpr (std::is_same_v<V, Bounds>) return kNothingKnown;
    if constexpr (std::is_same_v<V, double>) return kUnknown;
    return V{};
  }

 private:
  std::vector<Piece<V>> ready_;
  Position known_ = -kForever;
  V last_{};
  V first_{};
  bool first_told_ = false;
};

using Values = std::unique_ptr<Stream<double>>;
using Conditions = std::unique_ptr<Stream<Bounds>>;

// Takes a stream's pieces one by one.
template <typename V>
class Reader {
 public:
  explicit Reader(std::unique_ptr<Stream<V>> stream) : stream_(std::move(stream)) {}

  bool Advance() {
    auto& ready = stream_->ready();
    if (next_ == ready.size()) {
      ready.clear();
      next_ = 0;
    } else if (next_ > kCompactAbove && next_ > ready.size() / 2) {
      ready.erase(ready.begin(), ready.begin() + static_cast<std::ptrdiff_t>(next_));
      next_ = 0;
    }
    return stream_->Advance();
  }
  Position known() const { return stream_->known(); }
  // Of the next piece; kForever without one.
  Position next_begin() const {
    return next_ < stream_->ready().size() ? stream_->ready()[next_].begin : kForever;
  }
  bool has_next() const { return next_ < stream_->ready().size(); }
  const V& Take() { return value_ = stream_->ready()[next_++].value; }
  // Of the piece taken last.
  const V& value() const { return value_; }
  Stream<V>& stream() { return *stream_; }

 private:
  static constexpr std::size_t kCompactAbove = 4096;
  std::unique_ptr<Stream<V>> stream_;
  std::size_t next_ = 0;
  V value_{};
};

}  // namespace rig::check

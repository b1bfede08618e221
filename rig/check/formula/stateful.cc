#include "rig/check/formula/stateful.h"

#include <algorithm>
#include <cmath>

#include "rig/check/formula/arithmetic.h"

namespace rig::check {
namespace {

constexpr bool IsInstant(Position p) { return p % 2 == 0; }

Bounds Certainty(bool certain, bool possible) {
  if (certain) return {kInfinity, kInfinity};
  return possible ? kNothingKnown : Bounds{-kInfinity, -kInfinity};
}

}  // namespace

double Rise::TakeUntil(Position p) {
  while (truth_.has_next() && truth_.next_begin() <= p) truth_.Take();
  return truth_.value();
}

void Rise::TellAt(Position p) {
  if (!IsInstant(p)) {
    Tell(p, Certainty(false, TakeUntil(p) == 0));
    return;
  }
  const double before = p == 0 ? kUnknown : TakeUntil(p - 1);
  const double now = TakeUntil(p);
  const double after = p == timeline_.end ? kUnknown : TakeUntil(p + 1);
  Tell(p, Certainty((before < 0 && now > 0) || (now < 0 && after > 0),
                    (before <= 0 && now >= 0) || (now <= 0 && after >= 0)));
}

bool Rise::Advance() {
  if (known() == kForever) return false;
  const bool more = truth_.Advance();
  // An instant is told when the truth just behind it is known, and whether the trace goes on there.
  const Position reached = timeline_.ended() ? kForever : timeline_.reached;
  const Position told = truth_.known() == kForever ? kForever : truth_.known() - 1;
  const Position limit = std::min({told, reached, range_.last + 1});
  next_ = std::max(next_, range_.first);
  while (next_ < limit) {
    TellAt(next_);
    ++next_;
    if (IsInstant(next_ - 1)) continue;  // what holds at an instant may not hold behind it
    // While the truth stays as it is, so does this: on to the instant of the next piece.
    const Position piece = truth_.next_begin();
    next_ = std::clamp(IsInstant(piece) ? piece : piece - 1, next_, std::max(limit, next_));
  }
  return KnownUntil(limit > range_.last ? kForever : limit) || more;
}

Bounds Hysteresis::Next(const Spread& value) {
  const double sign = levels_.above ? 1 : -1;
  const Bounds within = levels_.above ? value.within : Negated(value.within);
  const auto beyond = [&](double level) {
    return Bounds{Margin(Kind::kGreaterOrEqual, within.low, sign * level),
                  Margin(Kind::kGreaterOrEqual, within.high, sign * level)};
  };
  const Bounds on = beyond(levels_.on);
  const Bounds off = beyond(levels_.off);
  if (std::isnan(on.low + on.high) || std::isnan(off.low + off.high)) {
    state_ = 0;
    return kNothingKnown;
  }
  const bool may_be_on = on.high > 0;
  const bool may_be_off = off.low < 0;
  if (on.low > 0) {
    state_ = 1;
  } else if (off.high < 0) {
    state_ = -1;
  } else if ((state_ < 0 && may_be_on) || (state_ > 0 && may_be_off)) {
    state_ = 0;
  }
  if (state_ > 0) return off;
  if (state_ < 0) return on;
  return {std::min(on.low, -kTouching), std::max(off.high, kTouching)};
}

bool Hysteresis::Advance() {
  const bool more = value_->Advance();
  for (const Piece<Spread>& piece : value_->ready()) Tell(piece.begin, Next(piece.value));
  value_->ready().clear();
  return KnownUntil(value_->known()) || more;
}

bool LastDuration::Advance() {
  const bool more = truth_->Advance();
  for (const Piece<double>& piece : truth_->ready()) {
    const bool ends = truth_before_ > 0 && piece.value <= 0;
    if (ends) {
      const bool known = begin_ >= 0 && piece.value < 0;
      const auto ns = ToNanoseconds(piece.begin) - ToNanoseconds(std::max<Position>(begin_, 0));
      duration_ = known ? static_cast<double>(ns) * 1e-9 : kUnknown;
    }
    if (piece.value > 0 && truth_before_ <= 0) begin_ = truth_before_ < 0 ? piece.begin : -1;
    if (piece.value == 0) duration_ = kUnknown;  // a span may have come and gone
    truth_before_ = piece.value;
    Tell(piece.begin, duration_);
  }
  truth_->ready().clear();
  return KnownUntil(truth_->known()) || more;
}

}  // namespace rig::check

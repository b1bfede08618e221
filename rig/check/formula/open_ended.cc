#include "rig/check/formula/open_ended.h"

namespace rig::check {
namespace {

constexpr Bounds Apply(const Passage& passage, Bounds beyond) {
  return Greatest(passage.reach, Least(passage.hold, beyond));
}

}  // namespace

void UntilEndOnce::TakeAll() {
  // A piece is taken when its begin is known to lie within the trace.
  const Position limit = timeline_.ended() ? timeline_.end : timeline_.reached;
  while (in_.has_next() && in_.next_begin() <= limit) {
    const Passage piece = in_.Take();
    all_ = any_ ? Through(all_, piece) : piece;
    any_ = true;
  }
}

bool UntilEndOnce::Advance() {
  if (known() == kForever) return false;
  const bool more = in_.Advance();
  TakeAll();
  if (!timeline_.ended() || in_.known() <= timeline_.end) return more;
  Tell(position_, any_ && begin_ <= timeline_.end ? Apply(all_, beyond_) : kNothingKnown);
  return KnownUntil(kForever);
}

Bounds UntilEndOnce::Outlook() {
  while (Advance()) {
  }
  if (known() == kForever) return Stream<Bounds>::Outlook();
  return any_ ? Apply(all_, kNothingKnown) : kNothingKnown;
}

bool UntilEnd::Advance() {
  if (known() == kForever) return false;
  const bool more = in_.Advance();
  while (in_.has_next()) {
    const Position begin = in_.next_begin();
    pieces_.push_back({begin, in_.Take()});
  }
  if (!timeline_.ended() || in_.known() <= timeline_.end) return more;
  TellAll();
  return KnownUntil(kForever);
}

void UntilEnd::TellAll() {
  while (!pieces_.empty() && pieces_.back().begin > timeline_.end) pieces_.pop_back();
  std::vector<Piece<Bounds>> told(pieces_.size());
  Bounds state = beyond_;
  for (std::size_t i = pieces_.size(); i-- > 0;) {
    state = Apply(pieces_[i].value, state);
    told[i] = {pieces_[i].begin - offset_, state};
  }
  for (const Piece<Bounds>& piece : told) {
    if (piece.begin <= range_.last) Tell(piece.begin, piece.value);
  }
  const Position empty_from = std::max(range_.first, timeline_.end + 1 - offset_);
  if (empty_from <= range_.last) Tell(empty_from, kNothingKnown);
  pieces_ = {};
}

bool SinceStart::Advance() {
  if (known() == kForever) return false;
  const bool more = in_.Advance();
  if (range_.first < offset_ && known() < range_.first) Tell(range_.first, kNothingKnown);
  if (range_.last < offset_) return KnownUntil(kForever);
  const Position start = std::max(range_.first, offset_);
  const auto tell_start = [&] {
    if (!start_told_) Tell(start, state_);
    start_told_ = true;
  };
  for (; in_.has_next() && in_.next_begin() + offset_ <= range_.last;) {
    const Position p = in_.next_begin() + offset_;
    if (p > start) tell_start();
    state_ = Apply(in_.Take(), state_);
    if (p > start) Tell(p, state_);
  }
  const Position limit = in_.known() == kForever ? kForever : in_.known() + offset_;
  if (limit > start) tell_start();
  const Position known_until = limit > range_.last ? kForever : limit;
  return KnownUntil(std::max(known_until, std::min(start, range_.last + 1))) || more;
}

}  // namespace rig::check

#include "rig/check/formula/channels.h"

#include <algorithm>

namespace rig::check {

RecordedChannel::RecordedChannel(const Steps& steps, Range range, Position end)
    : steps_(steps), range_(range), end_(end) {
  const auto after =
      std::upper_bound(steps.begin(), steps.end(), range.first,
                       [](Position at, const Step& step) { return at < step.begin; });
  next_ = static_cast<std::size_t>(after - steps.begin());
  Tell(range.first, range.first > end || next_ == 0 ? kUnknown : steps[next_ - 1].value);
  if (range.first > end) KnownUntil(kForever);
}

bool RecordedChannel::Advance() {
  constexpr std::size_t kBlock = 512;  // small enough to stay in the cache through the tree
  if (known() == kForever) return false;
  const Position last = std::min(range_.last, end_);
  const std::size_t stop = std::min(steps_.size(), next_ + kBlock);
  while (next_ < stop && steps_[next_].begin <= last) {
    Tell(steps_[next_].begin, steps_[next_].value);
    ++next_;
  }
  if (next_ < steps_.size() && steps_[next_].begin <= last) return KnownUntil(steps_[next_].begin);
  if (range_.last > end_) Tell(end_ + 1, kUnknown);
  return KnownUntil(kForever);
}

void LiveChannel::Add(Position begin, double value) {
  if (next_ == coming_.size()) {
    coming_.clear();
    next_ = 0;
  }
  if (next_ < coming_.size() && coming_.back().begin == begin) {
    coming_.back().value = value;
  } else {
    coming_.push_back({begin, value});
  }
}

bool LiveChannel::Advance() {
  if (known() == kForever || timeline_.reached < range_.first) return false;
  const Position last = std::min({timeline_.reached, range_.last, timeline_.end});
  for (; next_ < coming_.size() && coming_[next_].begin <= last; ++next_) {
    if (coming_[next_].begin > range_.first) Tell(range_.first, value_);
    value_ = coming_[next_].value;
    if (coming_[next_].begin > range_.first) Tell(coming_[next_].begin, value_);
  }
  if (known() < range_.first) Tell(range_.first, range_.first > timeline_.end ? kUnknown : value_);
  if (timeline_.reached >= range_.last) return KnownUntil(kForever);
  if (!timeline_.ended() || timeline_.reached < timeline_.end) {
    return KnownUntil(timeline_.reached + 1);
  }
  Tell(std::max(range_.first, timeline_.end + 1), kUnknown);
  return KnownUntil(kForever);
}

}  // namespace rig::check

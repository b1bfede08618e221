#pragma once

#include <vector>

#include "rig/check/formula/windowed.h"

namespace rig::check {

// Windows that run to the end of the trace, of one condition (as Passage: `always a` is "a holds,
// nothing is reached but the end", see the network) or of two. Positions behind the end do not
// count; a window without any is unknown.

// For one position: constant memory.
class UntilEndOnce : public Stream<Bounds> {
 public:
  // `in` begins where the window does. `end_counts`: what is beyond the end of the trace.
  UntilEndOnce(std::unique_ptr<Stream<Passage>> in, Position position, Position begin,
               Bounds beyond, const Timeline& timeline)
      : in_(std::move(in)),
        position_(position),
        begin_(begin),
        beyond_(beyond),
        timeline_(timeline) {}
  bool Advance() override;
  Bounds Outlook() override;

 private:
  void TakeAll();

  Reader<Passage> in_;
  const Position position_;
  const Position begin_;
  const Bounds beyond_;
  const Timeline& timeline_;
  bool any_ = false;
  Passage all_{};
};

// For every position of a range: keeps all pieces until the trace has ended.
class UntilEnd : public Stream<Bounds> {
 public:
  // The window of p begins at p + `offset`.
  UntilEnd(std::unique_ptr<Stream<Passage>> in, Range range, Position offset, Bounds beyond,
           const Timeline& timeline)
      : in_(std::move(in)), range_(range), offset_(offset), beyond_(beyond), timeline_(timeline) {}
  bool Advance() override;

 private:
  void TellAll();

  Reader<Passage> in_;
  const Range range_;
  const Position offset_;
  const Bounds beyond_;
  const Timeline& timeline_;
  std::vector<Piece<Passage>> pieces_;
};

// Windows that begin at the start of the run and end at p - `offset`; unknown where that is before
// it. `in` begins at the start.
class SinceStart : public Stream<Bounds> {
 public:
  SinceStart(std::unique_ptr<Stream<Passage>> in, Range range, Position offset, Bounds before)
      : in_(std::move(in)), range_(range), offset_(offset), state_(before) {}
  bool Advance() override;

 private:
  Reader<Passage> in_;
  const Range range_;
  const Position offset_;
  Bounds state_;
  bool start_told_ = false;
};

}  // namespace rig::check

#pragma once

#include <algorithm>
#include <utility>

#include "rig/check/formula/stream.h"

namespace rig::check {

// The same value at every position.
template <typename V>
class Constant : public Stream<V> {
 public:
  Constant(Position first, V value) {
    this->Tell(first, value);
    this->KnownUntil(kForever);
  }
  bool Advance() override { return false; }
};

// f(in(p)). `F` must not keep state from position to position.
template <typename In, typename Out, typename F>
class Mapped : public Stream<Out> {
 public:
  Mapped(std::unique_ptr<Stream<In>> in, F f) : in_(std::move(in)), f_(std::move(f)) {}

  bool Advance() override {
    const bool more = in_->Advance();
    auto& ready = in_->ready();
    for (const Piece<In>& piece : ready) this->Tell(piece.begin, f_(piece.value));
    ready.clear();
    return this->KnownUntil(in_->known()) || more;
  }
  Out Outlook() override {
    const In outlook = in_->Outlook();
    return f_(outlook);
  }

 private:
  std::unique_ptr<Stream<In>> in_;
  F f_;
};

template <typename In, typename Out, typename F>
std::unique_ptr<Stream<Out>> MapStream(std::unique_ptr<Stream<In>> in, F f) {
  return std::make_unique<Mapped<In, Out, F>>(std::move(in), std::move(f));
}

// f(a(p), b(p)), monotone in the bounds of what is not known yet.
template <typename A, typename B, typename Out, typename F>
class Combined : public Stream<Out> {
 public:
  Combined(std::unique_ptr<Stream<A>> a, std::unique_ptr<Stream<B>> b, F f)
      : a_(std::move(a)), b_(std::move(b)), f_(std::move(f)) {}

  bool Advance() override {
    const bool more = a_.known() <= b_.known() ? a_.Advance() : b_.Advance();
    const Position limit = std::min(a_.known(), b_.known());
    while (true) {
      const Position next_a = a_.next_begin();
      const Position next_b = b_.next_begin();
      const Position next = std::min(next_a, next_b);
      if (next >= limit) break;
      if (next_a == next) a_.Take();
      if (next_b == next) b_.Take();
      this->Tell(next, f_(a_.value(), b_.value()));
    }
    return this->KnownUntil(limit) || more;
  }
  Out Outlook() override { return f_(a_.stream().Outlook(), b_.stream().Outlook()); }

 private:
  Reader<A> a_;
  Reader<B> b_;
  F f_;
};

template <typename Out, typename A, typename B, typename F>
std::unique_ptr<Stream<Out>> CombineStreams(std::unique_ptr<Stream<A>> a,
                                            std::unique_ptr<Stream<B>> b, F f) {
  return std::make_unique<Combined<A, B, Out, F>>(std::move(a), std::move(b), std::move(f));
}

// in(p + offset).
template <typename V>
class Shifted : public Stream<V> {
 public:
  Shifted(std::unique_ptr<Stream<V>> in, Position offset) : in_(std::move(in)), offset_(offset) {}

  bool Advance() override {
    const bool more = in_->Advance();
    auto& ready = in_->ready();
    for (const Piece<V>& piece : ready) this->Tell(piece.begin - offset_, piece.value);
    ready.clear();
    const Position known = in_->known();
    return this->KnownUntil(known == kForever ? kForever : known - offset_) || more;
  }

 private:
  std::unique_ptr<Stream<V>> in_;
  Position offset_;
};

// What `in` tells from a later position on.
template <typename V>
class From : public Stream<V> {
 public:
  From(std::unique_ptr<Stream<V>> in, Position first) : in_(std::move(in)), first_(first) {}

  bool Advance() override {
    const bool more = in_->Advance();
    auto& ready = in_->ready();
    for (const Piece<V>& piece : ready) {
      if (piece.begin > first_) this->Tell(first_, before_);  // only the first time is it news
      if (piece.begin >= first_) this->Tell(piece.begin, piece.value);
      before_ = piece.value;
    }
    ready.clear();
    if (in_->known() > first_) this->Tell(first_, before_);
    return this->KnownUntil(in_->known()) || more;
  }

 private:
  std::unique_ptr<Stream<V>> in_;
  Position first_;
  V before_{};
};

}  // namespace rig::check

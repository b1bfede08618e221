#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace rig {

// First in, first out. Asks for no memory once it has held as many as it will: what a deque does
// not promise.
template <typename Item>
class ForwardQueue {
 public:
  bool empty() const { return first_ == items_.size(); }
  std::size_t size() const { return items_.size() - first_; }
  // The first, and those behind it.
  const Item& operator[](std::size_t i) const { return items_[first_ + i]; }
  void Push(const Item& item) {
    constexpr std::size_t kUsual = 64;
    if (items_.size() == items_.capacity() && first_ > 0) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    } else if (items_.capacity() == 0) {
      items_.reserve(kUsual);
    }
    items_.push_back(item);
  }
  // In its place by `less`, behind those it is equal to.
  template <typename Less>
  void PushSorted(const Item& item, Less less) {
    Push(item);
    for (std::size_t i = items_.size() - 1; i > first_ && less(items_[i], items_[i - 1]); --i) {
      std::swap(items_[i], items_[i - 1]);
    }
  }
  void Pop() { ++first_; }

 private:
  std::vector<Item> items_;
  std::size_t first_ = 0;
};

}  // namespace rig

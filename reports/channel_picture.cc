#include "reports/channel_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace rig {
namespace {

constexpr std::size_t kBlock = 8192;

class PictureBuilder {
 public:
  PictureBuilder(const Stretch& stretch, std::size_t columns) : stretch_(stretch) {
    picture_.columns.resize(columns);
    const double ns = static_cast<double>((stretch.to - stretch.from).count());
    columns_per_ns_ = static_cast<double>(columns) / std::max(ns, 1.0);
  }

  // False once the stretch is over.
  bool Add(const StepPoint& point) {
    if (point.t >= stretch_.to) return false;
    if (have_value_) {
      HoldUntil(point.t);
      if (!(point.value > value_)) picture_.only_rises = false;
    }
    value_ = point.value;
    since_ = point.t;
    have_value_ = true;
    if (point.t >= stretch_.from) ++picture_.points;
    return true;
  }

  ChannelPicture Finish() {
    if (have_value_) HoldUntil(stretch_.to);
    return std::move(picture_);
  }

 private:
  std::size_t ColumnOf(RunTime t) const {
    const double at = static_cast<double>((t - stretch_.from).count()) * columns_per_ns_;
    return std::min(static_cast<std::size_t>(std::max(at, 0.0)), picture_.columns.size() - 1);
  }

  // The last value holds until then.
  void HoldUntil(RunTime t) {
    if (t <= stretch_.from || !std::isfinite(value_)) return;
    // A value that ends where a column begins is not in that column.
    const std::size_t first = ColumnOf(since_);
    const std::size_t last = std::max(first, ColumnOf(t - Duration(1)));
    for (std::size_t i = first; i <= last; ++i) Widen(picture_.columns[i]);
    if (value_ != 0 && value_ != 1) picture_.two_valued = false;
    picture_.low = picture_.known ? std::min(picture_.low, value_) : value_;
    picture_.high = picture_.known ? std::max(picture_.high, value_) : value_;
    picture_.known = true;
  }

  void Widen(Column& column) const {
    column.low = column.known ? std::min(column.low, value_) : value_;
    column.high = column.known ? std::max(column.high, value_) : value_;
    column.known = true;
  }

  Stretch stretch_;
  double columns_per_ns_;
  ChannelPicture picture_;
  bool have_value_ = false;
  double value_ = 0;
  RunTime since_{};
};

std::string TimeLabel(std::int64_t ns, std::int64_t step_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (step_ns < kSecond) {
    const double seconds = static_cast<double>(ns) * 1e-9;
    return fmt::format("{:.{}f} s", seconds, step_ns >= kSecond / 10 ? 1 : 3);
  }
  const std::int64_t s = ns / kSecond;
  if (step_ns < 60 * kSecond && s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02} min", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02} h", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace

Result<ChannelPicture> ReadPicture(const TraceReader& trace, std::string_view channel,
                                   const Stretch& stretch, std::size_t columns) {
  if (columns == 0 || stretch.to <= stretch.from) {
    return MakeError(Code::kInvalidArgument, "a picture of nothing");
  }
  PictureBuilder builder(stretch, columns);
  RIG_TRY(trace.ForEachBlock(channel, kBlock, [&](std::span<const StepPoint> points) {
    return std::all_of(points.begin(), points.end(),
                       [&](const StepPoint& point) { return builder.Add(point); });
  }));
  return builder.Finish();
}

std::vector<TimeTick> TimeTicks(const Stretch& stretch, int most) {
  constexpr std::array<std::int64_t, 22> kStepsMs = {
      1,       2,       5,         10,        20,        50,        100,    200,
      500,     1000,    2000,      5000,      10'000,    30'000,    60'000, 120'000,
      300'000, 600'000, 1'800'000, 3'600'000, 7'200'000, 21'600'000};
  const std::int64_t from = Nanoseconds(stretch.from);
  const std::int64_t length = Nanoseconds(stretch.to) - from;
  std::vector<TimeTick> ticks;
  if (length <= 0 || most < 1) return ticks;
  std::int64_t step = kStepsMs.back() * 1'000'000;
  for (const std::int64_t ms : kStepsMs) {
    if (length / (ms * 1'000'000) < most) {
      step = ms * 1'000'000;
      break;
    }
  }
  while (length / step >= most) step *= 2;
  for (std::int64_t at = (from + step - 1) / step * step; at <= from + length; at += step) {
    ticks.push_back(
        {static_cast<double>(at - from) / static_cast<double>(length), TimeLabel(at, step)});
  }
  return ticks;
}

}  // namespace rig

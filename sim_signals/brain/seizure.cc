#include "sim_signals/brain/seizure.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim_signals/deterministic_math.h"
#include "sim_signals/random.h"

namespace rig {
namespace {

constexpr Duration kMillisecond = std::chrono::milliseconds(1);
constexpr Duration kPush = std::chrono::milliseconds(100);
constexpr Duration kLeastPause = std::chrono::seconds(5);
constexpr double kPushCurrent = 5.0;
// Of the amplifier.
constexpr double kHighPassHz = 0.5;
constexpr double kTwoPi = 6.283185307179586476925;
// sqrt(2 * 0.0003 / 0.09): of intensity 0.0003 per unit of the model, held for 1 ms = 0.09 units.
// More of it hides that the discharges slow down.
constexpr double kNoise = 0.081649658092772609;

}  // namespace

Result<SeizureSchedule> SeizureSchedule::Create(const v1::SeizureCourse& course) {
  SeizureSchedule schedule;
  schedule.some_ = true;
  schedule.onset_ = Duration(course.onset());
  schedule.duration_ = Duration(course.duration());
  schedule.interval_ = Duration(course.interval());
  const bool usable =
      course.onset() >= 0 && course.duration() > 0 &&
      (course.interval() == 0 || schedule.interval_ >= schedule.duration_ + kLeastPause);
  if (usable) return schedule;
  return MakeError(
      Code::kInvalidArgument,
      fmt::format("seizures of {} s every {} s; expected a duration above 0 s and an "
                  "interval of 0 s or at least {} s more than the duration",
                  Seconds(schedule.duration_), Seconds(schedule.interval_), Seconds(kLeastPause)));
}

SeizureFocus::SeizureFocus(const SeizureSchedule& schedule, double amplitude_v, std::uint64_t key)
    : schedule_(schedule), amplitude_v_(amplitude_v), key_(key) {
  BeginOrEnd();
}

void SeizureFocus::BeginOrEnd() {
  if (seizing_ && course_ >= schedule_.duration()) seizing_ = false;
  if (seizing_ || !schedule_.HasOnset(seizures_) || now_ < schedule_.Onset(seizures_)) return;
  seizing_ = true;
  begun_ = now_;
  course_ = Duration(0);
  ++seizures_;
}

double SeizureFocus::progress() const {
  return seizing_ ? std::min(1.0, Seconds(course_) / Seconds(schedule_.duration())) : 0.0;
}

void SeizureFocus::Shorten(Duration by) {
  if (!seizing_) return;
  course_ += by;
  BeginOrEnd();
}

void SeizureFocus::StepMillisecond() {
  static const double decay = Exp(-kTwoPi * kHighPassHz * 1e-3);
  Epileptor::Input input;
  if (seizing_) {
    input.z = Epileptor::kFirstZ + (Epileptor::kLastZ - Epileptor::kFirstZ) * progress();
    input.push = Epileptor::HoldingCurrent(input.z) + (since_onset() < kPush ? kPushCurrent : 0.0);
    const auto position = static_cast<std::uint64_t>(now_ / kMillisecond);
    input.noise_x2 = kNoise * GaussianAt(key_, 2 * position);
    input.noise_y2 = kNoise * GaussianAt(key_, 2 * position + 1);
  }
  const double before = epileptor_.observed();
  epileptor_.StepMillisecond(input);
  passed_ = decay * (passed_ + (epileptor_.observed() - before));
  now_ += kMillisecond;
  if (seizing_) course_ += kMillisecond;
  BeginOrEnd();
}

}  // namespace rig

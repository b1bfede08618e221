#pragma once

#include <cstdint>
#include <string>

#include "rig/base/result.h"
#include "rig/base/run_time.h"
#include "rig/v1/metabolism.pb.h"

namespace rig {

// What a continuous glucose monitor reads of the glucose under the skin: error, limits, gaps.
//
// Error: a first-order autoregressive process of partial autocorrelation 0.7 at 15 min, straight
// between, put through a Johnson S_U transform of gamma -0.5444, delta 1.6898, lambda 15.9574, xi
// -5.471 mg/dL. Source: Breton and Kovatchev 2008, J Diabetes Sci Technol 2:853.
class GlucoseSensor {
 public:
  // Errors: INVALID_ARGUMENT naming `where`.
  static Status Check(const v1::GlucoseSensor& sensor, const std::string& where);

  GlucoseSensor(const v1::GlucoseSensor& sensor, std::uint64_t key);
  // Time from one reading to the next.
  Duration period() const { return Duration(sensor_.period()); }
  bool InGap(Duration since_start) const;
  // kg/m3; 0 in a gap. Times that do not go back.
  double Read(double glucose_mg_dl, Duration since_start);

 private:
  double ErrorMgDl(Duration since_start);

  v1::GlucoseSensor sensor_;
  std::uint64_t key_;
  std::int64_t interval_ = 0;  // of 15 min, that the two ends below belong to
  double process_from_, process_to_;
};

}  // namespace rig

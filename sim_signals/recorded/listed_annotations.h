#pragma once

#include <optional>
#include <vector>

#include "sim_signals/recorded/recording.h"

namespace rig {

// Annotations of a recording that holds them all. The list outlives this.
class ListedAnnotations : public AnnotationStream {
 public:
  explicit ListedAnnotations(const std::vector<RecordingAnnotation>& all) : all_(&all) {}
  Result<std::optional<RecordingAnnotation>> Next() override {
    if (next_ == all_->size()) return std::nullopt;
    return (*all_)[next_++];
  }

 private:
  const std::vector<RecordingAnnotation>* all_;
  std::size_t next_ = 0;
};

}  // namespace rig

#pragma once

#include <string>
#include <string_view>

#include "fixtures/transport/byte_stream.h"

namespace rig {

// A device in software at the end of a serial line: what it says to what it hears.
class SerialDevice {
 public:
  virtual ~SerialDevice() = default;
  virtual std::string Take(std::string_view bytes) = 0;
};

// A line to such a device without time: nothing comes unless it has been said already.
class MemoryStream : public ByteStream {
 public:
  explicit MemoryStream(SerialDevice& device) : device_(device) {}
  const std::string& name() const override { return name_; }
  Status Write(std::string_view bytes, Deadline) override {
    if (gone_after_ < bytes.size()) return Gone();
    gone_after_ -= bytes.size();
    waiting_ += device_.Take(bytes);
    return {};
  }
  Result<std::string> Read(std::size_t most, Deadline) override {
    if (gone_after_ == 0) return Gone();
    if (waiting_.empty()) return MakeError(Code::kDeadlineExceeded, name_ + ": nothing came");
    std::string some = waiting_.substr(0, most);
    waiting_.erase(0, most);
    return some;
  }
  // The cable is pulled when so many more bytes have been written.
  void GoAfter(std::size_t bytes) { gone_after_ = bytes; }

 private:
  static tl::unexpected<Error> Gone() { return MakeError(Code::kUnavailable, "line: gone"); }
  SerialDevice& device_;
  std::string name_ = "line";
  std::string waiting_;
  std::size_t gone_after_ = std::string::npos;
};

}  // namespace rig

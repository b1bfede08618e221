// What may come back on the line to an STM32's bootloader: the loader ends, and says that it
// programmed only what was read back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fixtures/firmware/stm32_loader.h"

namespace {

// Says the next bytes, whatever it hears.
class FuzzedLine : public rig::ByteStream {
 public:
  explicit FuzzedLine(std::string_view& left, std::string& said) : left_(left), said_(said) {}
  const std::string& name() const override { return name_; }
  rig::Status Write(std::string_view, rig::Deadline) override { return {}; }
  rig::Result<std::string> Read(std::size_t most, rig::Deadline) override {
    if (left_.empty()) return rig::MakeError(rig::Code::kDeadlineExceeded, "line: nothing came");
    std::string some(left_.substr(0, std::min<std::size_t>(most, 1 + (left_[0] & 63))));
    left_.remove_prefix(some.size());
    said_ += some;
    return some;
  }

 private:
  std::string_view& left_;
  std::string& said_;
  std::string name_ = "line";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(data), size);
  std::string said;
  rig::Stm32LoaderSetup setup{"loader", "stm32", rig::Stm32Parts()[1],
                              [&]() -> rig::Result<std::unique_ptr<rig::ByteStream>> {
                                return std::make_unique<FuzzedLine>(left, said);
                              }};
  rig::Stm32Loader loader(std::move(setup));
  const std::string image(300, 'i');
  // What was programmed came back in two pieces.
  if (loader.Program(image) && said.find(std::string(44, 'i')) == std::string::npos) std::abort();
  const auto read = loader.ReadBack(10);
  if (read && read->size() != 10) std::abort();
  return 0;
}

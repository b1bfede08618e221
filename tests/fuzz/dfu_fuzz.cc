// What a DFU device may say: descriptors, its memory's layout, and an answer to every request. The
// host side neither crashes nor goes on without end, and what it says was programmed was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fixtures/firmware/dfu_descriptor.h"
#include "fixtures/firmware/dfu_session.h"
#include "fixtures/firmware/dfuse_layout.h"

namespace {

// Bytes handed out one after the other.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : left_(bytes) {}
  bool empty() const { return left_.empty(); }
  std::uint8_t One() {
    if (left_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(left_[0]);
    left_.remove_prefix(1);
    return byte;
  }
  std::string Some(std::size_t most) {
    const std::string some(left_.substr(0, most));
    left_.remove_prefix(some.size());
    return some;
  }

 private:
  std::string_view left_;
};

// Answers what the bytes say, until they are used up; then it has gone.
class FuzzedPipe : public rig::DfuPipe {
 public:
  explicit FuzzedPipe(Bytes& bytes) : bytes_(bytes) {}
  rig::Status Out(std::uint8_t, std::uint16_t, std::string_view, rig::Deadline) override {
    if (bytes_.empty()) return Gone();
    if (bytes_.One() == 0xff) return rig::MakeError(rig::Code::kAborted, "stalled");
    return {};
  }
  rig::Result<std::string> In(std::uint8_t, std::uint16_t, std::uint16_t most,
                              rig::Deadline) override {
    if (bytes_.empty()) return Gone();
    // Mostly a status, which is what mostly is asked.
    const std::uint8_t kind = bytes_.One();
    if (kind < 11 && most == 6) return std::string("\0\0\0\0", 4) + static_cast<char>(kind) + '\0';
    return bytes_.Some(std::min<std::size_t>(kind, most));
  }
  void Pause(std::chrono::milliseconds time) override {
    if (time.count() < 0) std::abort();
  }

 private:
  static tl::unexpected<rig::Error> Gone() {
    return rig::MakeError(rig::Code::kUnavailable, "gone");
  }
  Bytes& bytes_;
};

void CheckLayout(std::string_view text) {
  const auto layout = rig::ParseDfuSeLayout(text);
  if (!layout) return;
  for (const std::uint32_t address : {0x0U, 0x08000000U, 0xffffff00U}) {
    const auto pages = layout->PagesToProgram(address, 5000);
    if (!pages) continue;
    std::uint64_t covered = address;
    for (const auto& page : *pages) {
      if (page.address > covered) std::abort();
      covered = std::uint64_t{page.address} + page.size;
    }
    if (covered < std::uint64_t{address} + 5000) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({reinterpret_cast<const char*>(data), size});
  const std::uint8_t kind = bytes.One();
  CheckLayout(bytes.Some(bytes.One()));
  const auto parsed = rig::ParseDfuDescriptors(bytes.Some(bytes.One()));
  rig::DfuDescription dfu{{}, true, true, (kind & 1) != 0, true, 100, 64, 0x0110};
  if (parsed && parsed->transfer_size <= 256) dfu = *parsed;
  FuzzedPipe pipe(bytes);
  rig::DfuSession session(pipe, dfu, {}, [](const rig::LoaderProgress& progress) {
    if (progress.done > progress.all) std::abort();
  });
  if (!session.MakeIdle()) return 0;
  const std::string image(300, 'a');
  if ((kind & 2) != 0) {
    (void)session.ErasePage(0x08000000);
    (void)session.DownloadTo(0x08000000, image);
    const auto read = session.UploadFrom(0x08000000, image.size());
    if (read && read->size() != image.size()) std::abort();
    (void)session.Leave(0x08000000);
  } else {
    (void)session.Download(image);
    const auto read = session.Upload(image.size());
    if (read && read->size() != image.size()) std::abort();
  }
  return 0;
}

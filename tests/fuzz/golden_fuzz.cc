// Any text as a golden file: refused with one line at its place, or compared with a small trace of
// values, without a crash and never with a gap and a pass.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "rig/check/golden/golden.h"
#include "rig/record/trace_writer.h"

namespace {

rig::TraceReader SmallTrace() {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("golden_fuzz_{}.h5", ::getpid());
  std::filesystem::remove(file);
  auto writer = rig::TraceWriter::Create(file);
  const auto lamp = (*writer)->Declare("lamp", "1", rig::ChannelKind::kStep);
  for (const int s : {0, 2, 3, 7}) {
    if (!(*writer)->AppendStep(*lamp, rig::AtNanoseconds(s * 1'000'000'000LL), s % 2)) std::abort();
  }
  if (!(*writer)->AdvanceTo(rig::AtNanoseconds(10'000'000'000)) || !(*writer)->Close())
    std::abort();
  auto trace = rig::TraceReader::Open(file);
  std::filesystem::remove(file);
  return std::move(*trace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 16384) return 0;
  static const rig::TraceReader trace = SmallTrace();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto golden = rig::LoadGoldenText(text, "f.yaml");
  if (!golden) {
    if (!golden.error().message.starts_with("f.yaml")) std::abort();
    return 0;
  }
  if (!rig::ApproveGolden(golden->message, "fuzz", "fuzz", "now")) std::abort();
  const auto result = rig::JudgeGolden(golden->message, trace, {}, {}, rig::v1::GUARD_BAND);
  if (!result) std::abort();
  if (result->verdict() == rig::v1::VERDICT_UNSET || result->reason().empty()) std::abort();
  return 0;
}

#include <fmt/format.h>

#include <fstream>

#include "rig/base/digest.h"
#include "sim_signals/wfdb.h"

namespace rig {
namespace {

constexpr std::size_t kMaxHeaderBytes = 1u << 20;

Status VerifyGroup(const std::filesystem::path& directory, WfdbHeader& header,
                   WfdbFileGroup group) {
  const std::span<const WfdbSignal> signals =
      std::span(header.signals).subspan(group.first, group.size);
  const std::filesystem::path path = directory / signals[0].file;
  std::ifstream stream(path, std::ios::binary);
  std::error_code failed;
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, failed));
  if (!stream || failed) {
    return MakeError(Code::kNotFound, path.string() + ": signal file cannot be opened");
  }
  WfdbSampleFile file(stream, path.string(), signals[0].format, signals[0].byte_offset, group.size);
  if (header.frames == 0) header.frames = file.FramesIn(bytes);
  if (header.frames == 0) return MakeError(Code::kDataLoss, path.string() + ": holds no samples");
  if (bytes < file.BytesFor(header.frames)) {
    return MakeError(
        Code::kDataLoss,
        fmt::format("{}: has {} bytes; expected {} for {} samples of {} signals", path.string(),
                    bytes, file.BytesFor(header.frames), header.frames, group.size));
  }
  return file.Verify(header.frames, signals);
}

// Reads them once, so that a damaged file is refused before the run and not within it.
Status VerifyAnnotations(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  WfdbAnnotationReader reader(stream, path.string());
  while (true) {
    RIG_TRY_ASSIGN(const auto annotation, reader.Next());
    if (!annotation) return {};
  }
}

}  // namespace

Result<WfdbRecord> OpenWfdbRecord(const std::filesystem::path& header) {
  std::filesystem::path path = header;
  if (path.extension() != ".hea") path += ".hea";
  RIG_TRY_ASSIGN(const std::string text, ReadFile(path, kMaxHeaderBytes));
  WfdbRecord record;
  RIG_TRY_ASSIGN(record.header, ParseWfdbHeader(text, path.string()));
  record.directory = path.parent_path();
  for (std::size_t i = 0; i < record.header.signals.size();) {
    const WfdbFileGroup group = GroupOf(record.header, i);
    RIG_TRY(VerifyGroup(record.directory, record.header, group));
    i = group.first + group.size;
  }
  std::filesystem::path annotations = path;
  annotations.replace_extension(".atr");
  if (std::filesystem::exists(annotations)) {
    RIG_TRY(VerifyAnnotations(annotations));
    record.annotations = annotations;
  }
  return record;
}

}  // namespace rig

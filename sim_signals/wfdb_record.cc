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

std::filesystem::path HeaderPath(const std::filesystem::path& header) {
  std::filesystem::path path = header;
  if (path.extension() != ".hea") path += ".hea";
  return path;
}

// Empty: the record has none.
std::filesystem::path AnnotationsOf(std::filesystem::path header_path) {
  header_path.replace_extension(".atr");
  return std::filesystem::exists(header_path) ? header_path : std::filesystem::path();
}

}  // namespace

Result<std::vector<std::filesystem::path>> RecordFiles(const std::filesystem::path& header) {
  const std::filesystem::path path = HeaderPath(header);
  RIG_TRY_ASSIGN(const std::string text, ReadFile(path, kMaxHeaderBytes));
  RIG_TRY_ASSIGN(const WfdbHeader parsed, ParseWfdbHeader(text, path.string()));
  std::vector<std::filesystem::path> files = {path};
  for (std::size_t i = 0; i < parsed.signals.size();) {
    const WfdbFileGroup group = GroupOf(parsed, i);
    files.push_back(path.parent_path() / parsed.signals[i].file);
    if (!std::filesystem::exists(files.back())) {
      return MakeError(Code::kNotFound, files.back().string() + ": signal file cannot be opened");
    }
    i = group.first + group.size;
  }
  const std::filesystem::path annotations = AnnotationsOf(path);
  if (!annotations.empty()) files.push_back(annotations);
  return files;
}

Result<WfdbRecord> OpenWfdbRecord(const std::filesystem::path& header) {
  const std::filesystem::path path = HeaderPath(header);
  RIG_TRY_ASSIGN(const std::string text, ReadFile(path, kMaxHeaderBytes));
  WfdbRecord record;
  RIG_TRY_ASSIGN(record.header, ParseWfdbHeader(text, path.string()));
  record.directory = path.parent_path();
  for (std::size_t i = 0; i < record.header.signals.size();) {
    const WfdbFileGroup group = GroupOf(record.header, i);
    RIG_TRY(VerifyGroup(record.directory, record.header, group));
    i = group.first + group.size;
  }
  record.annotations = AnnotationsOf(path);
  if (!record.annotations.empty()) RIG_TRY(VerifyAnnotations(record.annotations));
  return record;
}

}  // namespace rig

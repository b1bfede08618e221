#include "sim_signals/recorded/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "sim_signals/recorded/aecg.h"
#include "sim_signals/recorded/biosig.h"
#include "sim_signals/recorded/csv.h"
#include "sim_signals/recorded/edf.h"
#include "sim_signals/recorded/text.h"
#include "sim_signals/recorded/wfdb_recording.h"

namespace rig {
namespace {

constexpr std::size_t kHeadBytes = 4096;

std::string Head(std::istream& stream) {
  std::string head(kHeadBytes, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(stream.gcount()));
  return head;
}

// Source: SCP-ECG (EN 1064), section 0: its header is marked, behind the record's six bytes.
bool IsScp(std::string_view head) { return head.size() > 22 && head.substr(16, 6) == "SCPECG"; }

std::string Extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return extension;
}

}  // namespace

std::unique_ptr<std::istream> OpenOnDisk(const std::filesystem::path& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return nullptr;
  auto stream = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (!*stream) return nullptr;
  return stream;
}

Result<std::unique_ptr<Recording>> OpenRecording(const std::filesystem::path& path,
                                                 const RecordingOptions& options) {
  const std::string extension = Extension(path);
  if (options.rate_hz != 0.0 && extension != ".csv") {
    return MakeError(Code::kInvalidArgument,
                     path.string() + ": states its own sampling rate; expected none to be given");
  }
  if (extension == ".hea") return OpenWfdb(path, options.open_file);
  const auto stream = options.open_file(path);
  if (stream == nullptr) {
    std::filesystem::path header = path;
    header += ".hea";
    if (options.open_file(header) != nullptr) return OpenWfdb(path, options.open_file);
    return MakeError(Code::kNotFound, path.string() + ": cannot be opened");
  }
  const std::string head = Head(*stream);
  if (IsEdf(head)) return OpenEdf(path, options.open_file);
  if (head.starts_with("GDF ") || IsScp(head)) return OpenThroughBiosig(path);
  if (IsAecg(head)) return OpenAecg(path, options.open_file);
  if (extension == ".csv") return OpenCsv(path, options);
  return MakeError(Code::kUnimplemented,
                   path.string() +
                       ": a format that is not read; expected a WFDB header (.hea), "
                       "EDF, BDF, GDF, SCP-ECG, HL7 aECG or .csv");
}

Result<std::vector<std::filesystem::path>> RecordFiles(const std::filesystem::path& path,
                                                       const RecordingOptions& options) {
  RIG_TRY_ASSIGN(const auto recording, OpenRecording(path, options));
  return recording->files();
}

Result<std::size_t> FindChannel(const Recording& recording, const std::string& channel) {
  const auto& channels = recording.channels();
  const std::string name = recording.files().front().string();
  std::string known;
  std::size_t found = 0;
  std::size_t matches = 0;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    known += (i == 0 ? "" : ", ") + channels[i].name;
    if (channels[i].name == channel && matches++ == 0) found = i;
  }
  if (channel.empty() && !channels.empty()) return std::size_t{0};
  std::int64_t number = 0;
  if (matches == 0 && channel.starts_with('#') && ParseNumber(channel.substr(1), number) &&
      number >= 1 && number <= static_cast<std::int64_t>(channels.size())) {
    return static_cast<std::size_t>(number - 1);
  }
  if (matches == 1) return found;
  if (matches > 1) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("{}: has {} channels \"{}\"; expected a number, \"#{}\" for the "
                                 "first of them",
                                 name, matches, channel, found + 1));
  }
  if (known.empty())
    return MakeError(Code::kNotFound, name + ": has no channel, annotations alone");
  return MakeError(Code::kNotFound,
                   fmt::format("{}: has no channel \"{}\"; it has {}", name, channel, known));
}

}  // namespace rig

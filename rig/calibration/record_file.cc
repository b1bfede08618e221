#include "rig/calibration/record_file.h"

#include <fmt/format.h>

#include <functional>
#include <tuple>

#include "rig/base/digest.h"
#include "rig/base/folder.h"
#include "rig/base/strict_yaml.h"

namespace rig {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kMostOfADay = 1000;

// The latest of those that `counts`.
Result<fs::path> Latest(const fs::path& folder, const std::string& fixture,
                        const std::string& serial,
                        const std::function<bool(const v1::CalibrationRecord&)>& counts) {
  fs::path latest;
  std::tuple<std::string, std::string, std::uint32_t> order;
  const auto files = ListFolder(folder);
  if (!files && files.error().code == Code::kNotFound) return latest;
  RIG_TRY(files);
  for (const fs::path& file : *files) {
    if (file.extension() != ".yaml") continue;
    RIG_TRY_ASSIGN(const v1::CalibrationRecord record, LoadCalibration(file));
    const bool ours = record.fixture() == fixture && record.serial() == serial && counts(record);
    if (!ours) continue;
    const std::tuple made{record.date(), record.made(), record.number()};
    if (!latest.empty() && made <= order) continue;
    latest = file;
    order = made;
  }
  return latest;
}

}  // namespace

std::string CalibrationContentSha256(const v1::CalibrationRecord& record) {
  v1::CalibrationRecord content = record;
  content.clear_content_sha256();
  return Sha256Hex(WriteYaml(content));
}

Result<v1::CalibrationRecord> LoadCalibration(const fs::path& file) {
  v1::CalibrationRecord record;
  RIG_TRY_ASSIGN(const SourceMap where, LoadYamlFile(file, record));
  const std::string content = CalibrationContentSha256(record);
  if (content == record.content_sha256()) return record;
  return MakeError(Code::kDataLoss,
                   fmt::format("{}: the file was changed after the calibration; expected contents "
                               "with SHA-256 {}, found {}; restore it or calibrate again",
                               where.At("content_sha256"), record.content_sha256(), content));
}

Result<fs::path> StoreCalibration(const fs::path& folder, v1::CalibrationRecord& record) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return MakeError(Code::kUnavailable, folder.string() + ": " + error.message());
  for (std::uint32_t number = 1; number < kMostOfADay; ++number) {
    const fs::path file =
        folder / fmt::format("{}.{}.{}.yaml", record.fixture(), record.date(), number);
    if (fs::exists(file)) continue;
    record.set_number(number);
    record.set_content_sha256(CalibrationContentSha256(record));
    const fs::path beside = file.string() + ".new";
    RIG_TRY(WriteFileAtomically(beside, WriteYaml(record)));
    // A link is refused where a file is, which a rename would replace.
    fs::create_hard_link(beside, file, error);
    std::error_code ignored;
    fs::remove(beside, ignored);
    if (error == std::errc::file_exists) continue;
    if (error) return MakeError(Code::kUnavailable, file.string() + ": " + error.message());
    fs::permissions(file, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read,
                    ignored);
    return file;
  }
  return MakeError(Code::kResourceExhausted,
                   fmt::format("{}: too many calibrations of {} on {}", folder.string(),
                               record.fixture(), record.date()));
}

Result<fs::path> NewestCalibration(const fs::path& folder, const std::string& fixture,
                                   const std::string& serial) {
  return Latest(folder, fixture, serial, [](const v1::CalibrationRecord&) { return true; });
}

Result<fs::path> LastGoodCalibration(const fs::path& folder, const std::string& fixture,
                                     const std::string& serial) {
  return Latest(folder, fixture, serial, [](const v1::CalibrationRecord& record) {
    return record.found() == v1::CalibrationRecord::WITHIN_LIMIT;
  });
}

}  // namespace rig

#include "rig/record/record.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <system_error>

#include "rig/base/digest.h"
#include "rig/base/units.h"

namespace rig {
namespace {

constexpr char kRecordFile[] = "record.json";

// A protobuf message may span lines; ours are one line each.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!space) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

// How bad, which is not the numbering: what was never judged is worse than a failure.
int Badness(v1::Verdict verdict) {
  switch (verdict) {
    case v1::PASS:
      return 0;
    case v1::INCONCLUSIVE:
      return 1;
    case v1::FAIL:
      return 2;
    case v1::ERROR:
      return 4;
    default:
      return 3;
  }
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = false;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  // Fails only for google.protobuf.Any of unknown type and texts that are no UTF-8; an empty file
  // is refused on reading, so nothing passes by it.
  if (!status.ok()) return {};
  return json;
}

Status FromJson(std::string_view json, google::protobuf::Message& message,
                const std::string& file_name) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  message.Clear();
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &message, options);
  if (status.ok()) return {};
  return MakeError(
      Code::kDataLoss,
      fmt::format("{}: no {}: {}", file_name, message.GetDescriptor()->name(),
                  OneLine(std::string_view(status.message().data(), status.message().size()))));
}

std::filesystem::path ObjectPath(const std::filesystem::path& evidence, const std::string& sha256) {
  return evidence / "objects" / sha256.substr(0, 2) / sha256;
}

Result<std::string> StoreObject(const std::filesystem::path& evidence, std::string_view bytes) {
  std::string sha256 = Sha256Hex(bytes);
  const std::filesystem::path path = ObjectPath(evidence, sha256);
  std::error_code error;
  // What lies there under this name may have been damaged since: it is believed only when it still
  // has the digest.
  if (const auto there = Sha256OfFile(path); there && *there == sha256) return sha256;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) {
    const bool full = error == std::errc::no_space_on_device;
    return MakeError(
        full ? Code::kResourceExhausted : Code::kUnavailable,
        fmt::format("{}: cannot create: {}", path.parent_path().string(), error.message()));
  }
  RIG_TRY(WriteFileAtomically(path, bytes));
  return sha256;
}

Status SaveRunRecord(const std::filesystem::path& run_directory, const v1::RunRecord& record) {
  const std::filesystem::path file = run_directory / kRecordFile;
  const std::string json = ToJson(record);
  if (json.empty()) {
    return MakeError(Code::kInternal, file.string() + ": a text in the record is not UTF-8");
  }
  return WriteFileAtomically(file, json);
}

Result<v1::RunRecord> LoadRunRecord(const std::filesystem::path& run_directory) {
  const std::filesystem::path file = run_directory / kRecordFile;
  RIG_TRY_ASSIGN(const std::string json, ReadFile(file));
  v1::RunRecord record;
  RIG_TRY(FromJson(json, record, file.string()));
  return record;
}

Status CheckWholeRun(const v1::RunRecord& record, const std::filesystem::path& trace) {
  const auto refuse = [&](const std::string& what) {
    return MakeError(Code::kFailedPrecondition,
                     fmt::format("run {} {}; expected one that ended well", record.run(), what));
  };
  if (record.state() != v1::ENDED) return refuse("has not ended");
  if (record.verdict() == v1::ERROR || record.verdict() == v1::VERDICT_UNSET) {
    return refuse(fmt::format("ended in a rig error ({})",
                              record.error().empty() ? "no verdict" : record.error()));
  }
  RIG_TRY_ASSIGN(const std::string sha256, Sha256OfFile(trace));
  if (sha256 == record.trace_file().sha256()) return {};
  return MakeError(Code::kDataLoss,
                   fmt::format("{}: is not the trace that run {} recorded; expected SHA-256 {}",
                               trace.string(), record.run(), record.trace_file().sha256()));
}

std::string ShowOnScale(const v1::Quantity& quantity, double si) {
  return quantity.absolute() ? DisplayPoint(si, quantity.unit()) : Display(si, quantity.unit());
}

std::string_view VerdictText(v1::Verdict verdict) {
  switch (verdict) {
    case v1::PASS:
      return "pass";
    case v1::INCONCLUSIVE:
      return "inconclusive";
    case v1::FAIL:
      return "FAIL";
    case v1::ERROR:
      return "ERROR";
    default:
      return "not run";
  }
}

v1::Verdict Worst(v1::Verdict a, v1::Verdict b) { return Badness(a) >= Badness(b) ? a : b; }

}  // namespace rig

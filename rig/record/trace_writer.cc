#include "rig/record/trace_writer.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rig/record/disk_reserve.h"
#include "rig/record/hdf5_file.h"
#include "rig/record/trace_channel.h"
#include "rig/record/trace_digest.h"
#include "rig/record/trace_layout.h"

namespace rig {
namespace {

namespace layout = trace_layout;
using hdf5::Element;

// Good to a few milliseconds and read in a few nanoseconds: AdvanceTo is called at every instant of
// a run.
std::int64_t WallMilliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// Bytes appended between two looks at the disk; well below what DiskReserve keeps.
constexpr std::size_t kReserveEvery = 1u << 20;

v1::ChannelKind StoredKind(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kSampled:
      return v1::SAMPLED;
    case ChannelKind::kStep:
      return v1::STEP;
    case ChannelKind::kText:
      break;
  }
  return v1::TEXT;
}

bool ValidName(std::string_view name) {
  return !name.empty() && name.size() <= layout::kLongestName && name.front() != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c != '/' && static_cast<unsigned char>(c) > 0x20; });
}

}  // namespace

struct TraceWriter::File {
  File(std::filesystem::path path, DiskReserve disk, std::chrono::milliseconds every)
      : file_path(std::move(path)), reserve(std::move(disk)), flush_every_ms(every.count()) {}

  // Any failure of the file ends the recording; every later call reports it again.
  Status Guard(const Status& status);
  Status Fail(const Error& error);
  // Counts what is about to be appended; looks at the disk now and then.
  Status Reserve(std::size_t bytes);
  Result<TraceChannel*> Find(ChannelId channel, v1::ChannelKind kind);
  Status LayOut();
  Status OpenSeries();
  Status AllowChannels();
  Status Flush(bool final);
  Status WriteEnd();
  void CloseHandles();
  void Abandon();
  Result<v1::TraceIndex> Finish();

  const std::filesystem::path file_path;
  DiskReserve reserve;
  const std::int64_t flush_every_ms;
  std::optional<Error> failure;
  bool readable_writing = false;
  bool broken = false;  // HDF5 itself failed to write: its file cannot be closed in order
  std::size_t unreserved = 0;
  RunTime end{};
  std::int64_t next_flush_ms = 0;
  // Declared before what lives in it, closed after it.
  hdf5::Handle file;
  hdf5::Handle end_series;
  std::vector<TraceChannel> channels;
  std::map<std::string, std::size_t, std::less<>> by_name;
};

Status TraceWriter::File::Fail(const Error& error) {
  const bool full = error.code == Code::kResourceExhausted;
  failure =
      full ? Error{error.code, "trace: disk full: " + file_path.string()}
           : Error{error.code, fmt::format("trace: {}: {}", file_path.string(), error.message)};
  return tl::unexpected<Error>(*failure);
}

Status TraceWriter::File::Guard(const Status& status) {
  if (status) return status;
  // A wrong argument is the caller's mistake, not the file's end.
  if (status.error().code == Code::kInvalidArgument) {
    return WithContext(status.error(), "trace: " + file_path.string());
  }
  broken = true;
  return Fail(status.error());
}

Status TraceWriter::File::Reserve(std::size_t bytes) {
  if (failure) return tl::unexpected<Error>(*failure);
  unreserved += bytes;
  if (unreserved < kReserveEvery) return {};
  unreserved = 0;
  const Status ensured = reserve.Ensure();
  if (ensured) return {};
  // The disk is full, but what was reserved is not used up: what is buffered can be kept.
  RIG_TRY(Guard(Flush(false)));
  return Fail(ensured.error());
}

Result<TraceChannel*> TraceWriter::File::Find(ChannelId channel, v1::ChannelKind kind) {
  const bool open = failure || file.open();
  if (open && channel < channels.size() && channels[channel].description().kind == kind) {
    return &channels[channel];
  }
  return MakeError(Code::kInvalidArgument,
                   fmt::format("trace: {}: channel {} is no open {} channel", file_path.string(),
                               channel, v1::ChannelKind_Name(kind)));
}

Status TraceWriter::File::LayOut() {
  RIG_TRY(hdf5::WriteText(file, layout::kFormat, layout::kFormatName));
  RIG_TRY(hdf5::CreateGroup(file, layout::kChannels));
  RIG_TRY_ASSIGN(end_series, hdf5::CreateSeries(file, layout::kEnd, Element::kInt64, 1));
  RIG_TRY(WriteEnd());
  return hdf5::Flush(file);
}

Status TraceWriter::File::OpenSeries() {
  RIG_TRY_ASSIGN(end_series, hdf5::OpenSeries(file, layout::kEnd, Element::kInt64));
  RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::OpenGroup(file, layout::kChannels));
  for (TraceChannel& channel : channels) RIG_TRY(channel.Reopen(group));
  return {};
}

// Channels can be created only while the file is not in readable writing, which ends only with the
// file's closing.
Status TraceWriter::File::AllowChannels() {
  if (!readable_writing) return {};
  RIG_TRY(Flush(false));
  CloseHandles();
  readable_writing = false;
  RIG_TRY_ASSIGN(file, hdf5::OpenToExtend(file_path));
  return OpenSeries();
}

Status TraceWriter::File::WriteEnd() {
  const std::int64_t ns = Nanoseconds(end);
  return hdf5::WriteAt(end_series, Element::kInt64, 0, 1, &ns);
}

Status TraceWriter::File::Flush(bool final) {
  for (TraceChannel& channel : channels) RIG_TRY(channel.Store(final));
  RIG_TRY(hdf5::Flush(file));
  // Only now, so that the file never claims to be known further than it is.
  RIG_TRY(WriteEnd());
  return hdf5::Flush(file);
}

void TraceWriter::File::CloseHandles() {
  for (TraceChannel& channel : channels) channel.CloseSeries();
  end_series = hdf5::Handle();
  file = hdf5::Handle();
}

void TraceWriter::File::Abandon() {
  for (TraceChannel& channel : channels) channel.Abandon();
  end_series.Abandon();
  file.Abandon();
}

Result<v1::TraceIndex> TraceWriter::File::Finish() {
  RIG_TRY(Flush(true));
  v1::TraceIndex index;
  for (const TraceChannel& channel : channels) *index.add_channels() = channel.Index();
  index.set_end_ns(Nanoseconds(end));
  Seal(index);
  CloseHandles();
  RIG_TRY_ASSIGN(file, hdf5::OpenToExtend(file_path));
  {
    RIG_TRY_ASSIGN(const hdf5::Handle group, hdf5::OpenGroup(file, layout::kChannels));
    for (const TraceChannel& channel : channels) RIG_TRY(channel.WriteSeal(group));
    RIG_TRY(hdf5::WriteText(file, layout::kSha256, index.sha256()));
  }
  RIG_TRY(hdf5::Flush(file));
  CloseHandles();
  reserve.Release();
  return index;
}

TraceWriter::TraceWriter(std::unique_ptr<File> file) : file_(std::move(file)) {}

TraceWriter::~TraceWriter() {
  if (file_ == nullptr) return;
  File& f = *file_;
  if (f.file.open() && !f.failure) static_cast<void>(f.Guard(f.Flush(false)));
  if (f.broken) f.Abandon();
}

Result<std::unique_ptr<TraceWriter>> TraceWriter::Create(const std::filesystem::path& file,
                                                         std::chrono::milliseconds flush_every) {
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    return MakeError(Code::kAlreadyExists,
                     fmt::format("trace: {} is there already", file.string()));
  }
  const std::string context = "trace: " + file.string();
  auto created = hdf5::CreateFile(file);
  if (!created) return WithContext(created.error(), context);
  auto reserve = DiskReserve::Open(file);
  if (!reserve) return WithContext(reserve.error(), context);
  auto state = std::make_unique<File>(file, std::move(*reserve), flush_every);
  state->file = std::move(*created);
  if (const Status ensured = state->reserve.Ensure(); !ensured) {
    return WithContext(ensured.error(), context);
  }
  RIG_TRY(state->Guard(state->LayOut()));
  return std::unique_ptr<TraceWriter>(new TraceWriter(std::move(state)));
}

Result<TraceSink::ChannelId> TraceWriter::Declare(std::string_view name, std::string_view unit,
                                                  ChannelKind kind, Duration period,
                                                  RunTime start) {
  File& f = *file_;
  if (f.failure) return tl::unexpected<Error>(*f.failure);
  const bool sampled = kind == ChannelKind::kSampled;
  const ChannelDescription wanted{std::string(name), std::string(unit), StoredKind(kind),
                                  sampled ? period.count() : 0, sampled ? Nanoseconds(start) : 0};
  const auto known = f.by_name.find(name);
  if (known != f.by_name.end()) {
    const ChannelDescription& there = f.channels[known->second].description();
    const bool same = there.unit == wanted.unit && there.kind == wanted.kind &&
                      there.period_ns == wanted.period_ns;
    if (same) return known->second;
    return MakeError(Code::kAlreadyExists,
                     fmt::format("trace: channel \"{}\" is declared as {} in {}, now as {} in {}",
                                 name, v1::ChannelKind_Name(there.kind), there.unit,
                                 v1::ChannelKind_Name(wanted.kind), unit));
  }
  if (!ValidName(name) || (sampled && wanted.period_ns <= 0)) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("trace: channel \"{}\": expected a name without spaces and "
                                 "slashes, and a period over 0 for a sampled one",
                                 name));
  }
  // A new channel takes a chunk of each of its series.
  RIG_TRY(f.Reserve(kReserveEvery / 8));
  RIG_TRY(f.Guard(f.AllowChannels()));
  auto group = hdf5::OpenGroup(f.file, layout::kChannels);
  if (!group) return WithContext(group.error(), "trace: " + f.file_path.string());
  TraceChannel channel(wanted);
  RIG_TRY(f.Guard(channel.Create(*group)));
  f.channels.push_back(std::move(channel));
  f.by_name.emplace(name, f.channels.size() - 1);
  return f.channels.size() - 1;
}

Status TraceWriter::AppendSamples(ChannelId channel, std::span<const double> values) {
  RIG_TRY_ASSIGN(TraceChannel * target, file_->Find(channel, v1::SAMPLED));
  RIG_TRY(file_->Reserve(values.size() * sizeof(float)));
  return file_->Guard(target->AppendSamples(values));
}

Status TraceWriter::AppendStep(ChannelId channel, RunTime t, double value) {
  RIG_TRY_ASSIGN(TraceChannel * target, file_->Find(channel, v1::STEP));
  RIG_TRY(file_->Reserve(sizeof(hdf5::StoredStep)));
  return file_->Guard(target->AppendStep(Nanoseconds(t), value));
}

Status TraceWriter::AppendText(ChannelId channel, RunTime t, std::string_view text) {
  RIG_TRY_ASSIGN(TraceChannel * target, file_->Find(channel, v1::TEXT));
  RIG_TRY(file_->Reserve(text.size() + 16));
  return file_->Guard(target->AppendText(Nanoseconds(t), text));
}

Status TraceWriter::AdvanceTo(RunTime t) {
  File& f = *file_;
  if (f.failure) return tl::unexpected<Error>(*f.failure);
  if (t < f.end) {
    return MakeError(Code::kInvalidArgument,
                     fmt::format("trace: {}: time goes back from {:.9f} s to {:.9f} s",
                                 f.file_path.string(), Seconds(f.end), Seconds(t)));
  }
  f.end = t;
  const std::int64_t now = WallMilliseconds();
  if (now < f.next_flush_ms) return {};
  f.next_flush_ms = now + f.flush_every_ms;
  RIG_TRY(f.Reserve(kReserveEvery));
  if (!f.readable_writing) {
    RIG_TRY(f.Guard(hdf5::Flush(f.file)));
    RIG_TRY(f.Guard(hdf5::StartReadableWriting(f.file)));
    f.readable_writing = true;
  }
  return f.Guard(f.Flush(false));
}

Result<v1::TraceIndex> TraceWriter::Close() {
  File& f = *file_;
  if (!f.failure && !f.file.open()) {
    return MakeError(Code::kFailedPrecondition,
                     "trace: " + f.file_path.string() + " is closed already");
  }
  Status reserved = f.Reserve(kReserveEvery);
  if (!reserved) {
    if (f.broken) f.Abandon();
    f.CloseHandles();
    return tl::unexpected<Error>(reserved.error());
  }
  auto index = f.Finish();
  if (!index) {
    const Status failed = f.Guard(tl::unexpected<Error>(index.error()));
    f.Abandon();
    return tl::unexpected<Error>(failed.error());
  }
  return index;
}

}  // namespace rig

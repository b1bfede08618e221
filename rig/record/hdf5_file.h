#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rig/base/result.h"

// The little of HDF5 that a trace needs: groups, attributes, and one-dimensional datasets that grow
// ("series"). The only user of HDF5's headers is hdf5_file.cc. Single thread. Errors of everything
// that writes: RESOURCE_EXHAUSTED for a full disk, UNAVAILABLE otherwise; of everything that reads:
// DATA_LOSS.
namespace rig::hdf5 {

// An open HDF5 object; closed with the last handle.
class Handle {
 public:
  Handle() = default;
  explicit Handle(std::int64_t id) : id_(id) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Handle& operator=(Handle&& other) noexcept;
  ~Handle();
  std::int64_t id() const { return id_; }
  bool open() const { return id_ >= 0; }
  // Forgets the object without closing it: after a failed write HDF5 would try, and fail, to write
  // again.
  void Abandon() { id_ = -1; }

 private:
  std::int64_t id_ = -1;
};

// Little-endian in the file whatever the machine.
enum class Element { kFloat32, kInt64, kByte, kStepPoint };

// One element of a STEP channel's series.
struct StoredStep {
  std::int64_t t_ns;
  double value;
};

Result<Handle> CreateFile(const std::filesystem::path& path);
Result<Handle> OpenToExtend(const std::filesystem::path& path);
// Also while another process writes it, and after that process was killed.
Result<Handle> OpenToRead(const std::filesystem::path& path);
// From here on every state of the file, between any two writes, is readable (HDF5's
// single-writer-multiple-reader mode). No groups, series or attributes can be created any more.
Status StartReadableWriting(const Handle& file);
Status Flush(const Handle& file);

Result<Handle> CreateGroup(const Handle& parent, const std::string& name);
Result<Handle> OpenGroup(const Handle& parent, const std::string& name);
// Names of the objects in a group, sorted.
Result<std::vector<std::string>> Children(const Handle& group);

Status WriteText(const Handle& object, const char* attribute, std::string_view text);
Status WriteInteger(const Handle& object, const char* attribute, std::int64_t value);
Result<std::string> ReadText(const Handle& object, const char* attribute);
Result<std::int64_t> ReadInteger(const Handle& object, const char* attribute);

Result<Handle> CreateSeries(const Handle& group, const char* name, Element element,
                            std::uint64_t chunk);
// Errors: also when the series is of another element.
Result<Handle> OpenSeries(const Handle& group, const char* name, Element element);
Result<std::uint64_t> Length(const Handle& series);
// Overwrites what is there and extends the series as needed.
Status WriteAt(const Handle& series, Element element, std::uint64_t position, std::uint64_t count,
               const void* values);
Status ReadAt(const Handle& series, Element element, std::uint64_t position, std::uint64_t count,
              void* values);

}  // namespace rig::hdf5

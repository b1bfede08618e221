#include "rig/record/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <optional>

namespace rig::hdf5 {
namespace {

constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kMostMetadata = 4u << 20;

void InitialiseOnce() {
  static const bool done = [] {
    // HDF5's own exit handler would try to finish the files of writers that failed.
    H5dont_atexit();
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return true;
  }();
  static_cast<void>(done);
}

struct Failure {
  std::string innermost;
  bool full = false;
};

herr_t Collect(unsigned depth, const H5E_error2_t* error, void* into) {
  auto& failure = *static_cast<Failure*>(into);
  if (error->desc == nullptr) return 0;
  if (depth == 0) failure.innermost = error->desc;
  // The file driver's messages carry "errno = 28, error message = '…'".
  const std::string_view text = error->desc;
  for (const int code : {ENOSPC, EFBIG, EDQUOT}) {
    if (text.find(fmt::format("errno = {},", code)) != std::string_view::npos) failure.full = true;
  }
  return 0;
}

Failure LastFailure() {
  Failure failure;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, Collect, &failure);
  H5Eclear2(H5E_DEFAULT);
  std::replace(failure.innermost.begin(), failure.innermost.end(), '\n', ' ');
  return failure;
}

tl::unexpected<Error> WriteError(std::string_view what) {
  const Failure failure = LastFailure();
  if (failure.full) return MakeError(Code::kResourceExhausted, "disk full");
  return MakeError(Code::kUnavailable, fmt::format("cannot {}: {}", what, failure.innermost));
}

tl::unexpected<Error> ReadError(std::string_view what) {
  return MakeError(Code::kDataLoss, fmt::format("cannot {}: {}", what, LastFailure().innermost));
}

struct ElementTypes {
  hid_t stored;  // in the file
  hid_t native;  // in memory
};

hid_t StepPointType(hid_t integer, hid_t real) {
  const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(StoredStep));
  H5Tinsert(type, "t_ns", offsetof(StoredStep, t_ns), integer);
  H5Tinsert(type, "value", offsetof(StoredStep, value), real);
  return type;
}

// Made once and kept: making a compound for every block would show in the profile.
const ElementTypes& Types(Element element) {
  static const std::array<ElementTypes, 4> types = {{
      {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT},
      {H5T_STD_I64LE, H5T_NATIVE_INT64},
      {H5T_STD_U8LE, H5T_NATIVE_UINT8},
      {StepPointType(H5T_STD_I64LE, H5T_IEEE_F64LE),
       StepPointType(H5T_NATIVE_INT64, H5T_NATIVE_DOUBLE)},
  }};
  return types[static_cast<std::size_t>(element)];
}

Handle FileAccess() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS));
  // Checksummed metadata, and the format that readable writing needs.
  H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_LATEST);
  // A trace has one writer, which created it; a reader must not be kept out.
  H5Pset_file_locking(access.id(), false, true);
  H5AC_cache_config_t cache{};
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  if (H5Pget_mdc_config(access.id(), &cache) >= 0) {
    cache.set_initial_size = true;
    cache.initial_size = kMostMetadata / 4;
    cache.min_size = kMostMetadata / 4;
    cache.max_size = kMostMetadata;
    H5Pset_mdc_config(access.id(), &cache);
  }
  return access;
}

// Groups and series are created without the time of day: evidence of equal runs differs in nothing
// needless.
Handle CreationWithoutTimes(hid_t kind) {
  Handle creation(H5Pcreate(kind));
  H5Pset_obj_track_times(creation.id(), false);
  return creation;
}

// Left open for writing by a writer killed before, or while, it switched to readable writing.
bool LeftOpenByWriter(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 12> head{};
  in.read(head.data(), head.size());
  // HDF5 File Format Specification 3.0, II.A: byte 8 superblock version, byte 11 consistency flags.
  return in.gcount() == static_cast<std::streamsize>(head.size()) && head[8] == 3 &&
         (head[11] & 1) != 0;
}

// HDF5 refuses such a file unless its flag is cleared; evidence is not written to, so that is done
// in memory.
hid_t OpenCopyInMemory(const std::filesystem::path& path) {
  const Handle access = FileAccess();
  if (H5Pset_fapl_core(access.id(), 1u << 20, false) < 0) return -1;
  // The property that HDF5's own repair tool, h5clear, sets.
  const hbool_t clear = true;
  if (H5Pset(access.id(), "clear_status_flags", &clear) < 0) return -1;
  return H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id());
}

Result<Handle> TextType(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1));
  if (H5Tset_size(type.id(), size) < 0) return WriteError("describe a text");
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

herr_t AddName(hid_t, const char* name, const H5L_info_t*, void* into) {
  static_cast<std::vector<std::string>*>(into)->emplace_back(name);
  return 0;
}

// The file's space of `count` elements from `position` on.
std::optional<Handle> Select(const Handle& series, std::uint64_t position, std::uint64_t count) {
  Handle space(H5Dget_space(series.id()));
  const hsize_t start = position;
  const hsize_t size = count;
  if (!space.open() ||
      H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, &start, nullptr, &size, nullptr) < 0) {
    return std::nullopt;
  }
  return space;
}

}  // namespace

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  return *this;
}

Handle::~Handle() {
  if (id_ >= 0) H5Idec_ref(id_);
}

Result<Handle> CreateFile(const std::filesystem::path& path) {
  InitialiseOnce();
  const Handle access = FileAccess();
  const Handle creation = CreationWithoutTimes(H5P_FILE_CREATE);
  Handle file(H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.id(), access.id()));
  if (!file.open()) return WriteError("create");
  return file;
}

Result<Handle> OpenToExtend(const std::filesystem::path& path) {
  const Handle access = FileAccess();
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()));
  if (!file.open()) return WriteError("open again");
  return file;
}

Result<Handle> OpenToRead(const std::filesystem::path& path) {
  InitialiseOnce();
  const Handle access = FileAccess();
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()));
  if (file.open()) return file;
  if (LeftOpenByWriter(path)) {
    file = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.id()));
    if (file.open()) return file;
    file = Handle(OpenCopyInMemory(path));
    if (file.open()) return file;
  }
  return ReadError("read as HDF5");
}

Status StartReadableWriting(const Handle& file) {
  if (H5Fstart_swmr_write(file.id()) < 0) return WriteError("start readable writing");
  return {};
}

Status Flush(const Handle& file) {
  if (H5Fflush(file.id(), H5F_SCOPE_LOCAL) < 0) return WriteError("flush");
  return {};
}

Result<Handle> CreateGroup(const Handle& parent, const std::string& name) {
  const Handle creation = CreationWithoutTimes(H5P_GROUP_CREATE);
  Handle group(H5Gcreate2(parent.id(), name.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT));
  if (!group.open()) return WriteError("create a group");
  return group;
}

Result<Handle> OpenGroup(const Handle& parent, const std::string& name) {
  Handle group(H5Gopen2(parent.id(), name.c_str(), H5P_DEFAULT));
  if (!group.open()) return ReadError("open a group");
  return group;
}

Result<std::vector<std::string>> Children(const Handle& group) {
  std::vector<std::string> names;
  hsize_t next = 0;
  if (H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_NATIVE, &next, AddName, &names) < 0) {
    return ReadError("list a group");
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status WriteText(const Handle& object, const char* attribute, std::string_view text) {
  // HDF5 has no text of length 0: an empty one is a single NUL.
  const std::string padded = text.empty() ? std::string(1, '\0') : std::string(text);
  RIG_TRY_ASSIGN(const Handle type, TextType(padded.size()));
  const Handle space(H5Screate(H5S_SCALAR));
  const Handle created(
      H5Acreate2(object.id(), attribute, type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
  if (!created.open() || H5Awrite(created.id(), type.id(), padded.data()) < 0) {
    return WriteError("write an attribute");
  }
  return {};
}

Status WriteInteger(const Handle& object, const char* attribute, std::int64_t value) {
  const Handle space(H5Screate(H5S_SCALAR));
  const Handle created(
      H5Acreate2(object.id(), attribute, H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT));
  if (!created.open() || H5Awrite(created.id(), H5T_NATIVE_INT64, &value) < 0) {
    return WriteError("write an attribute");
  }
  return {};
}

Result<std::string> ReadText(const Handle& object, const char* attribute) {
  const Handle opened(H5Aopen(object.id(), attribute, H5P_DEFAULT));
  if (!opened.open()) return ReadError("open an attribute");
  const Handle type(H5Aget_type(opened.id()));
  const Handle space(H5Aget_space(opened.id()));
  const bool fixed_text = type.open() && H5Tget_class(type.id()) == H5T_STRING &&
                          H5Tis_variable_str(type.id()) == 0 && space.open() &&
                          H5Sget_simple_extent_npoints(space.id()) == 1;
  const std::size_t size = fixed_text ? H5Tget_size(type.id()) : 0;
  if (size == 0 || size > kLongestText) return ReadError("read an attribute as text");
  std::string text(size, '\0');
  RIG_TRY_ASSIGN(const Handle native, TextType(size));
  if (H5Aread(opened.id(), native.id(), text.data()) < 0) return ReadError("read an attribute");
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

Result<std::int64_t> ReadInteger(const Handle& object, const char* attribute) {
  const Handle opened(H5Aopen(object.id(), attribute, H5P_DEFAULT));
  if (!opened.open()) return ReadError("open an attribute");
  const Handle type(H5Aget_type(opened.id()));
  const Handle space(H5Aget_space(opened.id()));
  const bool integer = type.open() && H5Tget_class(type.id()) == H5T_INTEGER && space.open() &&
                       H5Sget_simple_extent_npoints(space.id()) == 1;
  std::int64_t value = 0;
  if (!integer || H5Aread(opened.id(), H5T_NATIVE_INT64, &value) < 0) {
    return ReadError("read an attribute as a number");
  }
  return value;
}

Result<Handle> CreateSeries(const Handle& group, const char* name, Element element,
                            std::uint64_t chunk) {
  const Handle creation = CreationWithoutTimes(H5P_DATASET_CREATE);
  const hsize_t size = chunk;
  H5Pset_chunk(creation.id(), 1, &size);
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  const std::size_t bytes = chunk * H5Tget_size(Types(element).stored);
  H5Pset_chunk_cache(access.id(), 7, 2 * bytes, 1.0);
  const hsize_t none = 0;
  const hsize_t unlimited = H5S_UNLIMITED;
  const Handle space(H5Screate_simple(1, &none, &unlimited));
  Handle series(H5Dcreate2(group.id(), name, Types(element).stored, space.id(), H5P_DEFAULT,
                           creation.id(), access.id()));
  if (!series.open()) return WriteError("create a series");
  return series;
}

Result<Handle> OpenSeries(const Handle& group, const char* name, Element element) {
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  // Bounds what a reader keeps, whatever chunk size a file claims.
  H5Pset_chunk_cache(access.id(), 7, 256u << 10, 1.0);
  Handle series(H5Dopen2(group.id(), name, access.id()));
  if (!series.open()) return ReadError(fmt::format("open series \"{}\"", name));
  const Handle type(H5Dget_type(series.id()));
  if (!type.open() || H5Tequal(type.id(), Types(element).stored) <= 0) {
    return ReadError(fmt::format("read series \"{}\" as what it should be", name));
  }
  return series;
}

Result<std::uint64_t> Length(const Handle& series) {
  const Handle space(H5Dget_space(series.id()));
  hsize_t length = 0;
  if (!space.open() || H5Sget_simple_extent_ndims(space.id()) != 1 ||
      H5Sget_simple_extent_dims(space.id(), &length, nullptr) != 1) {
    return ReadError("read a series' length");
  }
  return length;
}

Status WriteAt(const Handle& series, Element element, std::uint64_t position, std::uint64_t count,
               const void* values) {
  if (count == 0) return {};
  RIG_TRY_ASSIGN(const std::uint64_t length, Length(series));
  const hsize_t needed = std::max<std::uint64_t>(length, position + count);
  if (needed > length && H5Dset_extent(series.id(), &needed) < 0) return WriteError("extend");
  const auto target = Select(series, position, count);
  const hsize_t size = count;
  const Handle memory(H5Screate_simple(1, &size, nullptr));
  if (!target || H5Dwrite(series.id(), Types(element).native, memory.id(), target->id(),
                          H5P_DEFAULT, values) < 0) {
    return WriteError("write");
  }
  return {};
}

Status ReadAt(const Handle& series, Element element, std::uint64_t position, std::uint64_t count,
              void* values) {
  if (count == 0) return {};
  const auto source = Select(series, position, count);
  const hsize_t size = count;
  const Handle memory(H5Screate_simple(1, &size, nullptr));
  if (!source || H5Dread(series.id(), Types(element).native, memory.id(), source->id(), H5P_DEFAULT,
                         values) < 0) {
    return ReadError("read values");
  }
  return {};
}

}  // namespace rig::hdf5

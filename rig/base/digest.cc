#include "rig/base/digest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

namespace rig {
namespace {

constexpr std::size_t kChunk = 64u << 10;

// Closes on every way out.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }
  // Closes now; false when that failed (delayed write errors of network file systems).
  bool Close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  int descriptor_;
};

std::string Reason(int error) { return std::error_code(error, std::system_category()).message(); }

Status WriteError(const std::filesystem::path& file, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return MakeError(full ? Code::kResourceExhausted : Code::kUnavailable,
                   fmt::format("{}: cannot write: {}", file.string(), Reason(error)));
}

// Calls `consume(chunk)` until the end of the file; stops when it returns an error.
template <typename Consume>
Status ReadChunks(const std::filesystem::path& path, Consume consume) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor() < 0) {
    return MakeError(Code::kNotFound,
                     fmt::format("{}: cannot open: {}", path.string(), Reason(errno)));
  }
  std::string chunk(kChunk, '\0');
  for (;;) {
    const ssize_t size = ::read(file.descriptor(), chunk.data(), chunk.size());
    if (size == 0) return {};
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      return MakeError(Code::kDataLoss,
                       fmt::format("{}: cannot read: {}", path.string(), Reason(errno)));
    }
    RIG_TRY(consume(std::string_view(chunk).substr(0, static_cast<std::size_t>(size))));
  }
}

// 0 or errno.
int WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return 0;
}

}  // namespace

struct Sha256::State {
  State() : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
  EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

void Sha256::Update(std::string_view text) { Update(std::as_bytes(std::span(text))); }

std::string Sha256::Hex() const {
  State copy;
  EVP_MD_CTX_copy_ex(copy.context, state_->context);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(copy.context, digest.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 digest;
  digest.Update(bytes);
  return digest.Hex();
}

Result<std::string> Sha256OfFile(const std::filesystem::path& file) {
  Sha256 digest;
  RIG_TRY(ReadChunks(file, [&](std::string_view chunk) -> Status {
    digest.Update(chunk);
    return {};
  }));
  return digest.Hex();
}

Result<std::string> ReadFile(const std::filesystem::path& file, std::size_t limit) {
  std::string bytes;
  RIG_TRY(ReadChunks(file, [&](std::string_view chunk) -> Status {
    if (chunk.size() > limit - bytes.size()) {
      return MakeError(
          Code::kResourceExhausted,
          fmt::format("{}: larger than the {} bytes expected at most", file.string(), limit));
    }
    bytes += chunk;
    return {};
  }));
  return bytes;
}

Status WriteFileAtomically(const std::filesystem::path& file, std::string_view bytes) {
  static std::atomic<unsigned> serial{0};  // two threads may write the same file
  const std::filesystem::path beside =
      file.string() + fmt::format(".new-{}-{}", ::getpid(), serial.fetch_add(1));
  File output(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (output.descriptor() < 0) return WriteError(file, errno);
  int error = WriteAll(output.descriptor(), bytes);
  if (error == 0 && ::fsync(output.descriptor()) != 0) error = errno;
  if (!output.Close() && error == 0) error = errno;
  if (error == 0 && ::rename(beside.c_str(), file.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(beside.c_str());
  return WriteError(file, error);
}

}  // namespace rig

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace rig {

// Numbered as gRPC's status codes.
enum class Code {
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
};

// An expected failure: one clear line that names what and where.
struct Error {
  Code code;
  std::string message;
};

// A value or the reason there is none. Must be looked at.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// Success or the reason why not.
using Status = Result<void>;

inline tl::unexpected<Error> MakeError(Code code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

// The same error, saying also where it came up: "context: message".
inline tl::unexpected<Error> WithContext(const Error& error, std::string_view context) {
  return tl::unexpected<Error>(Error{error.code, std::string(context) + ": " + error.message});
}

}  // namespace rig

// Evaluates an expression that yields a Result; returns its error from the enclosing function, or
// goes on.
#define RIG_TRY(expression)                                                         \
  do {                                                                              \
    auto&& rig_try_result = (expression);                                           \
    if (!rig_try_result) return tl::unexpected<rig::Error>(rig_try_result.error()); \
  } while (false)

#define RIG_TRY_CONCAT_(a, b) a##b
#define RIG_TRY_CONCAT(a, b) RIG_TRY_CONCAT_(a, b)
// The same, and declares `declaration` from the value.
#define RIG_TRY_ASSIGN(declaration, expression) \
  RIG_TRY_ASSIGN_(RIG_TRY_CONCAT(rig_try_, __LINE__), declaration, expression)
#define RIG_TRY_ASSIGN_(name, declaration, expression)                   \
  auto&& name = (expression);                                            \
  if (!name) return tl::unexpected<rig::Error>(std::move(name).error()); \
  declaration = std::move(*name)

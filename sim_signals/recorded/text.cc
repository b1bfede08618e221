#include "sim_signals/recorded/text.h"

#include <fmt/format.h>

#include <charconv>

namespace rig {

Result<std::string> ReadAll(const std::filesystem::path& path, std::int64_t limit,
                            const OpenFile& open_file) {
  const auto stream = open_file(path);
  if (stream == nullptr) return MakeError(Code::kNotFound, path.string() + ": cannot be opened");
  stream->seekg(0, std::ios::end);
  const auto size = static_cast<std::int64_t>(stream->tellg());
  if (size < 0) return MakeError(Code::kNotFound, path.string() + ": cannot be read");
  if (size > limit) {
    return MakeError(Code::kResourceExhausted,
                     fmt::format("{}: {} bytes; expected at most {}", path.string(), size, limit));
  }
  stream->seekg(0);
  std::string text(static_cast<std::size_t>(size), '\0');
  stream->read(text.data(), size);
  if (stream->gcount() == size) return text;
  return MakeError(Code::kDataLoss, path.string() + ": cannot be read to its end");
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string PlainUnit(std::string_view text) {
  std::string unit(Trimmed(text));
  for (const std::string_view micro : {"\xC2\xB5", "\xCE\xBC", "\xB5"}) {
    if (unit.starts_with(micro)) unit = "u" + unit.substr(micro.size());
  }
  if (const std::size_t ohm = unit.rfind("Ohm"); ohm != std::string::npos) unit[ohm] = 'o';
  return unit;
}

namespace {

template <typename Number>
bool ParseWhole(std::string_view text, Number& number) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

bool ParseNumber(std::string_view text, double& number) {
  return ParseWhole(text, number) && number - number == 0.0;
}

bool ParseNumber(std::string_view text, std::int64_t& number) { return ParseWhole(text, number); }

Status CheckRange(const Recording& recording, std::size_t channel, std::int64_t first,
                  std::size_t size, const std::string& name) {
  const auto& channels = recording.channels();
  const bool inside = channel < channels.size() && first >= 0 &&
                      first <= channels[channel].samples - static_cast<std::int64_t>(size);
  if (inside) return {};
  return MakeError(Code::kOutOfRange,
                   fmt::format("{}: no samples {} to {} of channel {}", name, first,
                               first + static_cast<std::int64_t>(size), channel));
}

}  // namespace rig

#include "sim_signals/recorded/wfdb_format.h"

#include <fmt/format.h>

namespace rig {
namespace {

constexpr WfdbFormat kFormats[] = {
    {8, 8, 1, 1, {}, true, false},         {16, 16, 1, 2, {}, false, false},
    {24, 24, 1, 3, {}, false, false},      {32, 32, 1, 4, {}, false, false},
    {61, 16, 1, 2, {}, false, false},      {80, 8, 1, 1, {}, false, false},
    {160, 16, 1, 2, {}, false, false},     {212, 12, 2, 3, {2, 0}, false, false},
    {310, 10, 3, 4, {2, 4}, false, false}, {311, 10, 3, 4, {2, 3}, false, false},
    {508, 8, 1, 0, {}, false, true},       {516, 16, 1, 0, {}, false, true},
    {524, 24, 1, 0, {}, false, true},
};

std::int32_t SignExtend(std::uint32_t v, int bits) {
  const std::uint32_t sign = 1u << (bits - 1);
  return static_cast<std::int32_t>((v & (2 * sign - 1)) ^ sign) - static_cast<std::int32_t>(sign);
}

void Decode212(const unsigned char* b, std::span<std::int32_t> counts) {
  const std::size_t pairs = counts.size() / 2;
  std::int32_t* out = counts.data();
  for (std::size_t i = 0; i < pairs; ++i, b += 3, out += 2) {
    out[0] = SignExtend((b[1] & 0x0Fu) << 8 | b[0], 12);
    out[1] = SignExtend((b[1] & 0xF0u) << 4 | b[2], 12);
  }
  if (counts.size() % 2 != 0) *out = SignExtend((b[1] & 0x0Fu) << 8 | b[0], 12);
}

// Two samples in the upper 15 bits of two words without their top five, the third in those.
void Decode310(const unsigned char* b, std::span<std::int32_t> counts) {
  for (std::size_t i = 0; i < counts.size(); i += 3, b += 4) {
    const std::uint32_t first = b[0] | b[1] << 8;
    counts[i] = SignExtend(first >> 1, 10);
    if (i + 1 >= counts.size()) return;
    const std::uint32_t second = b[2] | b[3] << 8;
    counts[i + 1] = SignExtend(second >> 1, 10);
    if (i + 2 < counts.size()) {
      counts[i + 2] = SignExtend(first >> 11 | (second >> 11) << 5, 10);
    }
  }
}

// Three times ten bits, from the lowest on.
void Decode311(const unsigned char* b, std::span<std::int32_t> counts) {
  for (std::size_t i = 0; i < counts.size(); i += 3, b += 4) {
    counts[i] = SignExtend(b[0] | b[1] << 8, 10);
    if (i + 1 >= counts.size()) return;
    counts[i + 1] = SignExtend(b[1] >> 2 | b[2] << 6, 10);
    if (i + 2 < counts.size()) counts[i + 2] = SignExtend(b[2] >> 4 | b[3] << 4, 10);
  }
}

}  // namespace

std::int64_t WfdbFormat::Bytes(std::int64_t samples) const {
  const std::int64_t rest = samples % group;
  return samples / group * group_bytes + (rest == 0 ? 0 : partial[rest - 1]);
}

std::int64_t WfdbFormat::Samples(std::int64_t bytes) const {
  const std::int64_t rest = bytes % group_bytes;
  std::int64_t last = 0;
  for (int i = 1; i < group; ++i) {
    if (rest >= partial[i - 1]) last = i;
  }
  return bytes / group_bytes * group + last;
}

void WfdbFormat::Decode(const unsigned char* b, std::span<std::int32_t> counts) const {
  switch (number) {
    case 8:
      for (std::int32_t& c : counts) c = (*b++ ^ 0x80) - 0x80;  // two's complement of 8 bits
      return;
    case 16:
      for (std::int32_t& c : counts) {
        c = static_cast<std::int16_t>(b[0] | b[1] << 8);
        b += 2;
      }
      return;
    case 24:
      for (std::int32_t& c : counts) {
        c = SignExtend(b[0] | b[1] << 8 | static_cast<std::uint32_t>(b[2]) << 16, 24);
        b += 3;
      }
      return;
    case 32:
      for (std::int32_t& c : counts) {
        c = static_cast<std::int32_t>(b[0] | b[1] << 8 | b[2] << 16 |
                                      static_cast<std::uint32_t>(b[3]) << 24);
        b += 4;
      }
      return;
    case 61:
      for (std::int32_t& c : counts) {
        c = static_cast<std::int16_t>(b[0] << 8 | b[1]);
        b += 2;
      }
      return;
    case 80:
      for (std::int32_t& c : counts) c = *b++ - 128;
      return;
    case 160:
      for (std::int32_t& c : counts) {
        c = (b[0] | b[1] << 8) - 32768;
        b += 2;
      }
      return;
    case 212:
      return Decode212(b, counts);
    case 310:
      return Decode310(b, counts);
    case 311:
      return Decode311(b, counts);
    default:
      return;  // FLAC has a decoder of its own
  }
}

const WfdbFormat* FindWfdbFormat(int number) {
  for (const WfdbFormat& format : kFormats) {
    if (format.number == number) return &format;
  }
  return nullptr;
}

std::string WfdbFormatNumbers() {
  std::string all;
  for (const WfdbFormat& format : kFormats) {
    all += fmt::format("{}{}", all.empty() ? "" : ", ", format.number);
  }
  return all;
}

}  // namespace rig

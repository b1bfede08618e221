#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fixtures/firmware/programmer_output.h"

// What a programmer may say: progress stays within its bounds, messages short, and it does not
// matter in which pieces it comes.
template <typename Output>
void CheckProgrammerOutput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto within = [](const rig::LoaderProgress& progress) {
    if (progress.done > progress.all || progress.all != 12345) std::abort();
  };
  Output whole(12345, within), parts(12345, within);
  whole.Take(text);
  for (std::size_t i = 0; i < text.size(); i += 3) parts.Take(text.substr(i, 3));
  if (whole.problems() != parts.problems() || whole.problems().size() > 1000) std::abort();
}

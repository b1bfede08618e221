#include "sim_signals/random.h"

#include <bit>
#include <cmath>

#include "sim_signals/deterministic_math.h"

namespace rig {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;

std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

double ToUnit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

// Box-Muller. `u` in [0, 1) enters as 1 - u, so that the logarithm is finite.
double BoxMuller(double u, double v) { return std::sqrt(-2.0 * Log(1.0 - u)) * CosTurns(v); }

}  // namespace

std::uint64_t StreamKey(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ULL;
  }
  return Mix(Mix(seed + kGolden) ^ hash);
}

double UniformAt(std::uint64_t key, std::uint64_t position) {
  return ToUnit(Mix(key + (position + 1) * kGolden));
}

double GaussianAt(std::uint64_t key, std::uint64_t position) {
  const std::uint64_t first = Mix(key + (position + 1) * kGolden);
  return BoxMuller(ToUnit(first), ToUnit(Mix(first + kGolden)));
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view name) {
  std::uint64_t z = StreamKey(seed, name);
  for (std::uint64_t& word : state_) {
    z += kGolden;
    word = Mix(z);
  }
}

std::uint64_t RandomStream::Next() {
  const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double RandomStream::Uniform() { return ToUnit(Next()); }

double RandomStream::Gaussian() {
  const double u = Uniform();
  return BoxMuller(u, Uniform());
}

}  // namespace rig

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rig {

// A key from a seed and a name; different names give unrelated streams. FNV-1a of the name, mixed
// with the seed.
std::uint64_t StreamKey(std::uint64_t seed, std::string_view name);

// Uniform in [0, 1), 53 bits, as a function of a key and a position: no state, so a value does not
// depend on what was asked before it. The mixing step is SplitMix64's (S. Vigna, public domain).
double UniformAt(std::uint64_t key, std::uint64_t position);

// Standard normal as a function of a key and a position (Box-Muller on two mixed words).
double GaussianAt(std::uint64_t key, std::uint64_t position);

// A sequence of random numbers, xoshiro256++ (D. Blackman and S. Vigna, public domain) seeded by
// SplitMix64. The same on every machine. A source draws its parameters from streams of its own
// name, so that changing one source does not disturb another.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);
  std::uint64_t Next();
  double Uniform();   // [0, 1)
  double Gaussian();  // mean 0, standard deviation 1

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace rig

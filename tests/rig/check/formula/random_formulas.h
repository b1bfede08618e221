#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "rig/check/formula/signal.h"

// Formulas over the channels x, y and b, and short signals for them.
namespace rig::check {

// Small numbers drawn alike on every machine.
class Draws {
 public:
  explicit Draws(std::uint32_t seed) : generator_(seed) {}
  int Below(int n) { return static_cast<int>(generator_() % static_cast<std::uint32_t>(n)); }

 private:
  std::mt19937 generator_;
};

inline std::string DrawBounds(Draws& draws) {
  const int from = draws.Below(4);
  switch (draws.Below(4)) {
    case 0:
      return "";
    case 1:
      return "[" + std::to_string(from) + " ns, end]";
    default:
      return "[" + std::to_string(from) + " ns, " + std::to_string(from + draws.Below(5)) + " ns]";
  }
}

inline std::string DrawValue(Draws& draws, int depth) {
  const std::string names[] = {"x", "y", "1", "2"};
  if (depth <= 0 || draws.Below(3) != 0) return names[draws.Below(4)];
  const std::string operators[] = {"+", "-", "*", "/"};
  const std::string a = DrawValue(draws, depth - 1);
  const std::string b = DrawValue(draws, depth - 1);
  if (draws.Below(5) == 0) return "max(" + a + ", min(" + b + ", abs(" + a + ")))";
  return "(" + a + " " + operators[draws.Below(4)] + " " + b + ")";
}

inline std::string DrawCondition(Draws& draws, int depth) {
  const std::string comparisons[] = {"<", "<=", ">", ">=", "==", "!="};
  const std::string binary[] = {"and", "or", "->"};
  const std::string unary[] = {"not ", "rise", "fall"};
  const std::string temporal[] = {"always", "eventually", "historically", "once"};
  const std::string passages[] = {" until", " since"};
  const int choice = depth <= 0 ? draws.Below(3) : draws.Below(15);
  if (choice == 0) return "b";
  if (choice < 3) {
    const std::string left = DrawValue(draws, 1);
    return left + " " + comparisons[draws.Below(6)] + " " + DrawValue(draws, 1);
  }
  const std::string a = "(" + DrawCondition(draws, depth - 1) + ")";
  if (choice == 3) return unary[draws.Below(3)] + a;
  if (choice < 6)
    return a + " " + binary[draws.Below(3)] + " (" + DrawCondition(draws, depth - 1) + ")";
  if (choice < 11) return temporal[draws.Below(4)] + DrawBounds(draws) + " " + a;
  if (choice < 13) {
    return a + passages[draws.Below(2)] + DrawBounds(draws) + " (" +
           DrawCondition(draws, depth - 1) + ")";
  }
  const int level = draws.Below(3);
  if (choice == 13) {
    return draws.Below(2) == 0
               ? fmt::format("above({}, {}, {})", DrawValue(draws, 1), level + 1, level)
               : fmt::format("below({}, {}, {})", DrawValue(draws, 1), level, level + 1);
  }
  switch (draws.Below(3)) {
    case 0:
      return fmt::format("count({}, {} ns) >= {}", a, 1 + draws.Below(4), draws.Below(3));
    case 1:
      return fmt::format("last_duration({}) > {} ns", a, draws.Below(4));
    default:
      return fmt::format("rate({}, {} ns) > 0 1/s", DrawValue(draws, 1), 1 + draws.Below(4));
  }
}

inline Signals DrawSignals(Draws& draws) {
  Signals signals;
  signals.end = AtNanoseconds(8 + draws.Below(6));
  for (const char* name : {"x", "y", "b"}) {
    std::vector<StepPoint> points;
    for (int t = draws.Below(3); t < 16; t += draws.Below(4)) {
      const double value = draws.Below(12) == 0 ? kUnknown : draws.Below(name[0] == 'b' ? 2 : 5);
      points.push_back({AtNanoseconds(t), value});
    }
    signals.channels[name].Add(points);
  }
  return signals;
}

}  // namespace rig::check

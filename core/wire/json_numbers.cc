#include "core/wire/json_numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace ddnn {

double Shortest(float value) {
  constexpr double kMaxFloat = std::numeric_limits<float>::max();
  std::array<char, 32> text{};
  std::to_chars(text.data(), text.data() + text.size() - 1, value);
  const double shortest = std::strtod(text.data(), nullptr);
  // The largest float's fewest digits lie beyond it.
  const bool reads_back =
      std::abs(shortest) <= kMaxFloat && static_cast<float>(shortest) == value;
  return reads_back ? shortest : double{value};
}

double ToMicrosecond(double ms) {
  constexpr double kWeek = 7 * 86'400'000.0;
  return std::abs(ms) < kWeek ? std::round(ms * 1000) / 1000 : ms;
}

}  // namespace ddnn

#pragma once

#include <cstdint>
#include <initializer_list>

namespace ddnn {

/// Scrambles the bits of a number: each bit of the result depends on all.
constexpr std::uint64_t Scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// Numbers that look random and depend on nothing but what the dice are named
/// by, so that every process throws the same.
/// Thread-safety: none.
class Dice {
 public:
  explicit constexpr Dice(std::initializer_list<std::uint64_t> name) {
    for (const std::uint64_t part : name) state_ = Scramble(state_ ^ part);
  }

  /// Another number of 64 bits.
  constexpr std::uint64_t Bits() { return state_ = Scramble(state_); }
  /// In [0, 1).
  constexpr float Share() {
    return static_cast<float>(Bits() >> 40) * 0x1p-24F;
  }
  constexpr float Between(float low, float high) {
    return low + (high - low) * Share();
  }
  /// In [0, count).
  constexpr int Below(int count) {
    return static_cast<int>(Bits() % static_cast<std::uint64_t>(count));
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace ddnn

#pragma once

#include <array>
#include <string_view>

#include "core/nn/sample.h"

namespace ddnn {

/// How a sample ended. A fallback counts as that alone, not as the exit that
/// its class came from.
enum class Outcome { kLocal, kEdge, kCloud, kFallback, kLost };
inline constexpr std::array kOutcomes{Outcome::kLocal, Outcome::kEdge,
                                      Outcome::kCloud, Outcome::kFallback,
                                      Outcome::kLost};
/// "local", "edge", "cloud", "fallback", "lost".
std::string_view Name(Outcome outcome);
Outcome OutcomeOf(const SampleResult& result);

/// Indexed by Outcome.
template <typename T>
using PerOutcome = std::array<T, kOutcomes.size()>;

template <typename T>
T& At(PerOutcome<T>& values, Outcome outcome) {
  return values[static_cast<std::size_t>(outcome)];
}
template <typename T>
const T& At(const PerOutcome<T>& values, Outcome outcome) {
  return values[static_cast<std::size_t>(outcome)];
}

}  // namespace ddnn

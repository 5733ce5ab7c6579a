#include "cli/outcome.h"

namespace ddnn {

std::string_view Name(Outcome outcome) {
  constexpr std::array<std::string_view, kOutcomes.size()> kNames{
      "local", "edge", "cloud", "fallback", "lost"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Outcome OutcomeOf(const SampleResult& result) {
  if (result.status == ResultStatus::kFallback) return Outcome::kFallback;
  return static_cast<Outcome>(result.exit);
}

}  // namespace ddnn

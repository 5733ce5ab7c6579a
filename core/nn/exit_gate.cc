#include "core/nn/exit_gate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

#include "core/nn/bundle.h"

namespace ddnn {
namespace {

std::vector<double> Softmax(std::span<const float> logits, double largest,
                            double temperature) {
  std::vector<double> probabilities(logits.size());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    probabilities[i] =
        std::exp((static_cast<double>(logits[i]) - largest) / temperature);
    sum += probabilities[i];
  }
  for (double& p : probabilities) p /= sum;
  return probabilities;
}

double NormalisedEntropy(std::span<const double> probabilities) {
  double nats = 0;
  for (const double p : probabilities) {
    if (p > 0) nats -= p * std::log(p);  // p ln p -> 0 as p -> 0
  }
  // Rounding can push a uniform output above 1, and T = 1 must exit all.
  const double most = std::log(static_cast<double>(probabilities.size()));
  return std::min(1.0, nats / most);
}

}  // namespace

ExitGate::ExitGate(float threshold, float temperature)
    : threshold_(threshold), temperature_(temperature) {
  // Negated so that NaN fails too: every comparison with NaN is false.
  if (!(threshold >= 0.0F && threshold <= 1.0F)) {
    throw std::invalid_argument("exit threshold must be in [0, 1]");
  }
  if (!(temperature > 0.0F && std::isfinite(temperature))) {
    throw std::invalid_argument("temperature must be positive and finite");
  }
}

Result<Decision> ExitGate::Decide(std::span<const float> logits) const {
  if (logits.size() < 2 ||
      logits.size() > static_cast<std::size_t>(kMaxClasses)) {
    return Failure{Error::kBadShape, std::to_string(logits.size()) +
                                         " logits; 2 to " +
                                         std::to_string(kMaxClasses)};
  }
  for (const float logit : logits) {
    if (!std::isfinite(logit)) {
      return Failure{Error::kNotADistribution, "a logit is not finite"};
    }
  }
  const auto best = std::max_element(logits.begin(), logits.end());
  Decision decision;
  decision.label = static_cast<int>(best - logits.begin());
  decision.probabilities = Softmax(logits, *best, temperature_);
  decision.eta = static_cast<float>(NormalisedEntropy(decision.probabilities));
  decision.exits = decision.eta <= threshold_;
  return decision;
}

}  // namespace ddnn

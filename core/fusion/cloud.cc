#include <cstddef>
#include <utility>
#include <vector>

#include "core/fusion/coordinator.h"

namespace ddnn {

Result<CloudAnswer> AnswerAsk(const Network& network, const CloudAsk& ask) {
  const int root = network.bundle().NodesOf(Tier::kCloud)[0];
  std::vector<const FeatureMap*> children;
  children.reserve(ask.children.size());
  for (const auto& child : ask.children) {
    children.push_back(child ? &*child : nullptr);
  }
  const Result<NodeOutput> output = network.RunNode(root, children);
  if (!output) return output.failure();
  const Sums* sums = &output.value().sums;
  Result<std::vector<float>> logits =
      network.ExitLogits(Tier::kCloud, {&sums, 1});
  if (!logits) return logits.failure();
  return CloudAnswer{ask.sample, std::move(*logits)};
}

}  // namespace ddnn

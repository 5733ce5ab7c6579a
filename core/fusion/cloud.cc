#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/fusion/coordinator.h"
#include "core/fusion/run_tree.h"

namespace ddnn {
namespace {

/// The cloud exit's logits, of the root's sums.
Result<CloudAnswer> AnswerOf(const Network& network, const SampleId& sample,
                             const Sums& root_sums) {
  const Sums* sums = &root_sums;
  auto logits = network.ExitLogits(Tier::kCloud, {&sums, 1});
  if (!logits) return logits.failure();
  return CloudAnswer{sample, std::move(*logits)};
}

}  // namespace

Result<CloudAnswer> AnswerAsk(const Network& network, const CloudAsk& ask) {
  const int root = network.bundle().NodesOf(Tier::kCloud)[0];
  std::vector<const FeatureMap*> children;
  children.reserve(ask.children.size());
  for (const auto& child : ask.children) {
    children.push_back(child ? &*child : nullptr);
  }
  const Result<NodeOutput> output = network.RunNode(root, children);
  if (!output) return output.failure();
  return AnswerOf(network, ask.sample, output.value().sums);
}

Result<CloudAnswer> AnswerViews(const Network& network, const SampleId& sample,
                                std::span<const std::optional<View>> views) {
  const Bundle& bundle = network.bundle();
  const auto devices = static_cast<std::size_t>(bundle.device_count());
  if (views.size() != devices) return Error::kBadShape;
  NodeOutputs seen(devices);
  for (std::size_t i = 0; i < devices; ++i) {
    if (!views[i]) continue;
    seen[i] = network.RunDevice(static_cast<int>(i), *views[i]);
  }
  const Result<NodeOutputs> outputs = RunTree(network, std::move(seen));
  if (!outputs) return outputs.failure();
  if (!outputs->back()) return Error::kBadShape;
  return AnswerOf(network, sample, outputs->back()->sums);
}

}  // namespace ddnn

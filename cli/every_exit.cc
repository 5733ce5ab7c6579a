#include "cli/every_exit.h"

#include <stdexcept>
#include <utility>

namespace ddnn {
namespace {

using Outputs = std::vector<std::optional<NodeOutput>>;

// Nothing here comes from outside, so a refusal is a bug of ours.
template <typename T>
T ValueOf(Result<T> result) {
  if (!result) throw std::logic_error(result.message());
  return std::move(result).value();
}

/// Every node's output; nothing where none of its devices sees the sample.
Outputs RunTree(const Network& network, const Outputs& devices) {
  const Bundle& bundle = network.bundle();
  Outputs outputs = devices;
  outputs.resize(bundle.nodes.size());
  for (auto node = devices.size(); node < outputs.size(); ++node) {
    std::vector<const FeatureMap*> children;
    bool any = false;
    for (const int child : bundle.ChildrenOf(static_cast<int>(node))) {
      const auto& output = outputs[static_cast<std::size_t>(child)];
      children.push_back(output ? &output->map : nullptr);
      any |= output.has_value();
    }
    if (!any) continue;
    outputs[node] = ValueOf(network.RunNode(static_cast<int>(node), children));
  }
  return outputs;
}

}  // namespace

std::vector<Decision> AskEveryExit(const Network& network,
                                   const Outputs& devices) {
  const Bundle& bundle = network.bundle();
  const Outputs outputs = RunTree(network, devices);
  std::vector<Decision> decisions;
  for (const Exit& exit : bundle.exits) {
    std::vector<const Sums*> sums;
    for (const int node : bundle.NodesOf(exit.tier)) {
      const auto& output = outputs[static_cast<std::size_t>(node)];
      sums.push_back(output ? &output->sums : nullptr);
    }
    const auto logits = ValueOf(network.ExitLogits(exit.tier, sums));
    decisions.push_back(ValueOf(network.Decide(exit.tier, logits)));
  }
  return decisions;
}

}  // namespace ddnn

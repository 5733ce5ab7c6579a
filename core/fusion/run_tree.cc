#include "core/fusion/run_tree.h"

#include <cstddef>
#include <utility>

namespace ddnn {

Result<NodeOutputs> RunTree(const Network& network, NodeOutputs devices) {
  const Bundle& bundle = network.bundle();
  std::size_t node = devices.size();
  NodeOutputs outputs = std::move(devices);
  outputs.resize(bundle.nodes.size());
  // Children come before their parents, and the root is last.
  for (; node < outputs.size(); ++node) {
    std::vector<const FeatureMap*> children;
    bool any = false;
    for (const int child : bundle.ChildrenOf(static_cast<int>(node))) {
      const auto& output = outputs[static_cast<std::size_t>(child)];
      children.push_back(output ? &output->map : nullptr);
      any |= output.has_value();
    }
    if (!any) continue;
    Result<NodeOutput> output =
        network.RunNode(static_cast<int>(node), children);
    if (!output) return output.failure();
    outputs[node] = std::move(*output);
  }
  return outputs;
}

}  // namespace ddnn

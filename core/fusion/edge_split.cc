#include "core/fusion/edge_split.h"

namespace ddnn {

EdgeSplit::EdgeSplit(const Bundle& bundle, const std::vector<int>& remote_nodes)
    : devices_(bundle.device_count()) {
  for (const int node : bundle.NodesOf(Tier::kEdge)) {
    DeviceSet& below = below_.emplace_back();
    for (const int child : bundle.ChildrenOf(node)) {
      below.set(static_cast<std::size_t>(child));
    }
  }
  for (const int node : remote_nodes) remote_.set(EdgeOf(node));
}

bool EdgeSplit::IsRemote(int node) const {
  return node >= devices_ && EdgeOf(node) < edges() &&
         remote_.test(EdgeOf(node));
}

DeviceSet EdgeSplit::Below(const EdgeSet& edges) const {
  DeviceSet devices;
  for (std::size_t e = 0; e < below_.size(); ++e) {
    if (edges.test(e)) devices |= below_[e];
  }
  return devices;
}

}  // namespace ddnn

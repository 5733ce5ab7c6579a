#pragma once

#include <bitset>
#include <cstddef>
#include <vector>

#include "core/fusion/device_set.h"
#include "core/nn/bundle.h"

namespace ddnn {

/// Some edge nodes of a bundle, by their place in NodesOf(Tier::kEdge).
using EdgeSet = std::bitset<kMaxEdges>;

/// Which edge sections of a bundle run here, and which *remote* ones run at
/// other agents that send their class sums, and their maps when asked.
///
/// Edges are counted from 0; edge e is node device_count() + e.
/// Thread-safety: immutable after construction.
class EdgeSplit {
 public:
  /// \param remote_nodes  edge nodes of the bundle.
  EdgeSplit(const Bundle& bundle, const std::vector<int>& remote_nodes);

  std::size_t edges() const { return below_.size(); }
  int NodeOf(std::size_t edge) const {
    return devices_ + static_cast<int>(edge);
  }
  /// Whether a node is a remote edge; any number is taken.
  bool IsRemote(int node) const;
  /// Precondition: `node` is an edge.
  std::size_t EdgeOf(int node) const {
    return static_cast<std::size_t>(node - devices_);
  }

  const EdgeSet& remote() const { return remote_; }
  /// Devices whose maps the edge's section takes.
  const DeviceSet& Below(std::size_t edge) const { return below_[edge]; }
  /// Devices below some of these edges.
  DeviceSet Below(const EdgeSet& edges) const;

 private:
  int devices_;
  std::vector<DeviceSet> below_;  // by edge
  EdgeSet remote_;
};

}  // namespace ddnn

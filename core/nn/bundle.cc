#include "core/nn/bundle.h"

#include <algorithm>

#include "core/nn/view.h"

namespace ddnn {

std::size_t Section::parameter_bytes() const {
  std::size_t bytes = head.weights.size();
  for (const ConvP& layer : layers) bytes += layer.parameter_bytes();
  return bytes;
}

int Bundle::device_count() const {
  return static_cast<int>(
      std::ranges::count(nodes, Tier::kDevice, &Node::tier));
}

std::vector<int> Bundle::ChildrenOf(int node) const {
  std::vector<int> children;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].parent == node) children.push_back(static_cast<int>(i));
  }
  return children;
}

std::vector<int> Bundle::NodesOf(Tier tier) const {
  std::vector<int> found;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].tier == tier) found.push_back(static_cast<int>(i));
  }
  return found;
}

const Exit* Bundle::ExitOf(Tier tier) const {
  const auto found = std::ranges::find(exits, tier, &Exit::tier);
  return found == exits.end() ? nullptr : &*found;
}

Exit* Bundle::ExitOf(Tier tier) {
  const auto found = std::ranges::find(exits, tier, &Exit::tier);
  return found == exits.end() ? nullptr : &*found;
}

MapShape Bundle::OutputShape(int node) const {
  const Node& self = nodes[static_cast<std::size_t>(node)];
  MapShape shape{kViewChannels, kViewSide, kViewSide};
  if (self.tier != Tier::kDevice) {
    // The children's maps are equally high and wide, whatever joins them.
    const auto child = std::ranges::find(nodes, node, &Node::parent);
    shape = OutputShape(static_cast<int>(child - nodes.begin()));
  }
  for (const ConvP& layer : self.section.layers) {
    shape = layer.OutputShape(shape);
  }
  return shape;
}

char Bundle::Hierarchy() const {
  const std::size_t edges = NodesOf(Tier::kEdge).size();
  if (edges > 1) return 'f';
  if (device_count() == 1) return edges == 0 ? 'b' : 'd';
  return edges == 0 ? 'c' : 'e';
}

double FormulaBytes(const Bundle& bundle, double local_share) {
  const MapShape map = bundle.OutputShape(0);
  const double map_bits =
      static_cast<double>(map.channels) * map.height * map.width;  // f o
  return 4.0 * bundle.class_count() + (1.0 - local_share) * map_bits / 8;
}

}  // namespace ddnn

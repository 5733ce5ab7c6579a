#include "core/nn/network.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <string>
#include <utility>

#include "core/nn/kernel.h"

namespace ddnn {
namespace {

/// Maps or class scores of all children; nullptr = contributes nothing.
using Maps = std::span<const FeatureMap* const>;
using Scores = std::vector<std::optional<std::vector<float>>>;

struct PreparedNode {
  const Node* node = nullptr;
  std::vector<PreparedConvP> layers;
  std::vector<int> children;
  std::vector<MapShape> child_shapes;
  NodeOutput blank;  ///< what zero images give, if the bundle wants it
};

struct PreparedExit {
  const Exit* exit = nullptr;
  std::vector<int> contributors;
  ExitGate gate;
};

void AddPlanes(const FeatureMap& map, int first_channel,
               std::vector<InputPlane>& planes) {
  for (int c = 0; c < map.shape.channels; ++c) {
    const std::size_t start =
        static_cast<std::size_t>(c) * map.shape.plane_bytes();
    planes.push_back({map.bits.data() + start, first_channel + c});
  }
}

FeatureMap MaxOf(Maps maps, const MapShape& shape) {
  FeatureMap most(shape);
  for (const FeatureMap* map : maps) {
    if (map == nullptr) continue;
    for (std::size_t i = 0; i < most.bits.size(); ++i) {
      most.bits[i] |= map->bits[i];
    }
  }
  return most;
}

std::vector<float> MaxOf(const Scores& scores) {
  std::vector<float> logits;
  for (const auto& v : scores) {
    if (!v) continue;
    if (logits.empty()) logits = *v;
    for (std::size_t c = 0; c < logits.size(); ++c) {
      logits[c] = std::max(logits[c], (*v)[c]);
    }
  }
  return logits;
}

std::vector<float> MeanOf(const Scores& scores, std::size_t classes) {
  std::vector<float> logits(classes, 0.0F);
  int present = 0;
  for (const auto& v : scores) {
    if (!v) continue;
    ++present;
    for (std::size_t c = 0; c < classes; ++c) logits[c] += (*v)[c];
  }
  for (float& logit : logits) logit /= static_cast<float>(present);
  return logits;
}

std::vector<float> ConcatOf(const Scores& scores, const Exit& exit,
                            std::size_t classes) {
  std::vector<float> logits;
  std::size_t bit = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    float z = 0.0F;
    for (const auto& v : scores) {
      for (std::size_t j = 0; j < classes; ++j, ++bit) {
        if (!v) continue;
        const bool plus =
            ((exit.concat_weights[bit / 8] >> (bit % 8)) & 1) != 0;
        z += plus ? (*v)[j] : -(*v)[j];
      }
    }
    logits.push_back(z * exit.concat_scale[c] + exit.concat_bias[c]);
  }
  return logits;
}

/// Of the exit's contributor `i`.
std::vector<float> ScoresOf(const Sums& sums, const Exit& exit, std::size_t i) {
  std::vector<float> v(sums.size());
  for (std::size_t c = 0; c < v.size(); ++c) {
    const std::size_t at = i * v.size() + c;
    v[c] = static_cast<float>(sums[c]) * exit.scale[at] + exit.bias[at];
  }
  return v;
}

template <typename T>
bool AllAbsent(std::span<const T* const> items) {
  return std::ranges::all_of(items, [](const T* i) { return i == nullptr; });
}

std::string Describe(const MapShape& shape) {
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) +
         "x" + std::to_string(shape.width);
}

}  // namespace

struct Network::Prepared {
  Prepared(const Bundle& bundle, Kernel which);

  NodeOutput RunView(const PreparedNode& node, const View& view) const;
  NodeOutput RunMaps(const PreparedNode& node, Maps children) const;
  /// The children, with blank maps in place of absent ones if so wanted.
  std::vector<const FeatureMap*> Complete(const PreparedNode& node,
                                          Maps children) const;

  const LayerKernel& kernel;
  bool blank;
  std::vector<PreparedNode> nodes;
  PerExit<std::optional<PreparedExit>> exits;

 private:
  FeatureMap Aggregate(const PreparedNode& node, Maps children) const;
  /// Runs the layers after the first, and the head.
  NodeOutput Finish(const PreparedNode& node, FeatureMap map) const;
};

Network::Prepared::Prepared(const Bundle& bundle, Kernel which)
    : kernel(which == Kernel::kFast ? FastKernel() : ReferenceKernel()),
      blank(bundle.absent == Absent::kBlank) {
  for (std::size_t i = 0; i < bundle.nodes.size(); ++i) {
    PreparedNode& node = nodes.emplace_back();
    node.node = &bundle.nodes[i];
    node.children = bundle.ChildrenOf(static_cast<int>(i));
    for (const int child : node.children) {
      node.child_shapes.push_back(bundle.OutputShape(child));
    }
    MapShape shape = node.children.empty()
                         ? MapShape{kViewChannels, kViewSide, kViewSide}
                         : node.child_shapes.front();
    for (const ConvP& layer : node.node->section.layers) {
      node.layers.emplace_back(layer, shape);
      shape = layer.OutputShape(shape);
    }
    if (!blank) continue;
    // Children come before their parents.
    const std::vector<const FeatureMap*> none(node.children.size(), nullptr);
    node.blank = node.node->tier == Tier::kDevice
                     ? RunView(node, View{})
                     : RunMaps(node, Complete(node, none));
  }
  for (const Exit& exit : bundle.exits) {
    exits[static_cast<std::size_t>(exit.tier)].emplace(
        PreparedExit{&exit, bundle.NodesOf(exit.tier),
                     ExitGate(exit.threshold, exit.temperature)});
  }
}

std::vector<const FeatureMap*> Network::Prepared::Complete(
    const PreparedNode& node, Maps children) const {
  std::vector<const FeatureMap*> maps(children.begin(), children.end());
  if (!blank) return maps;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const auto child = static_cast<std::size_t>(node.children[i]);
    if (maps[i] == nullptr) maps[i] = &nodes[child].blank.map;
  }
  return maps;
}

// The node's aggregator and first layer in one convolution; see InputPlane.
FeatureMap Network::Prepared::Aggregate(const PreparedNode& node,
                                        Maps children) const {
  const MapShape& shape = node.child_shapes.front();
  std::vector<InputPlane> planes;
  FeatureMap most;
  int table = 0;
  switch (node.node->aggregation) {
    case Aggregation::kMaxPool:
      most = MaxOf(children, shape);
      AddPlanes(most, 0, planes);
      break;
    case Aggregation::kAveragePool:
      table = -1;
      for (const FeatureMap* map : children) {
        if (map == nullptr) continue;
        AddPlanes(*map, 0, planes);
        ++table;
      }
      break;
    case Aggregation::kConcat:
      int channel = 0;
      for (std::size_t i = 0; i < children.size(); ++i) {
        if (children[i] != nullptr) AddPlanes(*children[i], channel, planes);
        channel += node.child_shapes[i].channels;
      }
      break;
  }
  return kernel.convolve_planes(node.layers.front(), planes, table);
}

NodeOutput Network::Prepared::Finish(const PreparedNode& node,
                                     FeatureMap map) const {
  for (std::size_t l = 1; l < node.layers.size(); ++l) {
    std::vector<InputPlane> planes;
    AddPlanes(map, 0, planes);
    map = kernel.convolve_planes(node.layers[l], planes, 0);
  }
  Sums sums = kernel.connect(node.node->section.head, map);
  return {std::move(map), std::move(sums)};
}

NodeOutput Network::Prepared::RunView(const PreparedNode& node,
                                      const View& view) const {
  return Finish(node, kernel.convolve_view(node.layers.front(), view));
}

NodeOutput Network::Prepared::RunMaps(const PreparedNode& node,
                                      Maps children) const {
  return Finish(node, Aggregate(node, children));
}

Network::Network(Bundle bundle, Kernel kernel)
    : bundle_(std::move(bundle)),
      prepared_(std::make_unique<const Prepared>(bundle_, kernel)) {}

Network::~Network() = default;

NodeOutput Network::RunDevice(int device, const View& view) const {
  assert(device >= 0 && device < bundle_.device_count());
  return prepared_->RunView(prepared_->nodes[static_cast<std::size_t>(device)],
                            view);
}

Result<NodeOutput> Network::RunNode(
    int node, std::span<const FeatureMap* const> children) const {
  const PreparedNode& prepared =
      prepared_->nodes[static_cast<std::size_t>(node)];
  const std::string& name = prepared.node->name;
  if (children.size() != prepared.children.size()) {
    return Failure{Error::kBadShape,
                   name + ": " + std::to_string(children.size()) +
                       " maps, not " +
                       std::to_string(prepared.children.size())};
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i] == nullptr) continue;
    const MapShape& shape = prepared.child_shapes[i];
    if (children[i]->shape != shape ||
        children[i]->bits.size() != shape.bytes()) {
      return Failure{Error::kBadShape, name + ": map " + std::to_string(i) +
                                           " is " +
                                           Describe(children[i]->shape) +
                                           ", not " + Describe(shape)};
    }
  }
  if (AllAbsent(children)) {
    return Failure{Error::kBadShape, name + ": every child is absent"};
  }
  return prepared_->RunMaps(prepared, prepared_->Complete(prepared, children));
}

Result<std::vector<float>> Network::ExitLogits(
    Tier tier, std::span<const Sums* const> sums) const {
  const auto& prepared = prepared_->exits[static_cast<std::size_t>(tier)];
  assert(prepared.has_value());
  const std::string name = std::string(ExitName(tier)) + " exit: ";
  const auto classes = static_cast<std::size_t>(bundle_.class_count());
  if (sums.size() != prepared->contributors.size()) {
    return Failure{Error::kBadShape,
                   name + std::to_string(sums.size()) + " contributors, not " +
                       std::to_string(prepared->contributors.size())};
  }
  if (AllAbsent(sums)) {
    return Failure{Error::kBadShape, name + "every contributor is absent"};
  }
  Scores scores(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Sums* given = sums[i];
    if (given == nullptr && prepared_->blank) {
      const auto node = static_cast<std::size_t>(prepared->contributors[i]);
      given = &prepared_->nodes[node].blank.sums;
    }
    if (given == nullptr) continue;
    if (given->size() != classes) {
      return Failure{Error::kBadShape, name + std::to_string(given->size()) +
                                           " sums, not " +
                                           std::to_string(classes)};
    }
    scores[i] = ScoresOf(*given, *prepared->exit, i);
  }
  switch (prepared->exit->aggregation) {
    case Aggregation::kMaxPool:
      return MaxOf(scores);
    case Aggregation::kAveragePool:
      return MeanOf(scores, classes);
    case Aggregation::kConcat:
      return ConcatOf(scores, *prepared->exit, classes);
  }
  return Error::kBadShape;
}

Result<Decision> Network::Decide(Tier tier,
                                 std::span<const float> logits) const {
  const auto& prepared = prepared_->exits[static_cast<std::size_t>(tier)];
  assert(prepared.has_value());
  if (logits.size() != static_cast<std::size_t>(bundle_.class_count())) {
    return Failure{Error::kBadShape,
                   std::string(ExitName(tier)) +
                       " exit: " + std::to_string(logits.size()) +
                       " logits, not " + std::to_string(bundle_.class_count())};
  }
  return prepared->gate.Decide(logits);
}

}  // namespace ddnn

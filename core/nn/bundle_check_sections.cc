#include <string>
#include <vector>

#include "core/nn/bundle_check.h"
#include "core/nn/view.h"

namespace ddnn {
namespace {

/// Follows the maps through one section.
class SectionCheck {
 public:
  /// \param children  output shapes of the node's children, in order.
  SectionCheck(const Bundle& bundle, int node, std::vector<MapShape> children)
      : bundle_(bundle),
        node_(bundle.nodes[static_cast<std::size_t>(node)]),
        name_(Describe(bundle, node)),
        children_(std::move(children)) {}

  Status Run() {
    const std::size_t layers = node_.section.layers.size();
    if (layers < 1 || layers > kMaxLayers) {
      return BundleFault(Error::kOutOfRange,
                         "{} has {} layers, allowed are 1 to {}", name_, layers,
                         kMaxLayers);
    }
    Status status = Input();
    for (std::size_t i = 0; status && i < layers; ++i) {
      status = Layer(i);
      if (status) status = Weights(i);
      if (status) status = Thresholds(i);
      if (status) map_ = node_.section.layers[i].OutputShape(map_);
    }
    return status ? Head() : status;
  }

  const MapShape& output() const { return map_; }

 private:
  Status Input();
  Status Layer(std::size_t index) const;
  Status Weights(std::size_t index) const;
  Status Thresholds(std::size_t index) const;
  Status Head() const;

  bool is_device() const { return node_.tier == Tier::kDevice; }

  const Bundle& bundle_;
  const Node& node_;
  std::string name_;
  std::vector<MapShape> children_;
  MapShape map_;  ///< what the next layer reads
};

/// What the children's maps become under the node's aggregation.
Status SectionCheck::Input() {
  if (is_device()) {
    map_ = {kViewChannels, kViewSide, kViewSide};
    return Done{};
  }
  const bool concat = node_.aggregation == Aggregation::kConcat;
  map_ = children_.front();
  int channels = 0;
  for (const MapShape& child : children_) {
    if (child.height != map_.height || child.width != map_.width ||
        (!concat && child.channels != map_.channels)) {
      return BundleFault(Error::kBadShape,
                         "{} cannot join maps of {}x{}x{} and {}x{}x{}", name_,
                         map_.channels, map_.height, map_.width, child.channels,
                         child.height, child.width);
    }
    channels += child.channels;
  }
  if (concat) map_.channels = channels;
  return Done{};
}

Status SectionCheck::Layer(std::size_t index) const {
  const ConvP& layer = node_.section.layers[index];
  if (layer.in_channels != map_.channels) {
    return BundleFault(Error::kBadShape,
                       "{}: layer {} reads {} channels, but gets {}", name_,
                       index, layer.in_channels, map_.channels);
  }
  if (layer.in_channels > kMaxChannels || layer.filters < 1 ||
      layer.filters > kMaxFilters || layer.pool_stride < 1 ||
      layer.pool_stride > 2) {
    return BundleFault(Error::kOutOfRange,
                       "{}: layer {} has {} channels (at most {}), {} filters "
                       "(1 to {}) and pool stride {} (1 or 2)",
                       name_, index, layer.in_channels, kMaxChannels,
                       layer.filters, kMaxFilters, layer.pool_stride);
  }
  if (layer.reads_pixels != (is_device() && index == 0)) {
    return BundleFault(Error::kBadShape,
                       "{}: layer {} {} pixels; a device's first layer does, "
                       "no other",
                       name_, index,
                       layer.reads_pixels ? "reads" : "does not read");
  }
  return Done{};
}

Status SectionCheck::Weights(std::size_t index) const {
  const ConvP& layer = node_.section.layers[index];
  const auto filters = static_cast<std::size_t>(layer.filters);
  const auto taps = filters * static_cast<std::size_t>(layer.in_channels) * 9;
  if (layer.weights.size() != BytesOfBits(taps) ||
      layer.at_least.size() != BytesOfBits(filters)) {
    return BundleFault(Error::kBadShape,
                       "{}: layer {} has {} bytes of weights and {} of "
                       "directions, not {} and {}",
                       name_, index, layer.weights.size(),
                       layer.at_least.size(), BytesOfBits(taps),
                       BytesOfBits(filters));
  }
  if (!PaddingIsClear(layer.weights.back(), taps) ||
      !PaddingIsClear(layer.at_least.back(), filters)) {
    return BundleFault(Error::kOutOfRange,
                       "{}: unused bits of layer {} are set", name_, index);
  }
  return Done{};
}

Status SectionCheck::Thresholds(std::size_t index) const {
  const ConvP& layer = node_.section.layers[index];
  const bool counts_maps = index == 0 && !is_device() &&
                           node_.aggregation == Aggregation::kAveragePool;
  const std::size_t tables = counts_maps ? children_.size() : 1;
  if (layer.thresholds.size() !=
      tables * static_cast<std::size_t>(layer.filters)) {
    return BundleFault(
        Error::kBadShape, "{}: layer {} has {} thresholds, not {} x {} filters",
        name_, index, layer.thresholds.size(), tables, layer.filters);
  }
  if (!layer.reads_pixels) return Done{};
  for (const std::int32_t threshold : layer.thresholds) {
    if (threshold > kMaxPixelThreshold || threshold < -kMaxPixelThreshold) {
      return BundleFault(Error::kOutOfRange,
                         "{}: layer {} has threshold {}, allowed are +-{}",
                         name_, index, threshold, kMaxPixelThreshold);
    }
  }
  return Done{};
}

Status SectionCheck::Head() const {
  const BinaryFc& head = node_.section.head;
  const int inputs = map_.channels * map_.height * map_.width;
  if (head.inputs != inputs || head.classes != bundle_.class_count()) {
    return BundleFault(Error::kBadShape,
                       "{}: its head has {} inputs and {} classes, not {} and "
                       "{}",
                       name_, head.inputs, head.classes, inputs,
                       bundle_.class_count());
  }
  if (inputs > kMaxHeadInputs) {
    return BundleFault(Error::kOutOfRange,
                       "{}: its head has {} inputs, at most {}", name_, inputs,
                       kMaxHeadInputs);
  }
  const std::size_t row = head.row_bytes();
  if (head.weights.size() != row * bundle_.classes.size()) {
    return BundleFault(Error::kBadShape,
                       "{}: its head has {} bytes of weights, not {}", name_,
                       head.weights.size(), row * bundle_.classes.size());
  }
  for (std::size_t end = row; end <= head.weights.size(); end += row) {
    if (!PaddingIsClear(head.weights[end - 1],
                        static_cast<std::size_t>(inputs))) {
      return BundleFault(Error::kOutOfRange,
                         "{}: unused bits of its head are set", name_);
    }
  }
  return Done{};
}

}  // namespace

Status CheckSections(const Bundle& bundle) {
  std::vector<MapShape> maps;  // children come before their parents
  for (int node = 0; node < static_cast<int>(bundle.nodes.size()); ++node) {
    std::vector<MapShape> children;
    for (const int child : bundle.ChildrenOf(node)) {
      children.push_back(maps[static_cast<std::size_t>(child)]);
    }
    SectionCheck section(bundle, node, std::move(children));
    if (Status s = section.Run(); !s) return s;
    maps.push_back(section.output());
  }
  return Done{};
}

}  // namespace ddnn

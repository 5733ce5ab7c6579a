#include <cmath>
#include <string_view>

#include "core/nn/bundle_check.h"

namespace ddnn {
namespace {

Status CheckShape(const Bundle& bundle, const Exit& exit) {
  const std::string_view name = ExitName(exit.tier);
  if (exit.aggregation > Aggregation::kConcat) {
    return BundleFault(Error::kOutOfRange, "{} exit: aggregation {} is unknown",
                       name, static_cast<int>(exit.aggregation));
  }
  const std::size_t contributors = bundle.NodesOf(exit.tier).size();
  const std::size_t classes = bundle.classes.size();
  const std::size_t values = contributors * classes;
  if (contributors == 0) {
    return BundleFault(Error::kBadShape, "{} exit: the tree has no such node",
                       name);
  }
  if (exit.scale.size() != values || exit.bias.size() != values) {
    return BundleFault(
        Error::kBadShape,
        "{} exit: {} scales and {} biases, not {} nodes x {} classes", name,
        exit.scale.size(), exit.bias.size(), contributors, classes);
  }
  const bool concat = exit.aggregation == Aggregation::kConcat;
  const std::size_t bits = concat ? classes * values : 0;
  const std::size_t outputs = concat ? classes : 0;
  if (exit.concat_weights.size() != BytesOfBits(bits) ||
      exit.concat_scale.size() != outputs ||
      exit.concat_bias.size() != outputs) {
    return BundleFault(
        Error::kBadShape,
        "{} exit: {} bytes of weights, {} scales and {} biases after "
        "the aggregation, not {}, {} and {}",
        name, exit.concat_weights.size(), exit.concat_scale.size(),
        exit.concat_bias.size(), BytesOfBits(bits), outputs, outputs);
  }
  if (concat && !PaddingIsClear(exit.concat_weights.back(), bits)) {
    return BundleFault(Error::kOutOfRange, "{} exit: unused bits are set",
                       name);
  }
  return Done{};
}

Status CheckValues(const Exit& exit) {
  const std::string_view name = ExitName(exit.tier);
  // Comparisons with NaN are false, so these refuse it too.
  for (const auto* values :
       {&exit.scale, &exit.bias, &exit.concat_scale, &exit.concat_bias}) {
    for (const float value : *values) {
      if (!(std::abs(value) <= kMaxExitScale)) {
        return BundleFault(Error::kOutOfRange,
                           "{} exit: scale or bias {}, allowed are +-{}", name,
                           value, kMaxExitScale);
      }
    }
  }
  if (!(exit.threshold >= 0.0F && exit.threshold <= 1.0F)) {
    return BundleFault(Error::kOutOfRange,
                       "{} exit: threshold {}, allowed are 0 to 1", name,
                       exit.threshold);
  }
  if (!(exit.temperature > 0.0F && std::isfinite(exit.temperature))) {
    return BundleFault(Error::kOutOfRange,
                       "{} exit: temperature {}, must be above 0 and finite",
                       name, exit.temperature);
  }
  return Done{};
}

}  // namespace

Status CheckExits(const Bundle& bundle) {
  const auto& exits = bundle.exits;
  if (exits.empty() || exits.back().tier != Tier::kCloud) {
    return BundleFault(Error::kBadShape,
                       "the cloud's exit must exist, as the last");
  }
  for (std::size_t i = 1; i < exits.size(); ++i) {
    if (exits[i - 1].tier >= exits[i].tier) {
      return BundleFault(Error::kBadShape,
                         "exits must be one a tier at most, in order of tiers");
    }
  }
  for (const Exit& exit : exits) {
    Status status = CheckShape(bundle, exit);
    if (status) status = CheckValues(exit);
    if (!status) return status;
  }
  if (exits.size() == 1 && bundle.NodesOf(Tier::kEdge).size() > 1) {
    return BundleFault(Error::kBadShape,
                       "several edges need an exit before the cloud's: the "
                       "edge that decides it leads the others");
  }
  return Done{};
}

}  // namespace ddnn

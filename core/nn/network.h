#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/nn/bundle.h"
#include "core/nn/exit_gate.h"
#include "core/nn/feature_map.h"
#include "core/nn/view.h"

namespace ddnn {

/// Class sums of one node's binary FC, [C]; |sum| <= inputs of the FC.
using Sums = std::vector<std::int32_t>;

/// What a node computes for one sample.
struct NodeOutput {
  FeatureMap map;
  Sums sums;
};

/// Which kernels compute the sections; both give the same bits.
enum class Kernel {
  kReference,  ///< plain loops, the definition; stays for ever
  kFast,       ///< Highway SIMD, the best target of this CPU
};

/// A bundle that is ready to run: weights laid out for the kernels.
///
/// Pure functions of their arguments; every result is equal on every CPU
/// (probabilities and eta: on one machine).
/// Thread-safety: immutable after construction; share one network freely.
class Network {
 public:
  /// \param bundle  checked (CheckBundle), e.g. read by ReadBundle().
  explicit Network(Bundle bundle, Kernel kernel = Kernel::kFast);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const Bundle& bundle() const { return bundle_; }

  /// Runs device `device`'s section on a view. Cost: see bench/.
  /// Precondition: 0 <= device < bundle().device_count().
  NodeOutput RunDevice(int device, const View& view) const;

  /// Aggregates the children's maps and runs an edge or cloud section.
  ///
  /// \param node      index of an edge or cloud node.
  /// \param children  one map per child in ChildrenOf(node) order; nullptr =
  ///     absent or missing (masked or blank, as the bundle says). Borrowed.
  /// \return kBadShape if the count or a map's shape does not fit the node, or
  ///     if every child is absent.
  Result<NodeOutput> RunNode(int node,
                             std::span<const FeatureMap* const> children) const;

  /// Class scores of an exit.
  ///
  /// \param tier  a tier that has an exit.
  /// \param sums  one entry per contributor (NodesOf(tier) order); nullptr =
  ///     absent or missing. Borrowed.
  /// \return logits [C]; kBadShape if counts do not fit or all are absent.
  Result<std::vector<float>> ExitLogits(
      Tier tier, std::span<const Sums* const> sums) const;

  /// The confidence test of a tier's exit, with the bundle's T and temperature.
  Result<Decision> Decide(Tier tier, std::span<const float> logits) const;

 private:
  struct Prepared;
  Bundle bundle_;
  std::unique_ptr<const Prepared> prepared_;
};

}  // namespace ddnn

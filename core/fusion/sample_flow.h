#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/fusion/associator.h"
#include "core/fusion/device_set.h"
#include "core/fusion/edge_split.h"
#include "core/nn/network.h"
#include "core/nn/sample.h"

namespace ddnn {

/// One sample on its way through the exits of the aggregating tier: what came
/// of it so far, and what the network says about that.
///
/// The coordinator decides when each step is taken. The order of calls is
/// TakeLocalExit, Await, OfferMap / OfferSums / AwaitOnly, CloseMaps, then as
/// far as needed TakeEdgeExit, AwaitEdgeMaps, OfferEdgeMap, CloseEdgeMaps,
/// MakeAsk, TakeCloudAnswer, and Answer. Of a sample whose devices offload
/// there are but MakeAsk, TakeCloudAnswer and Answer. Thread-safety: none.
class SampleFlow {
 public:
  /// \param network, split  borrowed; outlive the flow.
  /// \param silent  devices that did not speak for the tick.
  /// \param offload  kNone: the sample has sums; else pixels, encoded so.
  SampleFlow(const Network& network, const EdgeSplit& split, SampleId id,
             AssociatedSample sample, DeviceSet silent,
             Offload offload = Offload::kNone);

  const SampleId& id() const { return id_; }
  bool offloads() const { return offload_ != Offload::kNone; }
  /// Bytes of encoded views that came for the sample.
  std::size_t pixel_bytes() const {
    return offloads() ? static_cast<std::size_t>(content_bytes_) : 0;
  }

  /// When the sample came how far, for its answer: the coordinator's to fill.
  SampleTimes& times() { return times_; }

  /// \param at_ms  of the exits' decisions, for the path; here and below.
  /// \return true if the sample leaves here; false too if the bundle has no
  ///     local exit.
  bool TakeLocalExit(double at_ms);

  /// From now on these are awaited: the maps of the devices that saw the
  /// sample, but of those below a remote edge that edge's sums instead.
  void Await(const DeviceSet& alive, const EdgeSet& edges_alive);
  /// Something is awaited: maps and sums, or after AwaitEdgeMaps() edge maps.
  bool awaits() const { return awaited_.any() || awaited_edges_.any(); }
  /// \return false if this device's map is not awaited.
  bool OfferMap(int device, FeatureMap map);
  /// \param sources  devices whose maps the sums come from.
  /// \return false if this remote edge's sums are not awaited.
  bool OfferSums(std::size_t edge, Sums sums, const DeviceSet& sources);
  /// Gives up on the maps of devices that are not alive, and on the sums of
  /// edges that no device alive saw the sample below.
  void AwaitOnly(const DeviceSet& alive);
  void GiveUpOnEdge(std::size_t edge) { awaited_edges_.reset(edge); }

  /// No map and no sums are taken any more; runs the edge sections of ours.
  /// \return false if nothing came at all, so that no exit can be reached.
  bool CloseMaps();

  /// \return true if the sample leaves here; false too without an edge exit.
  bool TakeEdgeExit(double at_ms);

  /// From now on the maps of those remote edges are awaited that sent sums.
  void AwaitEdgeMaps(const EdgeSet& edges_alive);
  /// \return false if this remote edge's map is not awaited.
  bool OfferEdgeMap(std::size_t edge, FeatureMap map);
  /// \return false if there is no map for the cloud at all.
  bool CloseEdgeMaps();

  /// What the cloud needs: the maps of the root's children, or the views.
  CloudAsk MakeAsk() const;

  /// \return Done: Answer() gives the cloud's class; kBadShape or
  ///     kNotADistribution if the logits are no answer: nothing has changed.
  Status TakeCloudAnswer(const std::vector<float>& logits, double at_ms);

  /// The class of the deepest exit reached.
  /// \param fallback  a deeper tier was silent.
  /// \return nothing if no exit was reached. Latency is the caller's to fill.
  std::optional<SampleResult> Answer(bool fallback) const;

 private:
  /// What came of one edge.
  struct EdgePart {
    std::optional<Sums> sums;
    DeviceSet sources;  // devices whose maps they come from
  };
  struct Reached {
    Tier tier;
    Decision decision;
    std::vector<float> logits;
    DeviceSet used;  // devices that the class comes from
  };

  std::optional<FeatureMap>& MapOf(int node) {
    return maps_[static_cast<std::size_t>(node)];
  }
  void RunEdge(std::size_t edge);
  /// Adds an exit to the path. \return false if the logits are no answer.
  Status Reach(Tier tier, std::vector<float> logits, double at_ms);

  const Network& network_;
  const EdgeSplit& split_;
  SampleId id_;
  std::vector<Sums> sums_;  // by device; empty = absent or silent
  Offload offload_;
  std::vector<EncodedView> pixels_;  // by device; empty = absent or silent
  DeviceSet seen_;                   // devices with sums or pixels
  DeviceSet silent_;                 // devices that did not speak
  DeviceSet awaited_;                // devices whose map is still to come
  EdgeSet awaited_edges_;  // remote edges: sums, then maps, still to come
  DeviceSet used_;         // devices that the next exit's class comes from
  std::vector<EdgePart> edges_;
  std::vector<std::optional<FeatureMap>> maps_;  // by node
  std::vector<ExitStep> path_;
  std::optional<Reached> deepest_;
  int content_bytes_ = 0;
  SampleTimes times_;
};

}  // namespace ddnn

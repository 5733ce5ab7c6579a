#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/fusion/associator.h"
#include "core/fusion/device_set.h"
#include "core/nn/network.h"
#include "core/nn/sample.h"

namespace ddnn {

/// One sample on its way through the exits of the aggregating tier: what came
/// of it so far, and what the network says about that.
///
/// The coordinator decides when each step is taken. The order of calls is
/// TakeLocalExit, AwaitMaps, OfferMap / GiveUpOn, CloseMaps, then TakeEdgeExit,
/// MakeAsk, TakeCloudAnswer as far as needed, and Answer. Of a sample whose
/// devices offload there are but MakeAsk, TakeCloudAnswer and Answer.
/// Thread-safety: none.
class SampleFlow {
 public:
  /// \param network  borrowed; outlives the flow.
  /// \param silent   devices that did not speak for the tick.
  /// \param offload  kNone: the sample has sums; else pixels, encoded so.
  SampleFlow(const Network& network, SampleId id, AssociatedSample sample,
             DeviceSet silent, Offload offload = Offload::kNone);

  const SampleId& id() const { return id_; }
  bool offloads() const { return offload_ != Offload::kNone; }
  /// Bytes of encoded views that came for the sample.
  std::size_t pixel_bytes() const {
    return offloads() ? static_cast<std::size_t>(content_bytes_) : 0;
  }

  /// \return true if the sample leaves here; false too if the bundle has no
  ///     local exit.
  bool TakeLocalExit();

  /// From now on the maps of those devices are awaited that saw the sample.
  void AwaitMaps(const DeviceSet& alive) { awaited_ = seen_ & alive; }
  bool awaits_maps() const { return awaited_.any(); }
  /// \return false if this device's map is not awaited.
  bool OfferMap(int device, FeatureMap map);
  void GiveUpOn(int device) {
    awaited_.reset(static_cast<std::size_t>(device));
  }
  /// No map is taken any more; contributors without one count as missing.
  /// \return false if there is no map at all, so that no section can run.
  bool CloseMaps();

  /// Runs the edge section, if the bundle has an edge.
  /// \return true if the sample leaves here; false too without an edge exit.
  bool TakeEdgeExit();

  /// What the cloud needs: the maps of the root's children, or the views. Call
  /// once; they are moved out.
  CloudAsk MakeAsk();

  /// \return Done: Answer() gives the cloud's class; kBadShape or
  ///     kNotADistribution if the logits are no answer: nothing has changed.
  Status TakeCloudAnswer(const std::vector<float>& logits);

  /// The class of the deepest exit reached.
  /// \param fallback  a deeper tier was silent.
  /// \return nothing if no exit was reached. Latency is the caller's to fill.
  std::optional<SampleResult> Answer(bool fallback) const;

 private:
  struct Reached {
    Tier tier;
    Decision decision;
    std::vector<float> logits;
  };

  /// Adds an exit to the path. \return false if the logits are no answer.
  Status Reach(Tier tier, std::vector<float> logits);

  const Network& network_;
  SampleId id_;
  std::vector<Sums> sums_;  // by device; empty = absent or silent
  Offload offload_;
  std::vector<EncodedView> pixels_;  // by device; empty = absent or silent
  DeviceSet seen_;                   // devices with sums or pixels
  DeviceSet silent_;                 // devices that did not speak
  DeviceSet awaited_;                // devices whose map is still to come
  DeviceSet mapless_;                // contributors whose map did not come
  std::vector<std::optional<FeatureMap>> maps_;  // by node
  std::vector<ExitStep> path_;
  std::optional<Reached> deepest_;
  int content_bytes_ = 0;
};

}  // namespace ddnn

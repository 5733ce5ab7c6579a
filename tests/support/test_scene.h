#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "core/nn/network.h"
#include "core/nn/sample.h"
#include "tests/support/test_bundle.h"

namespace ddnn {

/// Six cameras' random views of anything, and what a group's devices compute
/// for them: the same on each call.
class TestScene {
 public:
  explicit TestScene(const TestBundleOptions& bundle = {})
      : network_(std::make_shared<Network>(MakeTestBundle(bundle))) {}

  const Network& network() const { return *network_; }
  const std::shared_ptr<const Network>& shared_network() const {
    return network_;
  }
  int devices() const { return network_->bundle().device_count(); }

  const NodeOutput& Output(int device, SampleId id) {
    const auto key = std::pair(device, id);
    const auto known = outputs_.find(key);
    if (known != outputs_.end()) return known->second;
    std::mt19937 random(id.tick * 7919U + id.object * 131U +
                        static_cast<unsigned>(device));
    View view;
    for (auto& pixel : view) pixel = static_cast<std::uint8_t>(random());
    return outputs_.emplace(key, network_->RunDevice(device, view))
        .first->second;
  }

  TickScores Scores(int device, Tick tick,
                    const std::vector<ObjectNumber>& objects) {
    TickScores scores{tick, {}};
    for (const ObjectNumber object : objects) {
      scores.views.push_back({object, Output(device, {tick, object}).sums});
    }
    return scores;
  }

  /// Sums as an exit wants them; a device that is not in `seen` is absent.
  std::vector<const Sums*> SumsOf(SampleId id, const std::vector<int>& seen) {
    std::vector<const Sums*> sums(static_cast<std::size_t>(devices()), nullptr);
    for (const int i : seen) {
      sums[static_cast<std::size_t>(i)] = &Output(i, id).sums;
    }
    return sums;
  }
  std::vector<const FeatureMap*> MapsOf(SampleId id,
                                        const std::vector<int>& seen) {
    std::vector<const FeatureMap*> maps(static_cast<std::size_t>(devices()),
                                        nullptr);
    for (const int i : seen) {
      maps[static_cast<std::size_t>(i)] = &Output(i, id).map;
    }
    return maps;
  }
  std::vector<float> LocalLogits(SampleId id, const std::vector<int>& seen) {
    return network_->ExitLogits(Tier::kDevice, SumsOf(id, seen)).value();
  }

 private:
  std::shared_ptr<const Network> network_;
  std::map<std::pair<int, SampleId>, NodeOutput> outputs_;
};

inline const std::vector<int> kAllSix{0, 1, 2, 3, 4, 5};

/// Every sample leaves at the local exit.
inline TestBundleOptions Sure() {
  TestBundleOptions options;
  options.threshold = 1.0F;
  return options;
}
/// No sample leaves before the cloud.
inline TestBundleOptions Unsure() {
  TestBundleOptions options;
  options.threshold = 0.0F;
  return options;
}
/// Hierarchy e.
inline TestBundleOptions WithEdge(TestBundleOptions options) {
  options.edges = 1;
  return options;
}

}  // namespace ddnn

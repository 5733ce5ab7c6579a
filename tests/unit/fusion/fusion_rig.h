#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "core/fusion/coordinator.h"
#include "tests/support/test_bundle.h"

namespace ddnn {

/// A group in memory: random views, the devices' answers to them, and a
/// coordinator under test. Instants are milliseconds since Start().
class FusionRig {
 public:
  explicit FusionRig(const TestBundleOptions& bundle = {},
                     CoordinatorOptions options = {})
      : network_(std::make_shared<Network>(MakeTestBundle(bundle))),
        coordinator_(network_, options) {}

  static Instant Start() { return Instant(std::chrono::hours(480000)); }
  static Instant At(int ms) { return Start() + milliseconds(ms); }

  Coordinator& coordinator() { return coordinator_; }
  const Network& network() const { return *network_; }
  int devices() const { return network_->bundle().device_count(); }

  void AllAlive() {
    for (int i = 0; i < devices(); ++i) {
      coordinator_.SetAlive(i, true, Start());
    }
  }

  /// What `device` computes for a sample; the same on each call.
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
  Status Speak(int device, Tick tick, const std::vector<ObjectNumber>& objects,
               int ms = 0) {
    return coordinator_.OnScores(device, Scores(device, tick, objects), At(ms));
  }
  /// All devices see the same objects.
  void AllSpeak(Tick tick, const std::vector<ObjectNumber>& objects,
                int ms = 0) {
    for (int i = 0; i < devices(); ++i) {
      std::ignore = Speak(i, tick, objects, ms);
    }
  }
  Status SendMap(int device, SampleId id, int ms = 0) {
    return coordinator_.OnMap(device, {id, Output(device, id).map}, At(ms));
  }
  void AllSendMap(SampleId id, int ms = 0) {
    for (int i = 0; i < devices(); ++i) std::ignore = SendMap(i, id, ms);
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
  Coordinator coordinator_;
  std::map<std::pair<int, SampleId>, NodeOutput> outputs_;
};

/// The actions of one kind, in order.
template <typename T>
std::vector<T> Only(const std::vector<Action>& actions) {
  std::vector<T> found;
  for (const Action& action : actions) {
    if (const T* item = std::get_if<T>(&action)) found.push_back(*item);
  }
  return found;
}

inline std::vector<SampleResult> Results(const std::vector<Action>& actions) {
  std::vector<SampleResult> results;
  for (const auto& item : Only<PublishResult>(actions)) {
    results.push_back(item.result);
  }
  return results;
}

inline std::vector<SampleLoss> Losses(const std::vector<Action>& actions) {
  std::vector<SampleLoss> losses;
  for (const auto& item : Only<PublishLoss>(actions)) {
    losses.push_back(item.loss);
  }
  return losses;
}

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

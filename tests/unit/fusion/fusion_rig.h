#pragma once

#include <tuple>
#include <vector>

#include "core/fusion/coordinator.h"
#include "tests/support/test_scene.h"

namespace ddnn {

/// A group in memory: a scene, and a coordinator under test. Instants are
/// milliseconds since Start().
class FusionRig : public TestScene {
 public:
  explicit FusionRig(const TestBundleOptions& bundle = {},
                     CoordinatorOptions options = {})
      : TestScene(bundle), coordinator_(shared_network(), options) {}

  static Instant Start() { return Instant(std::chrono::hours(480000)); }
  static Instant At(int ms) { return Start() + milliseconds(ms); }

  Coordinator& coordinator() { return coordinator_; }

  void AllAlive() {
    for (int i = 0; i < devices(); ++i) {
      coordinator_.SetAlive(i, true, Start());
    }
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

 private:
  Coordinator coordinator_;
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

}  // namespace ddnn

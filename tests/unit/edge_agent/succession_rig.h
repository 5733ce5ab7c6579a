#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/unit/edge_agent/edge_rig.h"

namespace ddnn {

constexpr double kTicksPerSecond = 25;

inline EdgeConfig Paced(bool standby = false) {
  EdgeConfig config = TestEdgeConfig();
  config.ticks_per_s = kTicksPerSecond;
  config.standby = standby;
  return config;
}

/// A rig whose broker has kept what a former edge left: a schedule that began
/// at 0, with its first `decided` ticks decided.
class SuccessionTest : public testing::Test {
 protected:
  static constexpr Tick kFirst = 1000;

  static void LeaveConfig(EdgeRig* rig, const TickSchedule& schedule,
                          std::uint32_t term) {
    const Bundle& bundle = rig->scene.network().bundle();
    Retain(rig, rig->group.Config(),
           EncodeGroupConfig({bundle.tag, bundle.device_count(), bundle.classes,
                              schedule, term}));
  }
  static void Leave(const Codec& codec, EdgeRig* rig, Tick decided,
                    const Lease& lease = {"edge1", 3, 9}) {
    LeaveConfig(rig, {EdgeRig::At(0), kTicksPerSecond, kFirst}, lease.term);
    Retain(rig, rig->group.Decided(), codec.Encode(Decided{decided}));
    Retain(rig, rig->group.Lease(), EncodeLease(lease));
  }
  static void Retain(EdgeRig* rig, const std::string& topic,
                     std::string payload) {
    rig->broker.Inject(
        {.topic = topic, .payload = std::move(payload), .retain = true});
  }
  static std::vector<TicksUnheard> Unheard(const EdgeRig& rig) {
    std::vector<TicksUnheard> found;
    for (const auto& message : rig.On(rig.group.Lost())) {
      const auto loss = DecodeLossJson(message.payload).value();
      if (const auto* ticks = std::get_if<TicksUnheard>(&loss)) {
        found.push_back(*ticks);
      }
    }
    return found;
  }
  static GroupConfig ConfigOf(const EdgeRig& rig) {
    return DecodeGroupConfig(rig.Newest(rig.group.Config()).payload).value();
  }
};

}  // namespace ddnn

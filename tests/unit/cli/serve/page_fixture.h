#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/serve/page_json.h"
#include "cli/serve/page_state.h"
#include "core/bus/topics.h"
#include "core/nn/network.h"
#include "core/offload/encoded_view.h"
#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "tests/support/test_bundle.h"
#include "tests/unit/cli/cli_fixture.h"

namespace ddnn {

/// The page of group yard/gate, whose two devices run `network_`; the test
/// speaks for everybody on the bus.
class PageFixture : public ::testing::Test {
 protected:
  static constexpr Instant kStart{std::chrono::seconds(1'800'000'000)};

  BusMessage ConfigMessage() const {
    GroupConfig config;
    config.bundle_tag = network_.bundle().tag;
    config.devices = 2;
    config.classes = network_.bundle().classes;
    return {topics_.Config(), EncodeGroupConfig(config), true};
  }
  void HearConfig(PageState& state) { state.OnMessage(ConfigMessage(), now_); }
  void HearResult(PageState& state, const SampleResult& result) {
    state.OnMessage(
        {topics_.Result(),
         EncodeResultJson(result, "gate", network_.bundle().classes), false},
        now_);
  }
  AgentState DeviceState(int device, bool online = true) const {
    AgentState state;
    state.online = online;
    state.tier = "device";
    state.group = "gate";
    state.device = device;
    return state;
  }
  void HearState(PageState& state, const std::string& agent,
                 const AgentState& its, bool retained = false) {
    state.OnMessage(
        {AgentTopics("yard", agent).State(), EncodeAgentState(its), retained},
        now_);
  }
  /// Devices cam-0 and cam-1 are there, and the group has begun.
  void HearGroup(PageState& state) {
    HearConfig(state);
    HearState(state, "cam-0", DeviceState(0), true);
    HearState(state, "cam-1", DeviceState(1), true);
  }
  std::string Scores(Tick tick,
                     const std::vector<ObjectNumber>& objects) const {
    ScoreMessage message;
    message.ticks.push_back({tick, {}});
    for (const ObjectNumber object : objects) {
      message.ticks.back().views.push_back({object, {40, -40}});
    }
    return codec_.Encode(message);
  }
  nlohmann::json Json(const PageState& state,
                      const std::string& group = "yard/gate") const {
    return nlohmann::json::parse(PageJson(state, group, {}, now_));
  }
  static std::string Picture() {
    return EncodeView(View{}, Offload::kJpeg, 90);
  }

  const Network network_{TinyBundle()};
  const Codec codec_{network_.bundle()};
  const GroupTopics topics_{"yard", "gate"};
  Instant now_ = kStart;
};

}  // namespace ddnn

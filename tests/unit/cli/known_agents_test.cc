#include "cli/known_agents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

AgentState Device(int device, bool online, std::uint32_t boot = 1) {
  AgentState state{.online = online, .tier = "device", .group = "gate"};
  state.device = device;
  state.boot = boot;
  return state;
}

TEST(KnownAgentsTest, WhoIsThereStandsForADeviceThenWhoStartedLast) {
  KnownAgents agents;
  agents.Add("yard", "a", Device(0, /*online=*/false, 3));
  agents.Add("yard", "b", Device(0, /*online=*/false, 7));
  agents.Add("yard", "c", Device(0, /*online=*/false, 5));
  agents.Add("door", "d", Device(0, /*online=*/true, 9));
  EXPECT_THAT(agents.DevicesOf("yard", "gate"), ElementsAre(Pair(0, "b")));
  agents.Add("yard", "a", Device(0, /*online=*/true, 3));
  EXPECT_THAT(agents.DevicesOf("yard", "gate"), ElementsAre(Pair(0, "a")));
  agents.Add("yard", "a", Device(0, /*online=*/false, 3));
  EXPECT_THAT(agents.DevicesOf("yard", "gate"), ElementsAre(Pair(0, "b")));
}

TEST(KnownAgentsTest, RemovedAgentsAreForgotten) {
  KnownAgents agents;
  agents.Add("yard", "a", Device(0, /*online=*/true));
  EXPECT_EQ(agents.GroupOf("yard", "a"), "gate");
  agents.Add("yard", "a", AgentState{});
  EXPECT_EQ(agents.GroupOf("yard", "a"), "");
  EXPECT_THAT(agents.DevicesOf("yard", "gate"), IsEmpty());
}

TEST(KnownAgentsTest, AgentsBeyondTheMostAreNotKnown) {
  KnownAgents agents;
  for (std::size_t i = 0; i < KnownAgents::kMost; ++i) {
    agents.Add("yard", std::to_string(i), Device(0, /*online=*/false));
  }
  agents.Add("yard", "more", Device(1, /*online=*/true));
  EXPECT_EQ(agents.GroupOf("yard", "more"), "");
  agents.Add("yard", "0", Device(2, /*online=*/true));
  EXPECT_EQ(agents.DevicesOf("yard", "gate").at(2), "0");
}

}  // namespace
}  // namespace ddnn

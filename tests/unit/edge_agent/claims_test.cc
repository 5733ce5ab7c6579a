#include "edge_agent/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_bundle.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ClaimsTest : public testing::Test {
 protected:
  AgentState Device(int device, std::uint32_t boot = 100) const {
    return {.online = true,
            .tier = "device",
            .group = "yard",
            .device = device,
            .boot = boot,
            .bundle_tag = bundle_.tag};
  }
  AgentState Offline(int device, std::uint32_t boot = 100) const {
    AgentState state = Device(device, boot);
    state.online = false;
    return state;
  }

  Bundle bundle_ = MakeTestBundle();
  Tree tree_ = Tree::Of(bundle_);
  Claims claims_{"yard", bundle_, tree_, "edge"};
};

TEST_F(ClaimsTest, DeviceComesAndGoes) {
  EXPECT_EQ(claims_.OnState("cam-a", Device(2)).came, 2);
  EXPECT_EQ(claims_.NodeOf("cam-a"), 2);
  EXPECT_TRUE(claims_.Sees(2));
  EXPECT_EQ(claims_.OnState("cam-a", Offline(2)).gone, 2);
  EXPECT_EQ(claims_.NodeOf("cam-a"), std::nullopt);
  EXPECT_FALSE(claims_.Sees(2));
}

TEST_F(ClaimsTest, CompleteWithAllDevices) {
  for (int i = 0; i < 6; ++i) {
    EXPECT_FALSE(claims_.complete());
    claims_.OnState("cam" + std::to_string(i), Device(i));
  }
  EXPECT_TRUE(claims_.complete());
}

TEST_F(ClaimsTest, RepeatedStateChangesNothing) {
  claims_.OnState("cam-a", Device(2));
  const auto change = claims_.OnState("cam-a", Device(2));
  EXPECT_FALSE(change.came || change.gone || change.leave);
}

TEST_F(ClaimsTest, DeviceWhoseCameraFallsOutKeepsItsClaim) {
  claims_.OnState("cam-a", Device(2));
  EXPECT_TRUE(claims_.Sees(2));
  AgentState blind = Device(2);
  blind.camera_up = false;
  const auto change = claims_.OnState("cam-a", blind);
  EXPECT_EQ(change.camera, 2);
  EXPECT_FALSE(change.came || change.gone || change.leave);
  EXPECT_EQ(claims_.NodeOf("cam-a"), 2);
  EXPECT_FALSE(claims_.Sees(2));
  EXPECT_FALSE(claims_.OnState("cam-a", blind).camera);
  EXPECT_EQ(claims_.OnState("cam-a", Device(2)).camera, 2);
  EXPECT_TRUE(claims_.Sees(2));
}

TEST_F(ClaimsTest, DeviceMayComeWithItsCameraDown) {
  AgentState blind = Device(2);
  blind.camera_up = false;
  const auto change = claims_.OnState("cam-a", blind);
  EXPECT_EQ(change.came, 2);
  EXPECT_EQ(change.camera, std::nullopt);
  EXPECT_EQ(claims_.NodeOf("cam-a"), 2);
  EXPECT_FALSE(claims_.Sees(2));
}

TEST_F(ClaimsTest, LateWillOfAnOldSessionIsIgnored) {
  claims_.OnState("cam-a", Device(2, 101));
  EXPECT_EQ(claims_.OnState("cam-a", Offline(2, 100)).gone, std::nullopt);
  EXPECT_EQ(claims_.NodeOf("cam-a"), 2);
}

TEST_F(ClaimsTest, NewBootIsAnotherLife) {
  claims_.OnState("cam-a", Device(2, 100));
  const auto change = claims_.OnState("cam-a", Device(2, 101));
  EXPECT_EQ(change.gone, 2);
  EXPECT_EQ(change.came, 2);
}

TEST_F(ClaimsTest, BirthOfALowerBootIsANewLifeToo) {
  claims_.OnState("cam-a", Device(2, 100));
  const auto change = claims_.OnState("cam-a", Device(2, 7));
  EXPECT_EQ(change.gone, 2);
  EXPECT_EQ(change.came, 2);
  EXPECT_EQ(claims_.OnState("cam-a", Offline(2, 7)).gone, 2);
}

TEST_F(ClaimsTest, SecondAgentIsToldWhoIsFirst) {
  claims_.OnState("cam-a", Device(2));
  const auto change = claims_.OnState("cam-b", Device(2));
  ASSERT_TRUE(change.leave.has_value());
  EXPECT_EQ(change.leave->error, Error::kRefused);
  EXPECT_THAT(change.leave->reason, HasSubstr("agent cam-a"));
  EXPECT_EQ(claims_.NodeOf("cam-a"), 2);
  EXPECT_EQ(claims_.NodeOf("cam-b"), std::nullopt);
  // Its leaving does not concern the first.
  EXPECT_EQ(claims_.OnState("cam-b", Offline(2)).gone, std::nullopt);
}

TEST_F(ClaimsTest, DeviceOutOfRangeIsRefused) {
  for (const int device : {-1, 6, 1 << 30}) {
    const auto change = claims_.OnState("cam-a", Device(device));
    ASSERT_TRUE(change.leave.has_value());
    EXPECT_EQ(change.leave->error, Error::kUnknownDevice);
    EXPECT_THAT(change.leave->reason, HasSubstr("0 to 5"));
  }
}

TEST_F(ClaimsTest, OtherBundleIsRefused) {
  AgentState state = Device(2);
  ++state.bundle_tag;
  const auto change = claims_.OnState("cam-a", state);
  ASSERT_TRUE(change.leave.has_value());
  EXPECT_EQ(change.leave->error, Error::kWrongBundle);
}

TEST_F(ClaimsTest, RestartWithAnotherBundleEndsTheClaim) {
  claims_.OnState("cam-a", Device(2, 100));
  AgentState state = Device(2, 101);
  ++state.bundle_tag;
  const auto change = claims_.OnState("cam-a", state);
  EXPECT_EQ(change.gone, 2);
  EXPECT_TRUE(change.leave.has_value());
}

TEST_F(ClaimsTest, OtherGroupsAndTiersAreNotOurs) {
  AgentState other_group = Device(2);
  other_group.group = "gate";
  AgentState edge = Device(2);
  edge.tier = "edge";
  for (const AgentState& state : {other_group, edge}) {
    const auto change = claims_.OnState("cam-a", state);
    EXPECT_FALSE(change.came || change.gone || change.leave);
  }
}

/// Two edges, of which the first is the lead.
class EdgeClaimsTest : public testing::Test {
 protected:
  AgentState Edge(const std::string& place, std::uint32_t boot = 100) const {
    return {.online = true,
            .tier = "edge",
            .group = "yard",
            .boot = boot,
            .bundle_tag = bundle_.tag,
            .place = place};
  }

  Bundle bundle_ = MakeTestBundle({.edges = 2});
  Tree tree_ = Tree::Of(bundle_);
  Claims claims_{"yard", bundle_, tree_, "edge0"};
};

TEST_F(EdgeClaimsTest, BranchClaimsItsNode) {
  EXPECT_EQ(claims_.expected(), 7);
  EXPECT_EQ(claims_.OnState("east", Edge("edge1")).came, 7);
  EXPECT_EQ(claims_.NodeOf("east"), 7);
  EXPECT_TRUE(claims_.Sees(7));
  AgentState gone = Edge("edge1");
  gone.online = false;
  EXPECT_EQ(claims_.OnState("east", gone).gone, 7);
}

TEST_F(EdgeClaimsTest, OwnUnknownAndOtherTiersPlacesAreNoClaims) {
  for (const char* place : {"edge0", "", "attic", "device0", "cloud"}) {
    const auto change = claims_.OnState("east", Edge(place));
    EXPECT_FALSE(change.came || change.leave) << place;
  }
}

TEST_F(EdgeClaimsTest, SecondAgentOfAPlaceIsToldWhoIsFirst) {
  claims_.OnState("east", Edge("edge1"));
  const auto change = claims_.OnState("west", Edge("edge1"));
  ASSERT_TRUE(change.leave.has_value());
  EXPECT_EQ(change.leave->error, Error::kRefused);
  EXPECT_THAT(change.leave->reason, HasSubstr("agent east"));
  EXPECT_EQ(claims_.NodeOf("west"), std::nullopt);
}

TEST_F(EdgeClaimsTest, BranchOfAnotherBundleIsRefused) {
  AgentState state = Edge("edge1");
  ++state.bundle_tag;
  const auto change = claims_.OnState("east", state);
  ASSERT_TRUE(change.leave.has_value());
  EXPECT_EQ(change.leave->error, Error::kWrongBundle);
}

TEST_F(ClaimsTest, DeletedStateEndsTheClaim) {
  claims_.OnState("cam-a", Device(2));
  EXPECT_EQ(claims_.OnStateDeleted("cam-a").gone, 2);
  EXPECT_EQ(claims_.OnStateDeleted("cam-a").gone, std::nullopt);
}

TEST_F(ClaimsTest, LastHolderOfANodeIsRemembered) {
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), std::nullopt);
  claims_.OnState("cam-a", Device(2));
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), 2);
  claims_.OnState("cam-a", Offline(2));
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), 2);
  claims_.OnState("cam-b", Device(2));
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), 2);
  EXPECT_EQ(claims_.LastNodeOf("cam-b"), 2);
  claims_.OnStateDeleted("cam-b");
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), std::nullopt);
  EXPECT_EQ(claims_.LastNodeOf("cam-b"), 2);
  EXPECT_EQ(claims_.LastNodeOf(""), std::nullopt);
}

TEST_F(ClaimsTest, AgentThatMovedIsRememberedWhereItWasLast) {
  for (const int device : {4, 1}) {
    claims_.OnState("cam-a", Device(device));
    claims_.OnState("cam-a", Offline(device));
  }
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), 1);
  claims_.OnState("cam-a", Device(3));
  EXPECT_EQ(claims_.LastNodeOf("cam-a"), 3);
}

TEST_F(ClaimsTest, UnconfirmedClaimsEnd) {
  claims_.OnState("cam-a", Device(2));
  claims_.OnState("cam-b", Device(3));
  claims_.DoubtAll();
  claims_.OnState("cam-a", Device(2));
  EXPECT_THAT(claims_.DropDoubted(), ElementsAre(3));
  EXPECT_EQ(claims_.count(), 1);
}

}  // namespace
}  // namespace ddnn

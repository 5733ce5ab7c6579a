#include "edge_agent/lease_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

namespace ddnn {
namespace {

using Role = LeaseKeeper::Role;

Instant At(int ms) {
  return Instant(std::chrono::hours(480000)) + milliseconds(ms);
}

/// The retained topic, and who hears it at once.
class Site {
 public:
  void Join(LeaseKeeper* keeper, int ms) {
    members_.push_back(keeper);
    keeper->OnConnected(At(ms));
    if (retained_) std::ignore = keeper->OnLease(*retained_, At(ms));
    keeper->OnAllHeard(At(ms));
  }
  void Leave(LeaseKeeper* keeper, const std::string& agent) {
    std::erase(members_, keeper);
    keeper->OnDisconnected();
    for (LeaseKeeper* member : members_) member->OnAgentGone(agent);
  }
  /// Time passes up to `ms` in steps of 100 ms, messages come at once.
  void Run(int from_ms, int ms) {
    for (int t = from_ms; t <= ms; t += 100) {
      for (LeaseKeeper* member : members_) member->OnTime(At(t));
      Deliver(t);
    }
  }
  void Deliver(int ms) {
    for (std::size_t i = 0; i < members_.size(); ++i) {
      while (const auto message = members_[i]->TakeMessage()) {
        retained_ = message;
        for (LeaseKeeper* member : members_) {
          std::ignore = member->OnLease(*message, At(ms));
        }
      }
    }
  }
  std::optional<Lease>& retained() { return retained_; }

 private:
  std::vector<LeaseKeeper*> members_;
  std::optional<Lease> retained_;
};

class LeaseKeeperTest : public testing::Test {
 protected:
  Site site_;
  LeaseKeeper edge_{"edge-a", /*standby=*/false};
  LeaseKeeper standby_{"edge-b", /*standby=*/true};
};

TEST_F(LeaseKeeperTest, AnEdgeLeadsAFreeGroupAtOnce) {
  site_.Join(&edge_, 0);
  edge_.OnTime(At(0));
  EXPECT_EQ(edge_.role(), Role::kClaims);
  EXPECT_FALSE(edge_.Valid(At(0)));
  site_.Deliver(1);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_TRUE(edge_.Valid(At(2)));
  EXPECT_EQ(edge_.term(), 1U);
}

TEST_F(LeaseKeeperTest, NothingIsClaimedBeforeAllThatIsRetainedWasHeard) {
  edge_.OnConnected(At(0));
  edge_.OnTime(At(5000));
  EXPECT_EQ(edge_.role(), Role::kFollows);
}

TEST_F(LeaseKeeperTest, ALeaseThatIsRenewedStaysValid) {
  site_.Join(&edge_, 0);
  site_.Run(0, 20'000);
  EXPECT_TRUE(edge_.Valid(At(20'000)));
  EXPECT_EQ(edge_.term(), 1U);
}

TEST_F(LeaseKeeperTest, ALeaseWhoseRenewalsDoNotComeBackEnds) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);  // the last renewal that came back went out at 1000
  edge_.OnTime(At(2000));
  edge_.OnTime(At(3000));
  EXPECT_TRUE(edge_.Valid(At(3999)));
  EXPECT_FALSE(edge_.Valid(At(4000)));
}

TEST_F(LeaseKeeperTest, ALeaseCountsFromWhenTheRenewalWasSent) {
  site_.Join(&edge_, 0);
  edge_.OnTime(At(0));
  const Lease claim = *edge_.TakeMessage();
  ASSERT_TRUE(edge_.OnLease(claim, At(2500)));
  EXPECT_TRUE(edge_.Valid(At(2999)));
  EXPECT_FALSE(edge_.Valid(At(3000)));
}

TEST_F(LeaseKeeperTest, AClockThatWasSetBackMakesNoLeaseLast) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);
  EXPECT_FALSE(edge_.Valid(At(-60'000)));
}

/// Even by less than its age; it is renewed at once.
TEST_F(LeaseKeeperTest, AClockThatWasSetBackALittleEndsTheLease) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1900);
  ASSERT_TRUE(edge_.Valid(At(1900)));
  edge_.OnTime(At(1500));
  EXPECT_FALSE(edge_.Valid(At(1500)));
  site_.Run(1500, 1600);
  EXPECT_TRUE(edge_.Valid(At(1600)));
}

TEST_F(LeaseKeeperTest, AStandbyFollowsALivingLead) {
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  site_.Run(0, 30'000);
  EXPECT_EQ(standby_.role(), Role::kFollows);
}

TEST_F(LeaseKeeperTest, AStandbyTakesOverWhenTheLeadIsGone) {
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  site_.Run(0, 1000);
  site_.Leave(&edge_, "edge-a");
  site_.Run(1100, 1100);
  EXPECT_EQ(standby_.role(), Role::kLeads);
  EXPECT_EQ(standby_.term(), 2U);
}

TEST_F(LeaseKeeperTest, AStandbyTakesOverWhenTheLeaseRunsOut) {
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  site_.Run(0, 1000);
  standby_.OnTime(At(3900));
  EXPECT_EQ(standby_.role(), Role::kFollows);
  standby_.OnTime(At(4000));
  EXPECT_EQ(standby_.role(), Role::kClaims);
}

TEST_F(LeaseKeeperTest, TheOldLeadStopsBeforeTheStandbyMayClaim) {
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  edge_.OnTime(At(0));
  const Lease claim = *edge_.TakeMessage();
  ASSERT_TRUE(edge_.OnLease(claim, At(100)));
  ASSERT_TRUE(standby_.OnLease(claim, At(800)));  // later than the lead sent it
  standby_.OnTime(At(3799));
  EXPECT_EQ(standby_.role(), Role::kFollows);
  EXPECT_FALSE(edge_.Valid(At(3000)));
}

TEST_F(LeaseKeeperTest, AStandbyGivesTheGroupBack) {
  site_.Join(&standby_, 0);
  site_.Run(0, 3500);
  ASSERT_EQ(standby_.role(), Role::kLeads);
  site_.Join(&edge_, 3600);
  standby_.OnRegularEdge(At(3600));
  site_.Run(3600, 3700);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_EQ(standby_.role(), Role::kFollows);
  EXPECT_FALSE(standby_.Valid(At(3700)));
  site_.Run(3800, 20'000);
  EXPECT_EQ(edge_.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, WhatWasGivenBackAndNotTakenIsTakenAgain) {
  site_.Join(&standby_, 0);
  site_.Run(0, 3500);
  standby_.OnRegularEdge(At(3600));  // and it died at once
  site_.Run(3600, 6500);
  EXPECT_EQ(standby_.role(), Role::kFollows);
  site_.Run(6600, 6700);
  EXPECT_EQ(standby_.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, AnEdgeWaitsForAStandbyThatLives) {
  site_.Join(&standby_, 0);
  site_.Run(0, 3500);
  site_.Join(&edge_, 3600);
  site_.Run(3600, 9000);
  EXPECT_EQ(edge_.role(), Role::kFollows);
  site_.Leave(&standby_, "edge-b");
  site_.Run(9100, 9200);
  EXPECT_EQ(edge_.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, ItsOwnOldLeaseHoldsNobodyUp) {
  site_.retained() = Lease{"edge-a", 7, 3};
  site_.Join(&edge_, 0);
  site_.Run(0, 0);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_EQ(edge_.term(), 8U);
}

TEST_F(LeaseKeeperTest, ADeadStrangersLeaseRunsOut) {
  site_.retained() = Lease{"edge-z", 7, 3};
  site_.Join(&edge_, 0);
  site_.Run(0, 2900);
  EXPECT_EQ(edge_.role(), Role::kFollows);
  site_.Run(3000, 3000);
  EXPECT_EQ(edge_.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, AReconnectIsANewTerm) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);
  site_.Leave(&edge_, "edge-a");
  site_.Join(&edge_, 1500);
  EXPECT_FALSE(edge_.Valid(At(1600)));  // its will may have been heard
  site_.Run(1600, 1600);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_TRUE(edge_.Valid(At(1700)));
  EXPECT_EQ(edge_.term(), 2U);
}

TEST_F(LeaseKeeperTest, AReconnectFindsThatAnotherHasTakenOver) {
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  site_.Run(0, 1000);
  site_.Leave(&edge_, "edge-a");
  site_.Run(1100, 1200);
  ASSERT_EQ(standby_.role(), Role::kLeads);
  site_.Join(&edge_, 2000);
  EXPECT_EQ(edge_.role(), Role::kFollows);
  EXPECT_FALSE(edge_.Valid(At(2000)));
}

TEST_F(LeaseKeeperTest, AFrozenLeadLearnsThatItWasReplaced) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);
  ASSERT_TRUE(edge_.OnLease({"edge-b", 2, 0}, At(7000)));
  EXPECT_EQ(edge_.role(), Role::kFollows);
}

TEST_F(LeaseKeeperTest, OfTwoClaimsOfATermTheFirstHas) {
  site_.Join(&edge_, 0);
  edge_.OnTime(At(0));
  const Lease ours = *edge_.TakeMessage();
  ASSERT_TRUE(edge_.OnLease({"edge-c", ours.term, 0}, At(1)));
  EXPECT_EQ(edge_.OnLease(ours, At(2)).error(), Error::kRefused);
  EXPECT_EQ(edge_.role(), Role::kFollows);

  LeaseKeeper first("edge-c", false);
  first.OnConnected(At(0));
  first.OnAllHeard(At(0));
  first.OnTime(At(0));
  const Lease claim = *first.TakeMessage();
  ASSERT_TRUE(first.OnLease(claim, At(1)));
  EXPECT_EQ(first.OnLease(ours, At(2)).error(), Error::kRefused);
  EXPECT_EQ(first.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, ALeaseFromThePastIsRefused) {
  site_.retained() = Lease{"edge-a", 7, 3};
  site_.Join(&edge_, 0);
  site_.Run(0, 0);
  EXPECT_EQ(edge_.OnLease({"edge-z", 5, 0}, At(1)).error(), Error::kRefused);
  EXPECT_EQ(edge_.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, ALeaseFromTheFarFutureIsRefusedWhileTheHolderLives) {
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  site_.Run(0, 1000);
  for (LeaseKeeper* keeper : {&edge_, &standby_}) {
    EXPECT_EQ(keeper->OnLease({"edge-z", 1 << 20, 0}, At(1001)).error(),
              Error::kOutOfRange);
  }
  EXPECT_EQ(edge_.role(), Role::kLeads);
}

TEST_F(LeaseKeeperTest, WhoHeardAFarLeaseFirstBelievesTheHolderThatLives) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);
  site_.retained() = Lease{"edge-z", 1 << 20, 0};
  site_.Join(&standby_, 1500);
  site_.Run(1600, 30'000);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_EQ(edge_.term(), 1U);
  EXPECT_EQ(standby_.role(), Role::kFollows);
}

TEST_F(LeaseKeeperTest, AFarLeaseThatNobodyRenewsRunsOut) {
  site_.retained() = Lease{"edge-z", 1 << 20, 0};
  site_.Join(&edge_, 0);
  site_.Join(&standby_, 0);
  site_.Run(0, 30'000);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_EQ(standby_.role(), Role::kFollows);
}

TEST_F(LeaseKeeperTest, AFloodOfLeasesLeadsToOneClaimASecond) {
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);
  int claims = 0;
  std::uint32_t term = 1;
  for (int ms = 1000; ms < 6000; ms += 10) {
    std::ignore = edge_.OnLease({"", ++term, 0}, At(ms));
    edge_.OnTime(At(ms));
    if (const auto message = edge_.TakeMessage()) {
      ++claims;
      term = message->term;
    }
  }
  EXPECT_LE(claims, 6);
  EXPECT_GE(claims, 4);
}

TEST_F(LeaseKeeperTest, TermsWrapAround) {
  site_.retained() = Lease{"edge-a", 0xFFFFFFFF, 3};
  site_.Join(&edge_, 0);
  site_.Run(0, 1000);
  EXPECT_EQ(edge_.role(), Role::kLeads);
  EXPECT_EQ(edge_.term(), 0U);
}

TEST_F(LeaseKeeperTest, AClaimThatIsNotHeardIsRepeated) {
  site_.Join(&edge_, 0);
  edge_.OnTime(At(0));
  ASSERT_TRUE(edge_.TakeMessage());
  EXPECT_EQ(edge_.NextDeadline(), At(1000));
  edge_.OnTime(At(1000));
  const auto second = edge_.TakeMessage();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->term, 1U);
  EXPECT_EQ(second->beat, 1U);
}

}  // namespace
}  // namespace ddnn

// What the network may do: the broker dies or freezes, links lose packets.
#include <gtest/gtest.h>

#include "tests/e2e/site_under_fault.h"

namespace ddnn {
namespace {

TEST(BrokerFaultsTest, AKilledBrokerIsFoundAgain) {
  ExpectHarmless("broker_killed", {.covered = kSamplesPerSecond,
                                   .lost = kSamplesPerSecond / 2,
                                   .degraded = 2 * kSamplesPerSecond,
                                   .late = kSamplesPerSecond,
                                   .repeats = kSamplesPerSecond});
}

TEST(BrokerFaultsTest, AFrozenBrokerCatchesUp) {
  ExpectHarmless("broker_frozen",
                 {.covered = kSamplesPerSecond, .late = kSamplesPerSecond / 2});
}

TEST(BrokerFaultsTest, ABrokerFrozenBeyondKeepAlivesIsFoundAgain) {
  ExpectHarmless("broker_frozen_long", {.covered = kSamplesPerSecond,
                                        .lost = kSamplesPerSecond,
                                        .degraded = kSamplesPerSecond,
                                        .late = 8 * kSamplesPerSecond,
                                        .repeats = kSamplesPerSecond});
}

/// Each tier in a network namespace of its own; skipped without the right.
class LinkFaultsTest : public ::testing::Test {
 protected:
  static void Expect(std::string_view kind, const Cost& cost = {},
                     bool standby = false) {
    ExpectHarmless(kind, cost,
                   {.site = {.standby = standby}, .namespaces = true});
  }
};

TEST_F(LinkFaultsTest, ASilentCutOfASecondHeals) {
  Expect("link_cut", {.covered = kSamplesPerSecond,
                      .lost = kSamplesPerSecond / 2,
                      .degraded = 2 * kSamplesPerSecond,
                      .late = kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, ASilentCutOfTenSecondsHeals) {
  Expect("link_cut_long", {.covered = kSamplesPerSecond,
                           .lost = 2 * kSamplesPerSecond,
                           .degraded = 20 * kSamplesPerSecond,
                           .late = 14 * kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, AnInterfaceThatIsDownComesBack) {
  Expect("link_down", {.lost = kSamplesPerSecond,
                       .degraded = 3 * kSamplesPerSecond,
                       .late = 4 * kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, LostPacketsCostHardlyASample) { Expect("link_loss"); }

TEST_F(LinkFaultsTest, ATenthOfTheBandwidthHeals) {
  Expect("link_narrow", {.covered = kSamplesPerSecond,
                         .lost = 2 * kSamplesPerSecond,
                         .degraded = 6 * kSamplesPerSecond,
                         .late = 6 * kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, ADelayCostsHardlyASample) { Expect("link_delay"); }

TEST_F(LinkFaultsTest, ASilentCutOfTheEdgeHeals) {
  Expect("edge_link_cut", {.covered = kSamplesPerSecond,
                           .late = kSamplesPerSecond,
                           .repeats = kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, ASilentCutOfTheEdgeForTenSecondsHeals) {
  Expect("edge_link_cut_long", {.covered = kSamplesPerSecond,
                                .lost = 2 * kSamplesPerSecond,
                                .late = 12 * kSamplesPerSecond,
                                .repeats = kSamplesPerSecond});
}

/// What it hears no acknowledgement of goes out again, flagged.
TEST_F(LinkFaultsTest, AnEdgeThatIsOnlyHeardComesBack) {
  Expect("edge_link_deaf", {.covered = kSamplesPerSecond,
                            .degraded = kSamplesPerSecond,
                            .late = 6 * kSamplesPerSecond,
                            .repeats = kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, ACutOfASecondNeedsNoStandby) {
  SiteUnderFault site({.site = {.standby = true}, .namespaces = true});
  if (!site.works()) return;
  site.Hurt("edge_link_cut");
  site.ExpectOwnerLeads();
  EXPECT_LE(site.Openings(), 1U);
  site.ExpectAccounted({.covered = kSamplesPerSecond,
                        .late = kSamplesPerSecond,
                        .repeats = kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, AStandbyAnswersWhileTheEdgeIsCutOff) {
  SiteUnderFault site({.site = {.standby = true}, .namespaces = true});
  if (!site.works()) return;
  site.Hurt("edge_link_cut_long");
  site.ExpectPause(kTakeover);
  site.ExpectOwnerLeads();
  EXPECT_GE(site.Openings(), 2U);
  site.ExpectAccounted({.covered = kSamplesPerSecond,
                        .lost = 2 * kSamplesPerSecond,
                        .late = 4 * kSamplesPerSecond,
                        .repeats = 2 * kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, ASilentCutToTheCloudHeals) {
  Expect("cloud_link_cut_long", {.degraded = 3 * kSamplesPerSecond});
}

TEST_F(LinkFaultsTest, LostPacketsToTheCloudAreNoLostSamples) {
  Expect("cloud_link_loss");
}

}  // namespace
}  // namespace ddnn

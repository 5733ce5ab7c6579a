// What agents may suffer: killed, frozen, slow; one of them or all.
#include <gtest/gtest.h>

#include "tests/e2e/site_under_fault.h"

namespace ddnn {
namespace {

TEST(DeviceFaultsTest, AKilledDeviceComesBack) {
  ExpectHarmless("device_killed", {.degraded = 4 * kSamplesPerSecond});
}

TEST(DeviceFaultsTest, AFrozenDeviceIsNotWaitedFor) {
  ExpectHarmless("device_frozen", {.degraded = 4 * kSamplesPerSecond});
}

TEST(DeviceFaultsTest, ADeviceFrozenBeyondItsKeepAliveComesBack) {
  ExpectHarmless("device_frozen_long", {.lost = kSamplesPerSecond / 2,
                                        .degraded = 12 * kSamplesPerSecond});
}

TEST(DeviceFaultsTest, ASlowDeviceHoldsNobodyUp) {
  ExpectHarmless("device_slow", {.degraded = kSamplesPerSecond});
}

TEST(DeviceFaultsTest, AllDevicesMayRestartAtOnce) {
  ExpectHarmless("devices_restarted", {.lost = 3 * kSamplesPerSecond,
                                       .degraded = 4 * kSamplesPerSecond,
                                       .late = 3 * kSamplesPerSecond});
}

TEST(EdgeFaultsTest, AKilledEdgeGoesOnWhereItStopped) {
  // What its last watermark, once a second, did not cover comes again.
  ExpectHarmless("edge_killed",
                 {.covered = kSamplesPerSecond, .repeats = kSamplesPerSecond});
}

TEST(EdgeFaultsTest, AStoppedEdgeLosesNothingInSilence) {
  ExpectHarmless("edge_restarted",
                 {.covered = kSamplesPerSecond, .lost = kSamplesPerSecond / 2});
}

TEST(EdgeFaultsTest, AFrozenEdgeCatchesUp) {
  ExpectHarmless("edge_frozen",
                 {.covered = kSamplesPerSecond, .late = kSamplesPerSecond / 2});
}

TEST(EdgeFaultsTest, AnEdgeFrozenBeyondItsKeepAliveComesBack) {
  ExpectHarmless("edge_frozen_long", {.covered = kSamplesPerSecond,
                                      .late = 6 * kSamplesPerSecond,
                                      .repeats = kSamplesPerSecond});
}

/// The broker drops a second or two of what it did not read meanwhile.
TEST(EdgeFaultsTest, AFloodedEdgeTellsWhatTheBrokerDropped) {
  SiteUnderFault site({.site = {.queue_limit = 50}});
  if (!site.works()) return;
  site.Hurt("edge_flooded");
  site.ExpectAccounted({.covered = 3 * kSamplesPerSecond,
                        .degraded = kSamplesPerSecond,
                        .late = 3 * kSamplesPerSecond});
  EXPECT_GT(site.soak().figures().covered, 0U) << "nothing was dropped";
}

TEST(EdgeFaultsTest, AStandbyTakesOverAndGivesBack) {
  SiteUnderFault site({.site = {.standby = true}});
  if (!site.works()) return;
  site.Hurt("edge_gone");
  site.ExpectOwnerLeads();
  site.ExpectPause(kTakeover);
  EXPECT_GE(site.Openings(), 2U);
  site.ExpectAccounted(
      {.covered = kSamplesPerSecond, .repeats = kSamplesPerSecond});
}

/// Longer than its lease lasts, shorter than its keepalive: when it goes on,
/// its connection still lives.
TEST(EdgeFaultsTest, AnEdgeWhoseLeaseRanOutWhileItWasFrozenIsFencedOff) {
  SiteUnderFault site({.site = {.standby = true}});
  if (!site.works()) return;
  site.Hurt("edge_frozen_lease");
  site.ExpectPause(kTakeover);
  site.ExpectOwnerLeads();
  EXPECT_GE(site.Openings(), 2U);
  site.ExpectAccounted({.covered = kSamplesPerSecond,
                        .late = 4 * kSamplesPerSecond,
                        .repeats = 2 * kSamplesPerSecond});
}

TEST(CloudFaultsTest, AKilledWorkerCostsNothing) {
  ExpectHarmless("cloud_killed");
}

TEST(CloudFaultsTest, AFrozenWorkerCostsNothing) {
  ExpectHarmless("cloud_frozen");
}

TEST(CloudFaultsTest, AWorkerFrozenBeyondItsKeepAliveCostsNothing) {
  ExpectHarmless("cloud_frozen_long");
}

TEST(CloudFaultsTest, ASlowWorkerCostsNothing) { ExpectHarmless("cloud_slow"); }

TEST(CloudFaultsTest, WithoutAnyWorkerTheEdgeAnswers) {
  ExpectHarmless("clouds_killed", {.degraded = kSamplesPerSecond});
}

}  // namespace
}  // namespace ddnn

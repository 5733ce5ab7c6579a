// What agents may suffer: killed, frozen, slow; one of them or all.
#include <gtest/gtest.h>

#include "tests/e2e/site_under_fault.h"

namespace ddnn {
namespace {

TEST(DeviceFaultsTest, AKilledDeviceComesBack) {
  ExpectHarmless("device_killed");
}

TEST(DeviceFaultsTest, AFrozenDeviceIsNotWaitedFor) {
  ExpectHarmless("device_frozen");
}

TEST(DeviceFaultsTest, ADeviceFrozenBeyondItsKeepAliveComesBack) {
  ExpectHarmless("device_frozen_long");
}

TEST(DeviceFaultsTest, ASlowDeviceHoldsNobodyUp) {
  ExpectHarmless("device_slow");
}

TEST(DeviceFaultsTest, AllDevicesMayRestartAtOnce) {
  ExpectHarmless("devices_restarted", {.lost = 3 * kSamplesPerSecond});
}

TEST(EdgeFaultsTest, AKilledEdgeGoesOnWhereItStopped) {
  ExpectHarmless("edge_killed", {.covered = kSamplesPerSecond});
}

TEST(EdgeFaultsTest, AStoppedEdgeLosesNothingInSilence) {
  ExpectHarmless("edge_restarted", {.covered = kSamplesPerSecond});
}

TEST(EdgeFaultsTest, AFrozenEdgeCatchesUp) {
  ExpectHarmless("edge_frozen", {.covered = kSamplesPerSecond});
}

TEST(EdgeFaultsTest, AnEdgeFrozenBeyondItsKeepAliveComesBack) {
  ExpectHarmless("edge_frozen_long", {.covered = kSamplesPerSecond});
}

/// The broker drops a second or two of what it did not read meanwhile.
TEST(EdgeFaultsTest, AFloodedEdgeTellsWhatTheBrokerDropped) {
  SiteUnderFault site({.site = {.queue_limit = 50}});
  if (!site.works()) return;
  site.Hurt("edge_flooded");
  site.ExpectAccounted({.covered = 3 * kSamplesPerSecond});
  EXPECT_GT(site.soak().figures().covered, 0U) << "nothing was dropped";
}

TEST(EdgeFaultsTest, AStandbyTakesOverAndGivesBack) {
  ExpectHarmless("edge_gone", {.covered = kSamplesPerSecond},
                 {.site = {.standby = true}});
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
  ExpectHarmless("clouds_killed");
}

}  // namespace
}  // namespace ddnn

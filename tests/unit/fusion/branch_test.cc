#include "core/fusion/branch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_scene.h"

namespace ddnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SampleId kId{0, 4};

/// Edge 7 of six devices and two edges: devices 3, 4 and 5 are below it.
class BranchTest : public testing::Test {
 protected:
  BranchTest() { Begin(); }

  static Instant At(int ms) {
    return Instant(std::chrono::hours(480000)) + milliseconds(ms);
  }
  static TestBundleOptions Bundle() {
    TestBundleOptions options = Unsure();
    options.edges = 2;
    return options;
  }
  void Begin() {
    branch_.Begin({At(0), 0.0, 0});
    for (int i = 0; i < 6; ++i) branch_.SetAlive(i, true);
  }
  Status Speak(int device, Tick tick, const std::vector<ObjectNumber>& objects,
               int ms = 0) {
    return branch_.OnScores(device, scene_.Scores(device, tick, objects),
                            At(ms));
  }
  Status SendMap(int device, SampleId id) {
    return branch_.OnMap(device, {id, scene_.Output(device, id).map});
  }
  /// What the section says of a sample that these devices saw.
  NodeOutput Section(SampleId id, const std::vector<int>& devices) {
    const auto maps = scene_.MapsOf(id, devices);
    return scene_.network()
        .RunNode(7, std::vector<const FeatureMap*>{maps[3], maps[4], maps[5]})
        .value();
  }
  std::vector<TickScores> TakeSums() {
    std::vector<TickScores> sums;
    for (const BranchAction& action : branch_.TakeActions()) {
      if (const auto* send = std::get_if<SendSums>(&action)) {
        sums.push_back(send->sums);
      }
    }
    return sums;
  }
  std::vector<SampleMap> TakeMaps() {
    std::vector<SampleMap> maps;
    for (const BranchAction& action : branch_.TakeActions()) {
      if (const auto* send = std::get_if<ddnn::SendMap>(&action)) {
        maps.push_back(send->map);
      }
    }
    return maps;
  }
  /// All three devices saw kId; the section has run.
  void Finish() {
    for (const int i : {3, 4, 5}) ASSERT_TRUE(Speak(i, 0, {4}));
    branch_.OnRequest({kId}, At(1));
    for (const int i : {3, 4, 5}) ASSERT_TRUE(SendMap(i, kId));
  }

  TestScene scene_{Bundle()};
  Branch branch_{scene_.shared_network(), {.node = 7, .max_samples = 3}};
};

TEST_F(BranchTest, SumsOfItsSectionFollowTheLastMap) {
  for (const int i : {3, 4, 5}) ASSERT_TRUE(Speak(i, 0, {4}));
  branch_.OnRequest({kId}, At(1));
  for (const int i : {5, 3}) ASSERT_TRUE(SendMap(i, kId));
  EXPECT_THAT(TakeSums(), IsEmpty());
  ASSERT_TRUE(SendMap(4, kId));
  const auto sums = TakeSums();
  ASSERT_THAT(sums, SizeIs(1));
  EXPECT_EQ(sums[0].tick, 0U);
  ASSERT_THAT(sums[0].views, SizeIs(1));
  EXPECT_EQ(sums[0].views[0].object, 4);
  EXPECT_EQ(sums[0].views[0].sums, Section(kId, {3, 4, 5}).sums);
  EXPECT_EQ(sums[0].views[0].sources, 0b111000U);
  EXPECT_EQ(branch_.NextDeadline(), std::nullopt);
}

TEST_F(BranchTest, OnlyThoseThatSawTheSampleAreAwaited) {
  ASSERT_TRUE(Speak(3, 0, {4}));
  ASSERT_TRUE(Speak(4, 0, {9}));
  branch_.OnRequest({kId}, At(1));
  EXPECT_EQ(SendMap(4, kId).error(), Error::kNotFound);
  ASSERT_TRUE(SendMap(3, kId));
  const auto sums = TakeSums();
  ASSERT_THAT(sums, SizeIs(1));
  EXPECT_EQ(sums[0].views[0].sources, 0b001000U);
  EXPECT_EQ(sums[0].views[0].sums, Section(kId, {3}).sums);
}

TEST_F(BranchTest, MapIsKeptUntilItIsDecided) {
  Finish();
  branch_.TakeActions();
  for (int times = 0; times < 2; ++times) {
    branch_.OnEdgeRequest({kId});
    const auto maps = TakeMaps();
    ASSERT_THAT(maps, SizeIs(1));
    EXPECT_EQ(maps[0].sample, kId);
    EXPECT_EQ(maps[0].map, Section(kId, {3, 4, 5}).map);
  }
  branch_.OnDecided(0);
  EXPECT_EQ(branch_.samples(), 0U);
  EXPECT_EQ(branch_.ticks(), 0U);
  branch_.OnEdgeRequest({kId});
  EXPECT_THAT(branch_.TakeActions(), IsEmpty());
  EXPECT_EQ(branch_.unknown(), 1U);
}

TEST_F(BranchTest, RepeatedRequestIsAnsweredAgain) {
  Finish();
  const auto first = TakeSums();
  branch_.OnRequest({kId}, At(200));
  const auto again = TakeSums();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].views[0].sums, first[0].views[0].sums);
  EXPECT_EQ(again[0].views[0].sources, first[0].views[0].sources);
}

TEST_F(BranchTest, RequestThatIsRepeatedWhileGatheringChangesNothing) {
  for (const int i : {3, 4}) ASSERT_TRUE(Speak(i, 0, {4}));
  branch_.OnRequest({kId}, At(1));
  ASSERT_TRUE(SendMap(3, kId));
  branch_.OnRequest({kId}, At(200));
  EXPECT_EQ(SendMap(3, kId).error(), Error::kNotFound);
  branch_.OnEdgeRequest({kId});
  EXPECT_THAT(branch_.TakeActions(), IsEmpty());
  ASSERT_TRUE(SendMap(4, kId));
  EXPECT_THAT(TakeSums(), SizeIs(1));
}

TEST_F(BranchTest, SectionRunsOnTheMapsThatCameBeforeTheLeadsDeadline) {
  for (const int i : {3, 4, 5}) ASSERT_TRUE(Speak(i, 0, {4}, 100));
  branch_.OnRequest({kId}, At(150));
  ASSERT_TRUE(SendMap(4, kId));
  EXPECT_EQ(branch_.NextDeadline(), At(700));  // 3/5 of 1000, from 100 on
  branch_.OnTime(At(699));
  EXPECT_THAT(TakeSums(), IsEmpty());
  branch_.OnTime(At(700));
  const auto sums = TakeSums();
  ASSERT_THAT(sums, SizeIs(1));
  EXPECT_EQ(sums[0].views[0].sources, 0b010000U);
  EXPECT_EQ(SendMap(3, kId).error(), Error::kNotFound);
  EXPECT_EQ(branch_.NextDeadline(), std::nullopt);
}

TEST_F(BranchTest, PacedTicksCountFromTheirScheduledInstant) {
  branch_.Begin({At(1000), 10.0, 50});
  ASSERT_TRUE(Speak(3, 52, {4}, 1250));
  branch_.OnRequest({{52, 4}}, At(1251));
  EXPECT_EQ(branch_.NextDeadline(), At(1200 + 600));
}

TEST_F(BranchTest, WithoutAnyMapItSaysNothing) {
  ASSERT_TRUE(Speak(3, 0, {4}));
  branch_.OnRequest({kId}, At(1));
  branch_.OnTime(At(600));
  EXPECT_THAT(branch_.TakeActions(), IsEmpty());
  EXPECT_EQ(branch_.samples(), 0U);
  EXPECT_EQ(branch_.NextDeadline(), std::nullopt);
}

TEST_F(BranchTest, DeviceThatDiesIsNotWaitedFor) {
  for (const int i : {3, 4}) ASSERT_TRUE(Speak(i, 0, {4}));
  branch_.OnRequest({kId}, At(1));
  ASSERT_TRUE(SendMap(3, kId));
  branch_.SetAlive(4, false);
  const auto sums = TakeSums();
  ASSERT_THAT(sums, SizeIs(1));
  EXPECT_EQ(sums[0].views[0].sources, 0b001000U);
}

TEST_F(BranchTest, SampleOfDeadDevicesHasNoSums) {
  ASSERT_TRUE(Speak(3, 0, {4}));
  branch_.SetAlive(3, false);
  branch_.OnRequest({kId}, At(1));
  EXPECT_THAT(branch_.TakeActions(), IsEmpty());
  EXPECT_EQ(branch_.samples(), 0U);
}

TEST_F(BranchTest, WhatItDidNotSeeIsAnotherEdges) {
  ASSERT_TRUE(Speak(3, 0, {9}));
  branch_.OnRequest({kId}, At(1));
  EXPECT_EQ(branch_.samples(), 0U);
  EXPECT_EQ(branch_.unknown(), 0U);
  branch_.OnRequest({{7, 4}}, At(1));
  EXPECT_EQ(branch_.unknown(), 1U);
}

TEST_F(BranchTest, OtherEdgesDevicesAreUnknown) {
  for (const int device : {0, 2, 6, 7, 99, -1}) {
    EXPECT_FALSE(branch_.Has(device));
    branch_.SetAlive(device, false);
    EXPECT_EQ(branch_.OnScores(device, {0, {}}, At(0)).error(),
              Error::kUnknownDevice);
    EXPECT_EQ(branch_.OnMap(device, {kId, {}}).error(), Error::kUnknownDevice);
  }
}

TEST_F(BranchTest, MapOfWrongShapeIsRefused) {
  ASSERT_TRUE(Speak(3, 0, {4}));
  branch_.OnRequest({kId}, At(1));
  EXPECT_EQ(branch_.OnMap(3, {kId, FeatureMap(MapShape{4, 8, 8})}).error(),
            Error::kBadShape);
}

TEST_F(BranchTest, RepeatedLateAndStrayScoresAreRefused) {
  ASSERT_TRUE(Speak(3, 0, {4}));
  EXPECT_EQ(Speak(3, 0, {5}).error(), Error::kNotFound);
  branch_.OnDecided(5);
  EXPECT_EQ(Speak(3, 5, {4}).error(), Error::kRefused);
  EXPECT_EQ(Speak(3, 5 + (1 << 16) + 1, {4}).error(), Error::kOutOfRange);
  EXPECT_TRUE(Speak(3, 6, {4}).ok());
}

TEST_F(BranchTest, NothingIsRememberedBeforeTheScheduleIsKnown) {
  Branch fresh(scene_.shared_network(), {.node = 7});
  EXPECT_EQ(fresh.OnScores(3, {0, {}}, At(0)).error(), Error::kRefused);
}

TEST_F(BranchTest, NewScheduleForgetsAllTheSameOneNothing) {
  Finish();
  branch_.TakeActions();
  branch_.Begin({At(0), 0.0, 0});
  EXPECT_EQ(branch_.samples(), 1U);
  branch_.Begin({At(5), 0.0, 900});
  EXPECT_EQ(branch_.samples(), 0U);
  EXPECT_EQ(branch_.ticks(), 0U);
  EXPECT_EQ(Speak(3, 899, {4}).error(), Error::kRefused);
}

TEST_F(BranchTest, WatermarkNeverMovesBack) {
  branch_.OnDecided(5);
  branch_.OnDecided(2);
  EXPECT_EQ(Speak(3, 5, {4}).error(), Error::kRefused);
  EXPECT_TRUE(Speak(3, 6, {4}).ok());
}

TEST_F(BranchTest, WatermarkThatCameBeforeTheFirstScheduleCounts) {
  Branch fresh(scene_.shared_network(), {.node = 7});
  fresh.OnDecided(7);
  fresh.Begin({At(0), 0.0, 5});
  EXPECT_EQ(fresh.OnScores(3, {7, {}}, At(0)).error(), Error::kRefused);
  EXPECT_TRUE(fresh.OnScores(3, {8, {}}, At(0)).ok());
}

TEST_F(BranchTest, WatermarkOfAnEarlierRunChangesNothing) {
  Branch fresh(scene_.shared_network(), {.node = 7});
  fresh.OnDecided(7);
  fresh.Begin({At(0), 0.0, 900});
  EXPECT_EQ(fresh.OnScores(3, {899, {}}, At(0)).error(), Error::kRefused);
  EXPECT_TRUE(fresh.OnScores(3, {900, {}}, At(0)).ok());
}

TEST_F(BranchTest, SampleIsAnsweredOnceARequest) {
  Finish();
  branch_.TakeActions();
  branch_.OnRequest({kId, kId}, At(2));
  const auto sums = TakeSums();
  ASSERT_THAT(sums, SizeIs(1));
  EXPECT_THAT(sums[0].views, SizeIs(1));
  branch_.OnEdgeRequest({kId, kId, kId});
  EXPECT_THAT(TakeMaps(), SizeIs(1));
}

TEST_F(BranchTest, RequestForManySamplesOfATickIsQuick) {
  std::vector<ObjectNumber> objects;
  std::vector<SampleId> wanted;
  for (int i = 0; i < 60000; ++i) {
    objects.push_back(static_cast<ObjectNumber>(i));
    wanted.push_back({0, objects.back()});
  }
  TickScores scores;
  for (const ObjectNumber object : objects)
    scores.views.push_back({object, {}});
  Branch large(scene_.shared_network(), {.node = 7, .max_samples = 65536});
  large.Begin({At(0), 0.0, 0});
  large.SetAlive(3, true);
  ASSERT_TRUE(large.OnScores(3, scores, At(0)));
  const auto start = std::chrono::steady_clock::now();
  large.OnRequest(wanted, At(1));
  EXPECT_EQ(large.samples(), 60000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(BranchTest, SamplesBeyondTheBoundAreRefusedUntilOthersAreDecided) {
  ASSERT_TRUE(Speak(3, 0, {1, 2}));
  ASSERT_TRUE(Speak(3, 1, {1, 2}));
  branch_.OnRequest({{0, 1}, {0, 2}, {1, 1}, {1, 2}}, At(1));
  EXPECT_EQ(branch_.samples(), 3U);
  EXPECT_EQ(branch_.refused(), 1U);
  branch_.OnDecided(0);
  branch_.OnRequest({{1, 2}}, At(2));
  EXPECT_EQ(branch_.samples(), 2U);
}

TEST_F(BranchTest, OldestTicksGoAtTheBound) {
  ASSERT_TRUE(Speak(3, 1, {4}));
  branch_.OnRequest({{1, 4}}, At(1));
  for (Tick tick = 2; tick <= Branch::kMaxTicks + 1; ++tick) {
    ASSERT_TRUE(branch_.OnScores(3, {tick, {}}, At(1)));
  }
  EXPECT_EQ(branch_.ticks(), Branch::kMaxTicks);
  EXPECT_EQ(branch_.evicted(), 1U);
  EXPECT_EQ(branch_.samples(), 0U);
  EXPECT_EQ(branch_.NextDeadline(), std::nullopt);
}

TEST_F(BranchTest, ManyObjectsMakeOldTicksGoToo) {
  TickScores many;
  for (int i = 0; i < 40000; ++i) {
    many.views.push_back({static_cast<ObjectNumber>(i), {}});
  }
  for (Tick tick = 0; tick < 3; ++tick) {
    many.tick = tick;
    ASSERT_TRUE(branch_.OnScores(3, many, At(1)));
  }
  EXPECT_EQ(branch_.ticks(), 1U);
}

}  // namespace
}  // namespace ddnn

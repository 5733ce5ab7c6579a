// Where the tree offloads: views leave as they are, and nothing is computed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/offload/encoded_view.h"
#include "tests/unit/device_agent/device_pipeline_fixture.h"

namespace ddnn {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeviceOffloadTest : public DevicePipelineFixture {
 protected:
  DeviceOffloadTest() { options_.offload = {Offload::kRaw, 90}; }

  std::vector<OutgoingMessage> Offloaded() const {
    return Published(topics_.Offload("cam"));
  }
  std::vector<OffloadMessage> Messages() const {
    std::vector<OffloadMessage> messages;
    for (const auto& message : Offloaded()) {
      messages.push_back(*codec_.DecodeOffload(message.payload));
    }
    return messages;
  }
  static View ViewOf(Tick tick, ObjectNumber object) {
    return RandomView(tick * 1000 + object);
  }
};

TEST_F(DeviceOffloadTest, ViewsLeaveAsTheyAreAndNothingElse) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  ASSERT_THAT(Messages(), SizeIs(1));
  EXPECT_EQ(Messages()[0].offload, Offload::kRaw);
  const TickScores tick = Messages()[0].ticks.at(0);
  EXPECT_EQ(tick.tick, kFirst);
  ASSERT_THAT(tick.views, SizeIs(2));
  for (const auto& view : tick.views) {
    EXPECT_EQ(DecodeView(view.pixels, Offload::kRaw).value(),
              ViewOf(kFirst, view.object));
  }
  Ask({{kFirst, 0}});
  EXPECT_THAT(Scores(), IsEmpty());
  EXPECT_THAT(Maps(), IsEmpty());
}

TEST_F(DeviceOffloadTest, JpegsHaveTheTreesQuality) {
  options_.offload = {Offload::kJpeg, 60};
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {5}), kNow);
  ASSERT_THAT(Messages(), SizeIs(1));
  EXPECT_EQ(Messages()[0].offload, Offload::kJpeg);
  EXPECT_EQ(Messages()[0].ticks.at(0).views.at(0).pixels,
            EncodeView(ViewOf(kFirst, 5), Offload::kJpeg, 60));
}

TEST_F(DeviceOffloadTest, TickWithoutViewsSaysAlive) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {}), kNow);
  ASSERT_THAT(Messages(), SizeIs(1));
  EXPECT_THAT(Messages()[0].ticks.at(0).views, IsEmpty());
  EXPECT_TRUE(Offloaded()[0].alias);
  EXPECT_EQ(Offloaded()[0].qos, Qos::kAtMostOnce);
}

TEST_F(DeviceOffloadTest, BatchWaitsForItsTime) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {}), kNow + milliseconds(40));
  pipeline_->OnTime(kNow + milliseconds(99));
  EXPECT_THAT(Messages(), IsEmpty());
  pipeline_->OnTime(kNow + milliseconds(100));
  ASSERT_THAT(Messages(), SizeIs(1));
  EXPECT_THAT(Messages()[0].ticks, SizeIs(2));
}

TEST_F(DeviceOffloadTest, BatchIsCutBeforeItIsTooLargeForAMessage) {
  options_.batch = milliseconds(500);
  StartGroup(25.0);
  pipeline_->OnTime(kNow);  // the counters
  std::vector<ObjectNumber> objects(20);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    objects[i] = static_cast<ObjectNumber>(i);
  }
  for (Tick i = 0; i < 10; ++i) {
    pipeline_->OnViews(Views(kFirst + i, objects), kNow + milliseconds(i));
  }
  ASSERT_THAT(Messages(), SizeIs(2));  // four ticks of 60 KiB each
  for (const auto& message : Offloaded()) {
    EXPECT_LE(message.payload.size(), kPayloadLimitBytes);
  }
  // The third batch began with tick 8.
  EXPECT_EQ(pipeline_->NextDeadline(), kNow + milliseconds(8 + 500));
  EXPECT_EQ(Messages()[1].sequence, Messages()[0].sequence + 1);
  EXPECT_EQ(Counter("views_left_out"), 0U);
}

TEST_F(DeviceOffloadTest, ViewsBeyondAMessageAreLeftOutAndCounted) {
  StartGroup();
  std::vector<ObjectNumber> objects(100);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    objects[i] = static_cast<ObjectNumber>(i);
  }
  pipeline_->OnViews(Views(kFirst, objects), kNow);
  ASSERT_THAT(Messages(), SizeIs(1));
  EXPECT_LE(Offloaded()[0].payload.size(), kPayloadLimitBytes);
  const auto sent = Messages()[0].ticks.at(0).views.size();
  EXPECT_EQ(sent + Counter("views_left_out"), 100U);
  EXPECT_GT(sent, 80U);
}

TEST_F(DeviceOffloadTest, CountersAddUpWhatWasSent) {
  StartGroup();
  pipeline_->OnViews(Views(kFirst, {0, 3}), kNow);
  pipeline_->OnViews(Views(kFirst + 1, {}), kNow);
  pipeline_->OnTime(kNow);
  EXPECT_EQ(Counter("ticks"), 2U);
  EXPECT_EQ(Counter("views"), 2U);
  EXPECT_EQ(Counter("sent_offload_messages"), 2U);
  EXPECT_EQ(Counter("sent_offload_payload_bytes"),
            Offloaded()[0].payload.size() + Offloaded()[1].payload.size());
  EXPECT_GT(Counter("sent_offload_mqtt_bytes"),
            Counter("sent_offload_payload_bytes"));
  EXPECT_EQ(Counter("content_bytes"), 2U * 3072U);
  EXPECT_EQ(Counter("sent_score_messages"), 0U);
}

TEST_F(DeviceOffloadTest, ANewRunForgetsTheBatch) {
  options_.batch = milliseconds(100);
  StartGroup(25.0);
  pipeline_->OnViews(Views(kFirst, {0}), kNow);
  TellConfig(kFirst + 500, 25.0);
  TellDecided(kFirst + 499);
  pipeline_->OnViews(Views(kFirst + 500, {1}), kNow);
  pipeline_->OnTime(kNow + milliseconds(200));
  ASSERT_THAT(Messages(), SizeIs(1));
  EXPECT_THAT(Messages()[0].ticks, SizeIs(1));
  EXPECT_EQ(Counter("content_bytes"), 3072U);
}

}  // namespace
}  // namespace ddnn

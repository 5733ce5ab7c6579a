// Pictures leave a device only where its operator wants them.
#include "device_agent/preview_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/offload/encoded_view.h"
#include "tests/unit/device_agent/device_pipeline_fixture.h"

namespace ddnn {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class PreviewTest : public DevicePipelineFixture {
 protected:
  std::vector<OutgoingMessage> Pictures() const {
    return Published(topics_.Preview("cam"));
  }
  void See(Tick tick, const std::vector<ObjectNumber>& objects,
           milliseconds after) {
    pipeline_->OnViews(Views(tick, objects), kNow + after);
  }
};

TEST_F(PreviewTest, NoneLeaveByDefault) {
  StartGroup();
  See(kFirst, {0}, milliseconds(0));
  See(kFirst + 1, {0}, milliseconds(60'000));
  EXPECT_THAT(Pictures(), IsEmpty());
  EXPECT_THAT(Scores(), SizeIs(2));
}

TEST_F(PreviewTest, OneLeavesAtMostEveryPeriod) {
  options_.preview_period = milliseconds(500);
  StartGroup();
  for (int i = 0; i < 20; ++i) {
    See(kFirst + static_cast<Tick>(i), {0, 1}, milliseconds(100 * i));
  }
  EXPECT_THAT(Pictures(), SizeIs(4));
}

TEST_F(PreviewTest, ItIsTheFirstViewAsJpeg) {
  options_.preview_period = milliseconds(500);
  StartGroup();
  See(kFirst, {}, milliseconds(0));
  EXPECT_THAT(Pictures(), IsEmpty());
  See(kFirst + 1, {3, 4}, milliseconds(1));
  ASSERT_THAT(Pictures(), SizeIs(1));
  const OutgoingMessage picture = Pictures()[0];
  EXPECT_EQ(picture.payload,
            EncodeView(RandomView((kFirst + 1) * 1000 + 3), Offload::kJpeg,
                       PreviewSender::kJpegQuality));
  EXPECT_EQ(picture.content_type, "image/jpeg");
  EXPECT_EQ(picture.qos, Qos::kAtMostOnce);
  EXPECT_FALSE(picture.retain);
  EXPECT_EQ(picture.expiry, PreviewSender::kExpiry);
}

TEST_F(PreviewTest, AClockSetBackDoesNotSilenceIt) {
  options_.preview_period = milliseconds(500);
  StartGroup();
  See(kFirst, {0}, milliseconds(0));
  See(kFirst + 1, {0}, milliseconds(-3'600'000));
  EXPECT_THAT(Pictures(), SizeIs(2));
}

TEST_F(PreviewTest, ItComesBesideTheScoresAndMaps) {
  options_.preview_period = milliseconds(500);
  StartGroup();
  See(kFirst, {0}, milliseconds(0));
  Ask({{kFirst, 0}});
  EXPECT_THAT(Scores(), SizeIs(1));
  EXPECT_THAT(Maps(), SizeIs(1));
  EXPECT_EQ(Scores()[0].ticks.at(0).views.size(), 1U);
}

}  // namespace
}  // namespace ddnn

// Devices that send pixels: gathered, checked, handed on; and mixtures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/offload/encoded_view.h"
#include "tests/unit/edge_agent/edge_rig.h"

namespace ddnn {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

EncodedView GreyView(Offload offload) {
  View view;
  view.fill(128);
  return EncodeView(view, offload, 90);
}

/// An edge whose tree offloads; its devices speak for the first tick.
class OffloadRig : public EdgeRig {
 public:
  explicit OffloadRig(Offload offload)
      : EdgeRig(Sure(), TestEdgeConfig(), offload), offload_(offload) {
    Open();
  }
  void Show(int device, const EncodedView& pixels, Offload as,
            std::uint16_t sequence = 1, int tick = 0) {
    const OffloadMessage message{
        .sequence = sequence,
        .offload = as,
        .ticks = {{TickAt(tick), {{ObjectNumber{4}, {}, pixels}}}}};
    Inject(group.Offload(Agent(device)), codec.Encode(message));
  }
  void AllShow() {
    for (int i = 0; i < 6; ++i) Show(i, GreyView(offload_), offload_);
  }
  std::vector<OutgoingMessage> Asks() const {
    return On(CloudAskTopic("plant", "edge1"));
  }

 private:
  Offload offload_;
};

class EdgeOffloadTest : public testing::TestWithParam<Offload> {};

TEST_P(EdgeOffloadTest, ViewsAreHandedOnAndTheCloudsAnswerIsTheResult) {
  OffloadRig rig(GetParam());
  rig.AllShow();
  ASSERT_THAT(rig.Asks(), SizeIs(1));
  const CloudAsk ask = rig.codec.DecodeCloudAsk(rig.Asks()[0].payload).value();
  EXPECT_EQ(ask.offload, GetParam());
  EXPECT_EQ(ask.views, std::vector(6, GreyView(GetParam())));
  EXPECT_THAT(rig.On(rig.group.Request()), IsEmpty());

  rig.Inject(CloudAnswerTopic("plant", "edge1"),
             rig.codec.Encode(CloudAnswer{ask.sample, {3, 1, 2}}));
  ASSERT_THAT(rig.Results(), SizeIs(1));
  EXPECT_EQ(rig.Results()[0].exit, Tier::kCloud);
  EXPECT_EQ(rig.Counter("received_offload_messages"), 6U);
  EXPECT_GT(rig.Counter("received_offload_payload_bytes"),
            6 * GreyView(GetParam()).size());
  EXPECT_EQ(rig.Counter("content_bytes"), 6 * GreyView(GetParam()).size());
}

TEST_P(EdgeOffloadTest, ScoresAndMapsAreDroppedAndCounted) {
  OffloadRig rig(GetParam());
  rig.Speak(0, 0, {4});
  rig.SendMap(0, {rig.TickAt(0), 4});
  EXPECT_EQ(rig.Rejected("wrong_offload"), 2U);
}

TEST_P(EdgeOffloadTest, AnotherEncodingIsDroppedAndCounted) {
  OffloadRig rig(GetParam());
  const Offload other =
      GetParam() == Offload::kRaw ? Offload::kJpeg : Offload::kRaw;
  for (int i = 0; i < 6; ++i) rig.Show(i, GreyView(other), other);
  EXPECT_EQ(rig.Rejected("wrong_offload"), 6U);
  EXPECT_THAT(rig.Asks(), IsEmpty());
}

TEST_P(EdgeOffloadTest, TheWrapOfASequenceIsNeitherARepeatNorAGap) {
  OffloadRig rig(GetParam());
  const auto show = [&](std::uint16_t sequence, int tick) {
    rig.Show(0, GreyView(GetParam()), GetParam(), sequence, tick);
  };
  show(UINT16_MAX, 0);
  show(0, 1);
  show(1, 2);
  EXPECT_EQ(rig.Counter("duplicates_offload"), 0U);
  EXPECT_EQ(rig.Counter("sequence_gaps_offload"), 0U);
  show(4, 3);
  EXPECT_EQ(rig.Counter("sequence_gaps_offload"), 2U);
  EXPECT_EQ(rig.Counter("duplicates_offload"), 0U);
}

INSTANTIATE_TEST_SUITE_P(Encodings, EdgeOffloadTest,
                         testing::Values(Offload::kRaw, Offload::kJpeg),
                         [](const auto& test) {
                           return std::string(Name(test.param));
                         });

TEST(EdgeOffloadRefusalTest, WhatIsNoJpegOfAViewIsDroppedAndCounted) {
  OffloadRig rig(Offload::kJpeg);
  rig.Show(0, "no picture", Offload::kJpeg);
  EXPECT_EQ(rig.Rejected("malformed"), 1U);
  EncodedView large = GreyView(Offload::kJpeg);
  large[large.find("\xFF\xC0") + 5] = '\x40';  // the height's high byte
  rig.Show(1, large, Offload::kJpeg);
  EXPECT_EQ(rig.Rejected("bad_shape"), 1U);
}

TEST(EdgeOffloadRefusalTest, AnEdgeWithoutOffloadDropsAndCountsPixels) {
  EdgeRig rig;
  rig.Open();
  const OffloadMessage message{
      .ticks = {
          {rig.TickAt(0), {{ObjectNumber{4}, {}, GreyView(Offload::kRaw)}}}}};
  rig.Inject(rig.group.Offload(EdgeRig::Agent(0)), rig.codec.Encode(message));
  EXPECT_EQ(rig.Rejected("wrong_offload"), 1U);
}

}  // namespace
}  // namespace ddnn

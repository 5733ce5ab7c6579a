#include "core/offload/encoded_view.h"

#include <gtest/gtest.h>

#include "core/offload/jpeg.h"
#include "tests/unit/offload/test_views.h"

namespace ddnn {
namespace {

TEST(EncodedViewTest, RawViewsAreTheirPixels) {
  const EncodedView bytes = EncodeView(NoiseView(1), Offload::kRaw, 0);
  EXPECT_EQ(bytes.size(), 3072U);
  EXPECT_TRUE(CheckEncodedView(bytes, Offload::kRaw).ok());
  const auto view = DecodeView(bytes, Offload::kRaw);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(*view, NoiseView(1));
}

TEST(EncodedViewTest, JpegViewsHaveTheirQuality) {
  EXPECT_EQ(EncodeView(SmoothView(), Offload::kJpeg, 60),
            EncodeJpeg(SmoothView(), 60));
}

TEST(EncodedViewTest, RawViewsOfAnotherSizeAreRefused) {
  for (const std::size_t size : {0, 1, 3071, 3073}) {
    const EncodedView bytes(size, 'x');
    EXPECT_EQ(CheckEncodedView(bytes, Offload::kRaw).error(), Error::kBadShape);
    EXPECT_EQ(DecodeView(bytes, Offload::kRaw).error(), Error::kBadShape);
  }
}

TEST(EncodedViewTest, OneEncodingIsNotTheOther) {
  const EncodedView raw = EncodeView(SmoothView(), Offload::kRaw, 0);
  EXPECT_FALSE(CheckEncodedView(raw, Offload::kJpeg).ok());
  const EncodedView jpeg = EncodeView(SmoothView(), Offload::kJpeg, 90);
  EXPECT_FALSE(CheckEncodedView(jpeg, Offload::kRaw).ok());
}

TEST(EncodedViewTest, TheViewsOfAnAskKeepTheirDevices) {
  const CloudAsk ask{.sample = {1, 2},
                     .children = {},
                     .offload = Offload::kRaw,
                     .views = {"", EncodeView(NoiseView(1), Offload::kRaw, 0)}};
  const auto views = DecodeViews(ask);
  ASSERT_TRUE(views.ok());
  ASSERT_EQ(views->size(), 2U);
  EXPECT_FALSE((*views)[0].has_value());
  EXPECT_EQ((*views)[1], NoiseView(1));
}

TEST(EncodedViewTest, AnAskWithABadViewIsRefused) {
  const CloudAsk ask{
      .sample = {1, 2},
      .children = {},
      .offload = Offload::kJpeg,
      .views = {EncodeView(SmoothView(), Offload::kJpeg, 90), "no picture"}};
  EXPECT_EQ(DecodeViews(ask).error(), Error::kMalformed);
}

}  // namespace
}  // namespace ddnn

#include "core/offload/jpeg.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/unit/offload/test_views.h"

namespace ddnn {
namespace {

constexpr char kFrameHeader[] = "\xFF\xC0";  // SOF0, baseline

/// Where the frame header's height is; width and components follow.
std::size_t HeightAt(const std::string& jpeg) {
  const std::size_t at = jpeg.find(kFrameHeader);
  EXPECT_NE(at, std::string::npos);
  return at + 5;
}

TEST(JpegTest, AViewComesBackMuchAlike) {
  const View view = SmoothView();
  const auto again = DecodeJpeg(EncodeJpeg(view, 95));
  ASSERT_TRUE(again.ok()) << again.message();
  double error = 0;
  for (std::size_t i = 0; i < view.size(); ++i) {
    error += std::abs(int{view[i]} - int{(*again)[i]});
  }
  EXPECT_LT(error / kViewBytes, 4.0);
}

TEST(JpegTest, ColoursKeepTheirPlanes) {
  View red{};
  for (std::size_t i = 0; i < kViewBytes / 3; ++i) red[i] = 255;
  const auto again = DecodeJpeg(EncodeJpeg(red, 90));
  ASSERT_TRUE(again.ok()) << again.message();
  EXPECT_GT((*again)[0], 250);
  EXPECT_LT((*again)[kViewBytes / 3], 5);
  EXPECT_LT((*again)[kViewBytes - 1], 5);
}

TEST(JpegTest, TheSameViewGivesTheSameBytes) {
  EXPECT_EQ(EncodeJpeg(SmoothView(), 90), EncodeJpeg(SmoothView(), 90));
}

TEST(JpegTest, LowerQualityTakesFewerBytes) {
  EXPECT_LT(EncodeJpeg(SmoothView(), 50).size(),
            EncodeJpeg(SmoothView(), 95).size());
}

TEST(JpegTest, NoMarkerIsWasted) {
  const std::string jpeg = EncodeJpeg(SmoothView(), 90);
  EXPECT_EQ(jpeg.find("JFIF"), std::string::npos);
  EXPECT_EQ(jpeg.substr(0, 4), "\xFF\xD8\xFF\xDB");  // tables at once
}

TEST(JpegTest, NoiseOfAnyQualityStaysBelowTheLimit) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const std::string jpeg = EncodeJpeg(NoiseView(seed), 100);
    EXPECT_LT(jpeg.size(), kMaxEncodedViewBytes * 3 / 4);
    EXPECT_TRUE(DecodeJpeg(jpeg).ok());
  }
}

TEST(JpegTest, WhatIsNoJpegIsMalformed) {
  const std::string raw(kViewBytes, '\x80');
  for (const std::string_view bytes :
       {std::string_view(), std::string_view("x"), std::string_view("\xFF\xD8"),
        std::string_view(raw)}) {
    EXPECT_EQ(CheckJpeg(bytes).error(), Error::kMalformed);
    EXPECT_EQ(DecodeJpeg(bytes).error(), Error::kMalformed);
  }
}

TEST(JpegTest, CutOffAnywhereIsMalformed) {
  const std::string jpeg = EncodeJpeg(SmoothView(), 90);
  for (std::size_t length = 0; length < jpeg.size(); ++length) {
    const auto view = DecodeJpeg(std::string_view(jpeg).substr(0, length));
    ASSERT_FALSE(view.ok()) << length;
    EXPECT_EQ(view.error(), Error::kMalformed) << length;
  }
}

TEST(JpegTest, HugeImagesAreRefusedByTheirHeader) {
  std::string jpeg = EncodeJpeg(SmoothView(), 90);
  jpeg.replace(HeightAt(jpeg), 4, "\xFF\xDC\xFF\xDC");  // 65500 x 65500
  EXPECT_EQ(CheckJpeg(jpeg).error(), Error::kBadShape);
  EXPECT_EQ(DecodeJpeg(jpeg).error(), Error::kBadShape);
  jpeg.replace(HeightAt(jpeg), 4, "\xFF\xFF\xFF\xFF");  // beyond the format
  EXPECT_EQ(CheckJpeg(jpeg).error(), Error::kMalformed);
}

TEST(JpegTest, OtherSizesAreRefused) {
  std::string jpeg = EncodeJpeg(SmoothView(), 90);
  jpeg[HeightAt(jpeg) + 1] = 31;
  EXPECT_EQ(CheckJpeg(jpeg).error(), Error::kBadShape);
}

TEST(JpegTest, FourColoursAreRefused) {
  std::string jpeg = EncodeJpeg(SmoothView(), 90);
  const std::size_t length = HeightAt(jpeg) - 2;  // the low byte of it
  jpeg[length] = static_cast<char>(jpeg[length] + 3);
  jpeg[HeightAt(jpeg) + 4] = 4;
  jpeg.insert(HeightAt(jpeg) + 5, std::string("\x04\x11\x01", 3));
  EXPECT_EQ(CheckJpeg(jpeg).error(), Error::kBadShape);
}

TEST(JpegTest, TooManyBytesAreOversized) {
  std::string jpeg = EncodeJpeg(SmoothView(), 90);
  jpeg.resize(kMaxEncodedViewBytes + 1);
  EXPECT_EQ(CheckJpeg(jpeg).error(), Error::kOversized);
  EXPECT_EQ(DecodeJpeg(jpeg).error(), Error::kOversized);
}

TEST(JpegTest, DamagedBytesNeverCrashTheDecoder) {
  std::mt19937 random(1);
  const std::string jpeg = EncodeJpeg(SmoothView(), 90);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = jpeg;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    refused += DecodeJpeg(bytes).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace ddnn

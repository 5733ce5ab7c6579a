// Encoded views in messages: what travels, and what is refused.
#include <gtest/gtest.h>

#include <string>

#include "core/wire/wire.h"
#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

class OffloadCodecTest : public testing::Test {
 protected:
  template <typename T>
  static Error ErrorOf(const Result<T>& result) {
    return result ? Error::kRefused : result.error();
  }
  Error OffloadError(const OffloadMessage& message) const {
    return ErrorOf(codec_.DecodeOffload(codec_.Encode(message)));
  }
  /// The example, with one byte of the encoded message changed.
  Error OffloadErrorAt(std::size_t at, char value) const {
    std::string bytes = codec_.Encode(ExampleOffload(1));
    bytes[at] = value;
    return ErrorOf(codec_.DecodeOffload(bytes));
  }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
};

TEST_F(OffloadCodecTest, EveryFieldTravels) {
  const auto read = codec_.DecodeOffload(codec_.Encode(ExampleOffloadBatch()));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->sequence, 8U);
  EXPECT_EQ(read->offload, Offload::kJpeg);
  ASSERT_EQ(read->ticks.size(), 3U);
  EXPECT_EQ(read->ticks[0].views.size(), 1U);
  EXPECT_TRUE(read->ticks[1].views.empty());
  EXPECT_EQ(read->ticks[2].tick, 1002U);
  ASSERT_EQ(read->ticks[2].views.size(), 2U);
  EXPECT_EQ(read->ticks[2].views[1].object, 1);
  EXPECT_EQ(read->ticks[2].views[1].pixels, "\xFF\xD8");
  EXPECT_TRUE(read->ticks[2].views[1].sums.empty());
}

TEST_F(OffloadCodecTest, EncodingsThatDoNotExistAreOutOfRange) {
  for (const char encoding : {'\0', '\3', '\xFF'}) {
    EXPECT_EQ(OffloadErrorAt(0x1E, encoding), Error::kOutOfRange);
  }
}

TEST_F(OffloadCodecTest, RawViewsOfAnotherSizeAreBadShape) {
  EXPECT_EQ(OffloadErrorAt(0x1E, '\1'), Error::kBadShape);
}

TEST_F(OffloadCodecTest, ViewsWhoseSizeLiesAreBadShape) {
  EXPECT_EQ(OffloadErrorAt(0x2A, '\0'), Error::kBadShape);
  EXPECT_EQ(OffloadErrorAt(0x2A, '\4'), Error::kBadShape);  // one byte is left
  EXPECT_EQ(OffloadErrorAt(0x2A, '\6'), Error::kBadShape);
  EXPECT_EQ(OffloadErrorAt(0x2B, '\x7F'), Error::kBadShape);
}

TEST_F(OffloadCodecTest, ObjectTwiceInATickIsBadShape) {
  OffloadMessage message = ExampleOffload(2);
  message.ticks[0].views[1].object = message.ticks[0].views[0].object;
  EXPECT_EQ(OffloadError(message), Error::kBadShape);
}

TEST_F(OffloadCodecTest, MoreObjectsThanATickHoldsAreOversized) {
  const int limit = static_cast<int>(kMaxObjectsPerTick);
  OffloadMessage message{.offload = Offload::kJpeg, .ticks = {{1, {}}}};
  for (int i = 0; i <= limit; ++i) {
    message.ticks[0].views.push_back({static_cast<ObjectNumber>(i), {}, "x"});
  }
  EXPECT_EQ(OffloadError(message), Error::kOversized);
}

TEST_F(OffloadCodecTest, AnAsksViewsKeepTheirDevices) {
  const CloudAsk ask = ExampleOffloadAsk(bundle_);
  const auto read = codec_.DecodeCloudAsk(codec_.Encode(ask));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->offload, Offload::kJpeg);
  EXPECT_EQ(read->views, ask.views);
  EXPECT_TRUE(read->children.empty());
}

TEST_F(OffloadCodecTest, AnAskThatLiesAboutItsViewsIsBadShape) {
  const std::string ask = codec_.Encode(ExampleOffloadAsk(bundle_));
  for (const char present : {'\0', '\1', '\7', '\x45'}) {
    std::string bytes = ask;
    bytes[0x20] = present;
    EXPECT_EQ(ErrorOf(codec_.DecodeCloudAsk(bytes)), Error::kBadShape);
  }
  std::string bytes = ask;
  bytes[0x1E] = '\0';  // says that it carries maps
  EXPECT_EQ(ErrorOf(codec_.DecodeCloudAsk(bytes)), Error::kBadShape);
  bytes[0x1E] = '\3';
  EXPECT_EQ(ErrorOf(codec_.DecodeCloudAsk(bytes)), Error::kOutOfRange);
}

}  // namespace
}  // namespace ddnn

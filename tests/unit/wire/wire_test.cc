#include "core/wire/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

/// What holds for every kind of message.
class EveryMessageTest : public testing::TestWithParam<ExampleKind> {
 protected:
  Error ErrorOf(std::string_view bytes) const {
    const auto again = GetParam().reencode(codec_, bytes);
    return again ? Error::kRefused : again.error();
  }
  std::string Message() const { return GetParam().encode(codec_, bundle_); }

  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
};

TEST_P(EveryMessageTest, RoundTripIsExact) {
  const auto again = GetParam().reencode(codec_, Message());
  ASSERT_TRUE(again.ok()) << again.message();
  EXPECT_EQ(*again, Message());
}

TEST_P(EveryMessageTest, BytesAtAnyAddressAreRead) {
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + Message();
    const auto again =
        GetParam().reencode(codec_, std::string_view(moved).substr(shift));
    EXPECT_TRUE(again.ok()) << again.message();
  }
}

TEST_P(EveryMessageTest, EmptyIsTruncated) {
  EXPECT_EQ(ErrorOf(""), Error::kTruncated);
}

TEST_P(EveryMessageTest, CutAtEveryLengthIsRefused) {
  const std::string bytes = Message();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(ErrorOf(std::string_view(bytes).substr(0, length)),
              length < 8 ? Error::kTruncated : Error::kMalformed)
        << "at " << length << " of " << bytes.size();
  }
}

TEST_P(EveryMessageTest, UnknownIdentifierIsRefused) {
  std::string bytes = Message();
  bytes[7] = 'x';
  EXPECT_EQ(ErrorOf(bytes), Error::kWrongIdentifier);
}

TEST_P(EveryMessageTest, OtherKindsAreRefusedByTheirIdentifier) {
  for (const ExampleKind& other : MessageKinds()) {
    const std::string bytes = other.encode(codec_, bundle_);
    if (bytes.substr(4, 4) == Message().substr(4, 4)) continue;
    EXPECT_EQ(ErrorOf(bytes), Error::kWrongIdentifier) << other.name;
  }
}

TEST_P(EveryMessageTest, PayloadBeyondTheLimitIsOversized) {
  std::string bytes = Message();
  bytes.resize(kPayloadLimitBytes + 1, '\0');
  EXPECT_EQ(ErrorOf(bytes), Error::kOversized);
}

TEST_P(EveryMessageTest, OtherBundlesAreRefusedByTheirTag) {
  const Bundle other = MakeTestBundle({.seed = 2});
  const std::string bytes = GetParam().encode(Codec(other), other);
  const auto again = GetParam().reencode(codec_, bytes);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error(), Error::kWrongBundle);
  EXPECT_THAT(again.message(),
              testing::HasSubstr("of bundle d2032a1e, ours is bcda02c4"));
}

TEST_P(EveryMessageTest, RootBeyondTheEndIsMalformed) {
  for (const char high : {'\x01', '\x7F', '\xFF'}) {
    std::string bytes = Message();
    bytes[3] = high;
    EXPECT_EQ(ErrorOf(bytes), Error::kMalformed);
  }
}

TEST_P(EveryMessageTest, VtableBeyondTheEndIsMalformed) {
  std::string bytes = Message();
  const auto root = static_cast<unsigned char>(bytes[0]);
  std::memset(bytes.data() + root, 0x55, 4);
  EXPECT_EQ(ErrorOf(bytes), Error::kMalformed);
}

TEST_P(EveryMessageTest, MissingHeaderIsMalformed) {
  std::string bytes = Message();
  const auto root = static_cast<unsigned char>(bytes[0]);
  std::int32_t to_vtable = 0;
  std::memcpy(&to_vtable, bytes.data() + root, 4);
  // The vtable: its size, the table's size, then the header's offset.
  bytes[static_cast<std::size_t>(root - to_vtable + 4)] = 0;
  EXPECT_EQ(ErrorOf(bytes), Error::kMalformed);
}

INSTANTIATE_TEST_SUITE_P(All, EveryMessageTest,
                         testing::ValuesIn(MessageKinds()),
                         [](const testing::TestParamInfo<ExampleKind>& kind) {
                           return std::string(kind.param.name);
                         });

/// Where a message's vectors say how long they are.
struct LengthField {
  const char* message;
  std::size_t at;
  std::uint32_t length;
};

class LyingLengthTest : public testing::TestWithParam<LengthField> {};

TEST_P(LyingLengthTest, BeyondTheEndIsMalformed) {
  const Bundle bundle = MakeTestBundle();
  const Codec codec(bundle);
  const auto& [name, at, length] = GetParam();
  for (const ExampleKind& kind : MessageKinds()) {
    if (kind.name != std::string_view(name)) continue;
    std::string bytes = kind.encode(codec, bundle);
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    ASSERT_EQ(value, length) << "the layout has changed";
    for (const std::uint32_t lie : {static_cast<std::uint32_t>(bytes.size()),
                                    0x7FFF'FFFFU, 0x8000'0000U, 0xFFFF'FFFFU}) {
      std::memcpy(bytes.data() + at, &lie, 4);
      const auto again = kind.reencode(codec, bytes);
      ASSERT_FALSE(again.ok()) << lie;
      EXPECT_EQ(again.error(), Error::kMalformed) << lie;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, LyingLengthTest,
    testing::Values(
        LengthField{"score_of_one_view", 36, 4},
        LengthField{"score_of_two_views", 36, 8},
        LengthField{"score_batch", 72, 12}, LengthField{"score_batch", 44, 3},
        LengthField{"offload_of_one_view", 36, 9},
        LengthField{"offload_batch", 72, 24},
        LengthField{"offload_batch", 44, 3},
        LengthField{"ask_with_views", 40, 11}, LengthField{"request", 28, 2},
        LengthField{"feature", 36, 128}, LengthField{"ask", 40, 128},
        LengthField{"answer", 36, 3}, LengthField{"result", 96, 2},
        LengthField{"result", 124, 3}, LengthField{"result", 132, 3},
        LengthField{"result", 160, 3}),
    [](const testing::TestParamInfo<LengthField>& field) {
      return std::string(field.param.message) + "_at_" +
             std::to_string(field.param.at);
    });

// ---- byte budgets -----------------------------------------------------------

class ByteBudgetTest : public testing::Test {
 protected:
  const Bundle bundle_ = MakeTestBundle();
  const Codec codec_{bundle_};
};

TEST_F(ByteBudgetTest, ScoresCostThirtyTwoBytesPlusTheirViews) {
  EXPECT_EQ(codec_.Encode(ExampleScores(0)).size(), 32U);
  EXPECT_EQ(codec_.Encode(ExampleScores(1)).size(), 48U);
  EXPECT_EQ(codec_.Encode(ExampleScores(2)).size(), 56U);
  EXPECT_EQ(codec_.Encode(ExampleScores(5)).size(), 80U);
}

TEST_F(ByteBudgetTest, MapOfFourFiltersCostsFortyBytesMoreThanItsBits) {
  EXPECT_EQ(ExampleMap().map.bits.size(), 128U);
  EXPECT_EQ(codec_.Encode(ExampleMap()).size(), 168U);
}

TEST_F(ByteBudgetTest, RequestCostsEightBytesASample) {
  EXPECT_EQ(codec_.Encode(MapRequest{{{1, 0}}}).size(), 40U);
  EXPECT_EQ(codec_.Encode(ExampleRequest()).size(), 48U);
}

TEST_F(ByteBudgetTest, DecidedCostsTwentyEightBytes) {
  EXPECT_EQ(codec_.Encode(Decided{1}).size(), 28U);
}

TEST_F(ByteBudgetTest, OffloadCostsAsScoresDoPlusFourBytesAView) {
  EXPECT_EQ(codec_.Encode(ExampleOffload(0)).size(), 32U);
  EXPECT_EQ(codec_.Encode(ExampleOffload(1)).size(), 40U + 4 + 5 + 3);
  OffloadMessage raw = ExampleOffload(1);
  raw.offload = Offload::kRaw;
  raw.ticks[0].views[0].pixels.assign(kViewBytes, '\0');
  EXPECT_EQ(codec_.Encode(raw).size(), 40U + 4 + 3072);
}

TEST_F(ByteBudgetTest, ARawAskOfAFullGroupFitsIntoAMessage) {
  const Bundle bundle = MakeTestBundle({.devices = kMaxDevices});
  CloudAsk ask{{1, 0}, {}, Offload::kJpeg, {}};
  ask.views.assign(kMaxDevices, EncodedView(kMaxEncodedViewBytes, 'x'));
  EXPECT_LE(Codec(bundle).Encode(ask).size(), kPayloadLimitBytes);
}

TEST_F(ByteBudgetTest, AskAndAnswerCostAFixedHeadMoreThanTheirContent) {
  EXPECT_EQ(codec_.Encode(ExampleAsk(bundle_, {0, 1, 5})).size(),
            44U + 3 * 128);
  EXPECT_EQ(codec_.Encode(ExampleAnswer()).size(), 40U + 3 * 4);
}

}  // namespace
}  // namespace ddnn

// What edges say of themselves: sums with their sources, maps, their place.
#include <gtest/gtest.h>

#include "core/wire/json.h"
#include "core/wire/wire.h"
#include "tests/support/test_bundle.h"
#include "tests/support/test_messages.h"

namespace ddnn {
namespace {

/// Devices 0, 1, 2 are below edge 6, the others below edge 7.
class EdgeMessagesTest : public testing::Test {
 protected:
  static ScoreMessage Sums(std::uint32_t first, std::uint32_t second) {
    return {.sequence = 3,
            .ticks = {
                {9, {{4, {1, -2, 3}, {}, first}, {5, {4, 5, 6}, {}, second}}}}};
  }
  Error SumsError(const ScoreMessage& message, int node) const {
    const auto read = codec_.DecodeScores(codec_.Encode(message), node);
    EXPECT_FALSE(read.ok());
    return read.ok() ? Error::kRefused : read.error();
  }

  const Bundle bundle_ = MakeTestBundle({.edges = 2});
  const Codec codec_{bundle_};
};

TEST_F(EdgeMessagesTest, SumsTravelWithTheirSources) {
  const auto read =
      codec_.DecodeScores(codec_.Encode(Sums(0b101000, 0b010000)), 7);
  ASSERT_TRUE(read.ok()) << read.message();
  ASSERT_EQ(read->ticks.size(), 1U);
  const auto& views = read->ticks[0].views;
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].object, 4);
  EXPECT_EQ(views[0].sums, (ddnn::Sums{1, -2, 3}));
  EXPECT_EQ(views[0].sources, 0b101000U);
  EXPECT_EQ(views[1].sources, 0b010000U);
}

TEST_F(EdgeMessagesTest, SourcesBelowAnotherEdgeAreOutOfRange) {
  EXPECT_EQ(SumsError(Sums(0b000001, 0b001000), 7), Error::kOutOfRange);
  EXPECT_EQ(SumsError(Sums(0b001000, 0b1000000), 7), Error::kOutOfRange);
}

TEST_F(EdgeMessagesTest, EdgeWithoutSourcesAndDeviceWithThemAreBadShape) {
  EXPECT_EQ(SumsError(Sums(0, 0), 7), Error::kBadShape);
  EXPECT_EQ(SumsError(Sums(0b001000, 0), 7), Error::kBadShape);
  EXPECT_EQ(SumsError(Sums(0b001000, 0b001000), 3), Error::kBadShape);
}

TEST_F(EdgeMessagesTest, SumBeyondTheEdgesInputsIsOutOfRange) {
  ScoreMessage message = Sums(0b001000, 0b001000);
  message.ticks[0].views[0].sums[0] = bundle_.nodes[7].section.head.inputs + 1;
  EXPECT_EQ(SumsError(message, 7), Error::kOutOfRange);
}

TEST_F(EdgeMessagesTest, OnlyDevicesAndEdgesSend) {
  const std::string bytes = codec_.Encode(Sums(0b001000, 0b001000));
  for (const int node : {-1, 8, 9}) {
    EXPECT_EQ(codec_.DecodeScores(bytes, node).error(), Error::kUnknownDevice);
    EXPECT_EQ(codec_.DecodeMap(codec_.Encode(ExampleMap()), node).error(),
              Error::kUnknownDevice);
  }
}

TEST_F(EdgeMessagesTest, MapOfAnEdgeTravels) {
  const SampleMap sent{{9, 4}, FeatureMap(bundle_.OutputShape(7))};
  const auto read = codec_.DecodeMap(codec_.Encode(sent), 7);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->map, sent.map);
  EXPECT_EQ(codec_.DecodeMap(codec_.Encode(sent), 0).error(), Error::kBadShape);
}

TEST_F(EdgeMessagesTest, StateTellsAnEdgesPlace) {
  AgentState state = ExampleState(bundle_);
  state.tier = "edge";
  state.device = -1;
  EXPECT_EQ(EncodeAgentState(state).find("place"), std::string::npos);
  state.place = "north";
  const auto read = DecodeAgentState(EncodeAgentState(state));
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(read->place, "north");
  state.place = "north\ngate";  // would forge a line of the log
  EXPECT_FALSE(DecodeAgentState(EncodeAgentState(state)).ok());
}

}  // namespace
}  // namespace ddnn

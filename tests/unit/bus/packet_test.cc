#include "core/bus/packet.h"

#include <gtest/gtest.h>

#include <string>

namespace ddnn {
namespace {

TEST(PublishPacketBytesTest, EqualsCapturedPackets) {
  // 12 bytes of payload; the alias property has 3 bytes.
  constexpr auto kQos0 = Qos::kAtMostOnce;
  constexpr auto kQos1 = Qos::kAtLeastOnce;
  EXPECT_EQ(PublishPacketBytes(10, 12, kQos0, 0), 27U);
  EXPECT_EQ(PublishPacketBytes(10, 12, kQos1, 0), 29U);
  EXPECT_EQ(PublishPacketBytes(30, 12, kQos0, 0), 47U);
  EXPECT_EQ(PublishPacketBytes(30, 12, kQos1, 0), 49U);
  EXPECT_EQ(PublishPacketBytes(60, 12, kQos0, 0), 77U);
  EXPECT_EQ(PublishPacketBytes(60, 12, kQos1, 0), 79U);
  EXPECT_EQ(PublishPacketBytes(0, 12, kQos0, 3), 20U);
  EXPECT_EQ(PublishPacketBytes(0, 12, kQos1, 3), 22U);
}

TEST(PublishPacketBytesTest, LengthFieldGrowsWithThePacket) {
  // 127 bytes remaining fit one length byte, 128 need two, 16384 three.
  EXPECT_EQ(PublishPacketBytes(0, 124, Qos::kAtMostOnce, 0), 129U);
  EXPECT_EQ(PublishPacketBytes(0, 125, Qos::kAtMostOnce, 0), 131U);
  EXPECT_EQ(PublishPacketBytes(0, 16380, Qos::kAtMostOnce, 0), 16386U);
  EXPECT_EQ(PublishPacketBytes(0, 16381, Qos::kAtMostOnce, 0), 16388U);
}

TEST(PublishPacketBytesTest, ScoreMessageCostsEightBytesOverItsPayload) {
  EXPECT_EQ(PublishPacketBytes(0, 56, Qos::kAtMostOnce, 3), 56U + 8U);
  EXPECT_EQ(PublishPacketBytes(0, 121, Qos::kAtMostOnce, 3), 121U + 8U);
  EXPECT_EQ(PublishPacketBytes(0, 122, Qos::kAtMostOnce, 3), 122U + 9U);
}

OutgoingMessage Aliased(std::string topic) {
  return {.topic = std::move(topic), .payload = "123456789012", .alias = true};
}

AliasUse Send(AliasTable* table, const std::string& topic) {
  const OutgoingMessage message = Aliased(topic);
  const AliasUse use = table->Propose(message);
  table->Confirm(message, use);
  return use;
}

TEST(AliasTableTest, TopicIsNamedOnceThenStoodFor) {
  AliasTable table(10);
  const auto first = Send(&table, "a/topic");
  const auto second = Send(&table, "a/topic");
  EXPECT_EQ(first.alias, 1);
  EXPECT_TRUE(first.named);
  EXPECT_EQ(second.alias, 1);
  EXPECT_FALSE(second.named);
}

TEST(AliasTableTest, TopicIsNamedAgainIfTheFirstMessageDidNotGoOut) {
  AliasTable table(10);
  EXPECT_TRUE(table.Propose(Aliased("a/topic")).named);
  EXPECT_TRUE(table.Propose(Aliased("a/topic")).named);
}

TEST(AliasTableTest, TopicsBeyondTheMaximumGoByTheirNames) {
  AliasTable table(1);
  EXPECT_EQ(Send(&table, "one").alias, 1);
  EXPECT_EQ(Send(&table, "two").alias, 0);
  EXPECT_TRUE(Send(&table, "two").named);
  EXPECT_EQ(Send(&table, "one").alias, 1);
}

TEST(AliasTableTest, MessagesThatWantNoneGetNone) {
  const AliasTable table(10);
  EXPECT_EQ(table.Propose({.topic = "a", .payload = ""}).alias, 0);
}

TEST(PacketBytesTest, CountsEachProperty) {
  OutgoingMessage message = Aliased("0123456789");
  EXPECT_EQ(PacketBytes(message, {}), 27U);
  EXPECT_EQ(PacketBytes(message, {1, true}), 30U);
  EXPECT_EQ(PacketBytes(message, {1, false}), 20U);
  message.expiry = std::chrono::seconds(1);
  EXPECT_EQ(PacketBytes(message, {1, false}), 25U);
  message.content_type = "abc";
  EXPECT_EQ(PacketBytes(message, {1, false}), 31U);
  message.content_type = "application/json";  // and the payload format
  EXPECT_EQ(PacketBytes(message, {1, false}), 25U + 3 + 16 + 2);
}

}  // namespace
}  // namespace ddnn

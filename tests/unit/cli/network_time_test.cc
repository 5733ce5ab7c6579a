#include "cli/network_time.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kCookie = 0x0102030405060708;
// 2026-01-01 00:00:00 UTC; 3 976 214 400 s since 1900.
constexpr Instant kSent{seconds(1'767'225'600)};
constexpr std::uint32_t kSentSince1900 = 3'976'214'400;

void PutU64(NtpPacket* packet, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) {
    (*packet)[at + i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  }
}

/// A reply of a host that is `ahead` halves of a second ahead, and that took
/// half a second to answer.
NtpPacket Reply(std::uint64_t half_seconds_ahead) {
  NtpPacket reply{};
  reply[0] = 0x24;  // version 4, a server
  reply[1] = 2;     // stratum
  const std::uint64_t came =
      (std::uint64_t{kSentSince1900} << 32) + (half_seconds_ahead << 31);
  PutU64(&reply, 24, kCookie);
  PutU64(&reply, 32, came);
  PutU64(&reply, 40, came + (std::uint64_t{1} << 31));
  return reply;
}

TEST(NtpTest, TheRequestIsAClientsAndHoldsTheCookie) {
  const NtpPacket request = NtpRequest(kCookie);
  EXPECT_EQ(request[0], 0x23);
  EXPECT_EQ(request[40], 0x01);
  EXPECT_EQ(request[47], 0x08);
}

TEST(NtpTest, OffsetIsWhatTheWayThereAndBackDoesNotExplain) {
  // Sent at 0 s, back at 1 s, half a second of which the other host used.
  const auto offset =
      ReadNtpReply(Reply(3), kCookie, kSent, kSent + seconds(1));
  ASSERT_TRUE(offset.ok());
  // It came at 1.5 s of theirs, 0.25 s after it was sent.
  EXPECT_EQ(offset->ahead, milliseconds(1250));
  EXPECT_EQ(offset->error, milliseconds(250));
}

TEST(NtpTest, AClockBehindGivesANegativeOffset) {
  const auto offset =
      ReadNtpReply(Reply(0), kCookie, kSent + seconds(9), kSent + seconds(10));
  ASSERT_TRUE(offset.ok());
  EXPECT_EQ(offset->ahead, milliseconds(-9250));
}

TEST(NtpTest, TimesBeyondTheEraOf2036AreUnderstood) {
  constexpr Instant kIn2036{seconds(2'085'978'496 + 10)};  // era 1, second 10
  NtpPacket reply = Reply(0);
  PutU64(&reply, 32, std::uint64_t{11} << 32);
  PutU64(&reply, 40, std::uint64_t{11} << 32);
  const auto offset = ReadNtpReply(reply, kCookie, kIn2036, kIn2036);
  ASSERT_TRUE(offset.ok());
  EXPECT_EQ(offset->ahead, seconds(1));
}

TEST(NtpTest, AnAnswerToAnotherQuestionIsRefused) {
  EXPECT_EQ(ReadNtpReply(Reply(0), kCookie + 1, kSent, kSent).error(),
            Error::kMalformed);
  EXPECT_EQ(ReadNtpReply(NtpRequest(kCookie), kCookie, kSent, kSent).error(),
            Error::kMalformed);
}

TEST(NtpTest, AHostWhoseClockIsNotSetTellsNoTime) {
  NtpPacket alarm = Reply(0);
  alarm[0] = 0xe4;
  EXPECT_EQ(ReadNtpReply(alarm, kCookie, kSent, kSent).error(),
            Error::kRefused);
  NtpPacket kiss_of_death = Reply(0);
  kiss_of_death[1] = 0;
  EXPECT_EQ(ReadNtpReply(kiss_of_death, kCookie, kSent, kSent).error(),
            Error::kRefused);
}

}  // namespace
}  // namespace ddnn

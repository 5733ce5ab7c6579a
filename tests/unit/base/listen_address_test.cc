#include "core/base/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/config.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

ListenAddress Parse(const std::string& listen) {
  return ParseListenAddress(listen, "--listen", "; or leave it");
}

TEST(ListenAddressTest, HostAndPortAreTakenApart) {
  EXPECT_EQ(Parse("127.0.0.1:9110").host, "127.0.0.1");
  EXPECT_EQ(Parse("127.0.0.1:9110").port, 9110);
  EXPECT_EQ(Parse("0.0.0.0:0").port, 0);
  EXPECT_EQ(Parse("[::1]:65535").host, "[::1]");
  EXPECT_EQ(Parse("localhost:1").host, "localhost");
}

TEST(ListenAddressTest, AnythingElseIsRefusedWithFormAndRemedy) {
  for (const std::string listen :
       {"9110", ":9110", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:9110s", "127.0.0.1:80,81",
        "256.0.0.1:80", "::1:80", "[::1:80", "[127.0.0.1]:80", "plant:80",
        "http://127.0.0.1:80", " 127.0.0.1:80"}) {
    try {
      Parse(listen);
      ADD_FAILURE() << listen;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr("--listen = '" + listen + "'"),
                        HasSubstr("HOST:PORT"), HasSubstr("; or leave it")));
    }
  }
}

TEST(ListenAddressTest, AZeroByteDoesNotHideWhatFollows) {
  EXPECT_THROW(Parse(std::string("127.0.0.1\0x:80", 14)), ConfigError);
}

TEST(ListenAddressTest, IsWrittenAsItIsRead) {
  EXPECT_EQ(Parse("[::1]:80").ToString(), "[::1]:80");
  EXPECT_EQ(Parse("0.0.0.0:0").ToString(), "0.0.0.0:0");
}

TEST(ListenAddressTest, SocketsTakeTheHostWithoutBrackets) {
  EXPECT_EQ(Parse("[::1]:80").SocketHost(), "::1");
  EXPECT_EQ(Parse("localhost:80").SocketHost(), "localhost");
}

TEST(HostPortTest, APortIsOptional) {
  EXPECT_EQ(SplitHostPort("wall.example:80")->host, "wall.example");
  EXPECT_EQ(SplitHostPort("wall.example:80")->port, 80);
  EXPECT_EQ(SplitHostPort("wall.example")->host, "wall.example");
  EXPECT_EQ(SplitHostPort("wall.example")->port, std::nullopt);
}

TEST(HostPortTest, ColonsInBracketsBelongToTheHost) {
  EXPECT_EQ(SplitHostPort("[::1]")->host, "[::1]");
  EXPECT_EQ(SplitHostPort("[::1]:80")->host, "[::1]");
}

TEST(HostPortTest, APortIsANumberOf16Bits) {
  for (const char* text : {"h:", "h:x", "h:80x", "h:-1", "h:65536"}) {
    EXPECT_FALSE(SplitHostPort(text)) << text;
  }
}

TEST(IsAddressTest, NamesAndBareIpv6AreNot) {
  EXPECT_TRUE(IsAddress("192.168.0.7"));
  EXPECT_TRUE(IsAddress("[fe80::1]"));
  for (const char* host : {"", "::1", "localhost", "[127.0.0.1]", "[", "[]"}) {
    EXPECT_FALSE(IsAddress(host)) << host;
  }
}

TEST(ListenAddressTest, EverySpellingOfAllAddressesIsKnown) {
  for (const char* host :
       {"0.0.0.0", "[::]", "[::0]", "[0:0::0]", "[::ffff:0.0.0.0]"}) {
    EXPECT_TRUE(IsEveryAddress(host)) << host;
  }
  for (const char* host : {"127.0.0.1", "[::1]", "localhost", "0", ""}) {
    EXPECT_FALSE(IsEveryAddress(host)) << host;
  }
}

TEST(ListenAddressTest, EverySpellingOfLoopbackIsKnown) {
  for (const char* host : {"127.0.0.1", "127.8.0.1", "[::1]", "[0::1]",
                           "localhost", "[::ffff:127.0.0.1]"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"10.0.0.1", "[::]", "[2001::1]", "127", ""}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace ddnn

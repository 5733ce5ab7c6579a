#include "cli/serve/request_check.h"

#include <gtest/gtest.h>

namespace ddnn {
namespace {

TEST(RequestCheckTest, AddressesAndLocalhostAreOurs) {
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:8080", "[::1]",
        "[::1]:8080", "192.168.0.7:80", "[fe80::1]:8080"}) {
    EXPECT_TRUE(IsOwnHost(host, "")) << host;
  }
}

TEST(RequestCheckTest, NamesThatOthersCanPointHereAreNot) {
  for (const char* host :
       {"", ":8080", "evil.example", "evil.example:8080",
        "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1:8080x",
        "127.0.0.1@evil.example", "[::1", "::1", "[evil]:80", "localhost:x",
        "localhost:123456", "127.0.0.1 "}) {
    EXPECT_FALSE(IsOwnHost(host, "")) << host;
  }
}

TEST(RequestCheckTest, TheAllowedNameIsOursToo) {
  EXPECT_TRUE(IsOwnHost("Wall.example:8080", "wall.example"));
  EXPECT_TRUE(IsOwnHost("127.0.0.1", "wall.example"));
  EXPECT_FALSE(IsOwnHost("other.example", "wall.example"));
}

TEST(RequestCheckTest, AZeroByteEndsNothing) {
  EXPECT_FALSE(IsOwnHost(std::string_view("127.0.0.1\0.evil", 15), ""));
}

}  // namespace
}  // namespace ddnn

#include "core/telemetry/metrics_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/telemetry/metrics_server.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ListenAddressTest, HostAndPortAreTakenApart) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:9110").host, "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("127.0.0.1:9110").port, 9110);
  EXPECT_EQ(ParseListenAddress("0.0.0.0:0").port, 0);
  EXPECT_EQ(ParseListenAddress("[::1]:65535").host, "[::1]");
  EXPECT_EQ(ParseListenAddress("localhost:1").host, "localhost");
}

TEST(ListenAddressTest, AnythingElseIsRefusedWithFormAndRemedy) {
  for (const std::string listen :
       {"9110", ":9110", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:9110s", "127.0.0.1:80,81",
        "256.0.0.1:80", "::1:80", "[::1:80", "[127.0.0.1]:80", "plant:80",
        "http://127.0.0.1:80", " 127.0.0.1:80"}) {
    try {
      ParseListenAddress(listen);
      ADD_FAILURE() << listen;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr("metrics.listen = '" + listen + "'"),
                        HasSubstr("HOST:PORT"), HasSubstr("empty")));
    }
  }
}

TEST(ListenAddressTest, AZeroByteDoesNotHideWhatFollows) {
  EXPECT_THROW(ParseListenAddress(std::string("127.0.0.1\0x:80", 14)),
               ConfigError);
}

TEST(MetricsServerTest, NoAddressMeansNoServer) {
  const MetricsRegistry registry;
  const auto server = MetricsServer::Open({}, registry);
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(server.value()->address(), "");
}

}  // namespace
}  // namespace ddnn

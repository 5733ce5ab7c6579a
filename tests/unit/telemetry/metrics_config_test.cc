#include "core/telemetry/metrics_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/telemetry/metrics_server.h"

namespace ddnn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(MetricsConfigTest, EmptyAddressIsFineAsNoMetrics) {
  EXPECT_NO_THROW(CheckMetricsConfig({.listen = ""}));
}

TEST(MetricsConfigTest, BadAddressIsRefusedByItsKeyWithTheWayOut) {
  try {
    CheckMetricsConfig({.listen = "plant:80"});
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("metrics.listen = 'plant:80'"),
                                    HasSubstr("leave it empty")));
  }
}

TEST(MetricsServerTest, NoAddressMeansNoServer) {
  const MetricsRegistry registry;
  const auto server = MetricsServer::Open({}, registry);
  ASSERT_TRUE(server.ok());
  EXPECT_EQ(server.value()->address(), "");
}

}  // namespace
}  // namespace ddnn

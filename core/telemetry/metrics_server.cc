#include "core/telemetry/metrics_server.h"

#include <spdlog/spdlog.h>

#include "core/http/bounded_server.h"

namespace ddnn {
namespace {

constexpr HttpLimits kLimits{.threads = MetricsServer::kThreads,
                             .request_bytes = MetricsServer::kRequestBytes,
                             .request_time = MetricsServer::kRequestTime,
                             .write_time = MetricsServer::kWriteTime};

Failure CannotListen(const std::string& listen) {
  return {Error::kRefused,
          "metrics.listen = '" + listen +
              "': cannot listen there: another program has the port, or the "
              "address is not of this machine; choose another, a port of 0 "
              "for any free one, or \"\" for no metrics"};
}

}  // namespace

MetricsServer::MetricsServer() = default;
MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>> MetricsServer::Open(
    const MetricsConfig& config, const MetricsRegistry& registry) {
  std::unique_ptr<MetricsServer> server(new MetricsServer);
  if (config.listen.empty()) return server;
  ListenAddress address = ListenAddressOf(config);
  server->server_ = std::make_unique<BoundedServer>(kLimits);
  server->server_->Get("/metrics", [&registry](const auto&, auto& response) {
    response.set_content(registry.Render(),
                         "text/plain; version=0.0.4; charset=utf-8");
  });
  const auto port = server->server_->Open(address);
  if (!port) return CannotListen(config.listen);
  address.port = static_cast<std::uint16_t>(*port);
  server->address_ = address.ToString();
  spdlog::info("metrics url=http://{}/metrics", server->address_);
  return server;
}

Result<std::unique_ptr<MetricsServer>> ServeMetrics(const MetricsConfig& config,
                                                    AgentMetrics* metrics) {
  metrics->byte_budget.Set(config.byte_budget);
  auto server = MetricsServer::Open(config, metrics->registry);
  if (server) metrics->address = server.value()->address();
  return server;
}

}  // namespace ddnn

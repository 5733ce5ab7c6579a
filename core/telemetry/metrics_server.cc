#include "core/telemetry/metrics_server.h"

#include <prometheus/exposer.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <vector>

namespace ddnn {
namespace {

/// Options of the HTTP server behind prometheus-cpp. Without a document root it
/// has no files to give away.
std::vector<std::string> ServerOptions(const std::string& listen) {
  return {
      "listening_ports",    listen,
      "num_threads",        std::to_string(MetricsServer::kThreads),
      "connection_queue",   std::to_string(MetricsServer::kQueue),
      "listen_backlog",     std::to_string(MetricsServer::kQueue),
      "max_request_size",   "4096",
      "request_timeout_ms", std::to_string(MetricsServer::kRequestTimeoutMs)};
}

Failure CannotListen(const std::string& listen) {
  return {Error::kRefused,
          "metrics.listen = '" + listen +
              "': cannot listen there: another program has the port, or the "
              "address is not of this machine; choose another, a port of 0 "
              "for any free one, or \"\" for no metrics"};
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::Open(
    const MetricsConfig& config, const MetricsRegistry& registry) {
  std::unique_ptr<MetricsServer> server(new MetricsServer);
  if (config.listen.empty()) return server;
  const ListenAddress address = ParseListenAddress(config.listen);
  try {
    server->exposer_ =
        std::make_unique<prometheus::Exposer>(ServerOptions(config.listen));
  } catch (const std::exception&) {
    return CannotListen(config.listen);
  }
  server->exposer_->RegisterCollectable(registry.collectable());
  const std::vector<int> ports = server->exposer_->GetListeningPorts();
  server->address_ = address.host + ":" + std::to_string(ports.at(0));
  spdlog::info("metrics url=http://{}/metrics", server->address_);
  return server;
}

MetricsServer::~MetricsServer() = default;

}  // namespace ddnn

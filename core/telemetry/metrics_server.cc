#include "core/telemetry/metrics_server.h"

#include <netdb.h>
#include <prometheus/exposer.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <thread>
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

/// Connects and hangs up. The library's thread looks for its end only when
/// somebody knocks, or every 2 s.
void Knock(const ListenAddress& address) {
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.SocketHost().c_str(),
                    std::to_string(address.port).c_str(), nullptr,
                    &found) != 0) {
    return;
  }
  const int fd =
      ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0) {
    (void)::connect(fd, found->ai_addr, found->ai_addrlen);
    ::close(fd);
  }
  ::freeaddrinfo(found);
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::Open(
    const MetricsConfig& config, const MetricsRegistry& registry) {
  std::unique_ptr<MetricsServer> server(new MetricsServer);
  if (config.listen.empty()) return server;
  ListenAddress address = ListenAddressOf(config);
  try {
    server->exposer_ =
        std::make_unique<prometheus::Exposer>(ServerOptions(config.listen));
  } catch (const std::exception&) {
    return CannotListen(config.listen);
  }
  // The name is a pattern: without its end it would match /metrics.txt too.
  server->exposer_->RegisterCollectable(registry.collectable(), "/metrics$");
  const std::vector<int> ports = server->exposer_->GetListeningPorts();
  address.port = static_cast<std::uint16_t>(ports.at(0));
  server->address_ = address.ToString();
  spdlog::info("metrics url=http://{}/metrics", server->address_);
  return server;
}

MetricsServer::~MetricsServer() {
  if (!exposer_) return;
  const ListenAddress address = ListenAddressOf({.listen = address_});
  const std::jthread waker([&address](const std::stop_token& stopped) {
    while (!stopped.stop_requested()) {
      Knock(address);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  exposer_.reset();
}

Result<std::unique_ptr<MetricsServer>> ServeMetrics(const MetricsConfig& config,
                                                    AgentMetrics* metrics) {
  metrics->byte_budget.Set(config.byte_budget);
  auto server = MetricsServer::Open(config, metrics->registry);
  if (server) metrics->address = server.value()->address();
  return server;
}

}  // namespace ddnn

#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/telemetry/metrics_config.h"
#include "core/telemetry/registry.h"

namespace prometheus {
class Exposer;
}

namespace ddnn {

/// Answers GET /metrics over HTTP, and nothing else, on threads of its own.
///
/// Whoever scrapes never waits for the agent, nor the agent for it: two
/// requests are answered at a time, kQueue more connections wait, further ones
/// are refused; one that neither speaks nor listens is cut off after
/// kRequestTimeoutMs.
/// Thread-safety: one thread opens and destroys it.
class MetricsServer {
 public:
  static constexpr int kThreads = 2;
  static constexpr int kQueue = 8;
  static constexpr int kRequestTimeoutMs = 2000;

  /// Opens it and says where in the log; an empty `listen` opens nothing.
  /// \param registry  complete; must outlive the server.
  /// \return kRefused if it cannot listen there: message with the remedy.
  /// \throws ConfigError  as ParseListenAddress().
  static Result<std::unique_ptr<MetricsServer>> Open(
      const MetricsConfig& config, const MetricsRegistry& registry);

  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  /// HOST:PORT, the port the real one; empty if it serves nothing.
  const std::string& address() const { return address_; }

 private:
  MetricsServer() = default;

  std::string address_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace ddnn

#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/telemetry/agent_metrics.h"
#include "core/telemetry/metrics_config.h"
#include "core/telemetry/registry.h"

namespace ddnn {

class BoundedServer;

/// Answers GET /metrics over HTTP, and nothing else, on threads of its own.
///
/// Whoever scrapes never waits for the agent, nor the agent for it: kThreads
/// requests are answered at a time, further connections wait in the kernel. A
/// request of at most kRequestBytes must be there within kRequestTime; one that
/// does not read for kWriteTime is cut off.
/// Thread-safety: one thread opens and destroys it.
class MetricsServer {
 public:
  static constexpr int kThreads = 8;
  static constexpr std::size_t kRequestBytes = 4096;
  static constexpr milliseconds kRequestTime{500};
  static constexpr milliseconds kWriteTime{500};

  /// Opens it and says where in the log; an empty `listen` opens nothing.
  /// \param registry  complete; must outlive the server.
  /// \return kRefused if it cannot listen there: message with the remedy.
  /// \throws ConfigError  as ListenAddressOf().
  static Result<std::unique_ptr<MetricsServer>> Open(
      const MetricsConfig& config, const MetricsRegistry& registry);

  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  /// HOST:PORT, the port the real one; empty if it serves nothing.
  const std::string& address() const { return address_; }

 private:
  MetricsServer();

  std::string address_;
  std::unique_ptr<BoundedServer> server_;
};

/// An agent's start of metrics: opens the server, tells its address and the
/// operator's byte budget in `metrics`, which must outlive the server.
/// \return as MetricsServer::Open().
/// \throws ConfigError  as MetricsServer::Open().
Result<std::unique_ptr<MetricsServer>> ServeMetrics(const MetricsConfig& config,
                                                    AgentMetrics* metrics);

}  // namespace ddnn

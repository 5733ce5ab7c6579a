#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/scoreboard.h"
#include "core/telemetry/metrics_server.h"
#include "core/telemetry/registry.h"

namespace ddnn {

/// A replay's own /metrics: how many answers were right. It alone knows the
/// truth, so agents cannot tell.
///
///     ddnn_labelled_samples_total{class="car",correct="yes"}
///
/// Thread-safety: none.
class LabelledMetrics {
 public:
  /// \param classes  names by label.
  explicit LabelledMetrics(const std::vector<std::string>& classes);

  /// Shows them on a free port of this machine.
  /// \throws CommandError  kExitUnavailable: it cannot listen there.
  void Open();
  /// HOST:PORT once open.
  std::string address() const { return server_ ? server_->address() : ""; }

  void Update(const Scoreboard::Running& running);

  /// The page, for tests.
  std::string Render() const { return registry_.Render(); }

 private:
  MetricsRegistry registry_;
  CounterFeed feed_;
  AgentCounters counters_;
  std::unique_ptr<MetricsServer> server_;  // after the registry, which it reads
};

}  // namespace ddnn

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/telemetry/counter_table.h"

namespace prometheus {
class Gauge;
class Histogram;
}  // namespace prometheus

namespace ddnn {

/// A value that goes up and down.
/// A handle: copy it freely, the registry must outlive it. Thread-safe.
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  void Set(double value);

 private:
  prometheus::Gauge* gauge_;
};

/// Counts observations by size; some 50 ns each.
/// A handle: copy it freely, the registry must outlive it. Thread-safe.
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram* histogram)
      : histogram_(histogram) {}
  void Observe(double value);

 private:
  prometheus::Histogram* histogram_;
};

/// Hands an agent's counters to whoever scrapes, while they move on.
///
/// The pipeline's map stays the one place that counts; this holds a copy of the
/// numbers, in the order of the table.
/// A handle: the registry must outlive it. Thread-safety: Update() from one
/// thread.
class CounterFeed {
 public:
  /// \param values  one a row of `table`, families one after another.
  CounterFeed(const CounterTable& table,
              std::vector<std::atomic<std::uint64_t>>* values);

  /// Some nanoseconds a row; more when a name is new.
  /// \param counters  always the same map: its nodes are remembered, so none
  ///     may be erased.
  void Update(const AgentCounters& counters);

 private:
  std::vector<std::string> names_;  // by row
  std::vector<std::atomic<std::uint64_t>>* values_;
  std::vector<const std::uint64_t*> sources_;  // by row; null = not counted yet
  std::size_t known_ = 0;                      // counters when they were found
};

/// All that one agent measures.
///
/// Metrics are added at the start, by name and labels, and then used through
/// their handles. A gauge or histogram of a name that is there already becomes
/// another series of it.
/// Thread-safety: adding from one thread, before anybody scrapes; Render() from
/// any.
class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  /// \throws std::exception  a name or label that Prometheus does not allow.
  Gauge AddGauge(const std::string& name, const std::string& help,
                 const MetricLabels& labels = {});
  /// \param bounds  upper ends of the buckets, ascending, each included in its
  ///     bucket.
  Histogram AddHistogram(const std::string& name, const std::string& help,
                         std::span<const double> bounds,
                         const MetricLabels& labels = {});
  CounterFeed AddCounters(CounterTable table);

  /// The page as Prometheus reads it.
  std::string Render() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ddnn
